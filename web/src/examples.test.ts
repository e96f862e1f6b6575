import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseExample, prettify, questionOf, shareLink } from './examples';

const file = `# Who took part in the Amirabdollahian–Bayramov call, and which post did each hold on that day?

Posts are dated, so the answer is the post of that day.

\`\`\`graphql
query ($slug: String!) {
  meeting(by: { slug: $slug }) { title }
}
\`\`\`

Variables:

\`\`\`json
{ "slug": "call" }
\`\`\`

\`\`\`json
{ "data": { "meeting": null } }
\`\`\`
`;

describe('an example file', () => {
  const example = parseExample(file);

  test('gives the question, the query under it, and the variables', () => {
    expect(example).toEqual({
      title: 'Who took part in the Amirabdollahian–Bayramov call, and which post did each hold on that day?',
      query: `# Who took part in the Amirabdollahian–Bayramov call, and which post did each hold on that day?
query ($slug: String!) {
  meeting(by: { slug: $slug }) { title }
}
`,
      variables: '{ "slug": "call" }',
    });
  });

  test('without "Variables:" has none: the json block is the answer', () => {
    expect(parseExample(file.replace('Variables:', '')).variables).toBeUndefined();
  });

  test('without a heading or a query is refused', () => {
    expect(() => parseExample(file.replace('# ', ''))).toThrow('heading');
    expect(() => parseExample(file.replace('```graphql', '```'))).toThrow('graphql block');
  });

  test('keeps its question in the query, also when prettified', () => {
    expect(questionOf(example.query)).toBe(example.title);
    expect(questionOf(prettify(example.query))).toBe(example.title);
    expect(questionOf('# Written by hand,\n#  over two lines\n{ a }')).toBe('Written by hand, over two lines');
    expect(questionOf('{ meetings { totalCount } } # how many')).toBe('');
  });
});

test('a link carries query and variables, in any script', () => {
  const { query, variables } = parseExample(file.replace('"call"', '"görüş"'));
  const { searchParams } = new URL(shareLink('http://localhost/playground', query, variables));
  expect(searchParams.get('query')).toBe(query);
  expect(searchParams.get('variables')).toBe('{ "slug": "görüş" }');
  expect(shareLink('http://localhost/playground', '{ a }', ' ')).toBe('http://localhost/playground?query=%7B+a+%7D');
});

const folder = new URL('../../graph/examples/', import.meta.url);
const names = readdirSync(folder).filter(name => name.endsWith('.md'));
test.each(names)('graph/examples/%s is one that the playground can open', name => {
  const { query, variables } = parseExample(readFileSync(new URL(name, folder), 'utf8'));
  parse(query);
  if (variables) JSON.parse(variables);
});
