import { parse, print } from 'graphql';

/** A question as GraphiQL opens it. The query begins with the question, as a comment. */
export type Example = { title: string; query: string; variables?: string };

/**
 * Reads one file of graph/examples: a heading that asks, prose, a graphql block, a json block with
 * the answer, and before it, if the query takes any, a json block after a line "Variables:".
 */
export function parseExample(markdown: string): Example {
  const title = /^# +(.+?)\s*$/m.exec(markdown)?.[1];
  const query = /^```graphql\n(.*?)^```/ms.exec(markdown)?.[1];
  if (!title || !query) throw new Error('an example needs a "# heading" and a ```graphql block');
  const variables = /^Variables:\s*^```json\n(.*?)^```/ms.exec(markdown)?.[1];
  return { title, query: `# ${title}\n${query}`, variables: variables?.trim() };
}

/** The comment that a query begins with, on one line: the question that the query answers. */
export function questionOf(query: string): string {
  return leadingComment(query).replace(/^#\s*/gm, '').replace(/\s+/g, ' ').trim();
}

/** GraphiQL's own "prettify" drops comments, and with them the question. */
export function prettify(query: string): string {
  return leadingComment(query) + print(parse(query)) + '\n';
}

/** The address that opens the playground with this query. */
export function shareLink(base: string, query: string, variables = ''): string {
  const link = new URL(base);
  link.search = new URLSearchParams(variables.trim() ? { query, variables } : { query }).toString();
  return link.href;
}

function leadingComment(query: string): string {
  return /^(#.*\n?)*/.exec(query)![0];
}
