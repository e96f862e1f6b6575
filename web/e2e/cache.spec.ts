import { expect, test } from '@playwright/test';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange, type KeyingConfig } from '@urql/exchange-graphcache';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';

// A client that caches by `id` must not mix two days. Here one does it for real: urql's Graphcache, told nothing
// about `at`, only which types have no `id`.

const [early, late] = ['2003-01-01', '2004-12-31'] as const;
const members = 'members { edges { role holds disputed node { id name } } }';
const corridor = `corridor(by: { slug: "instc" }) { id ${members} }`;
const oneDay = `query ($date: EDTF!) { at(date: $date) { ${corridor} } }`;
const bothDays = `{ early: at(date: "${early}") { ${corridor} } late: at(date: "${late}") { ${corridor} } }`;
const byId = `query ($id: ID!) { node(id: $id) { id ... on Corridor { ${members} } } }`;

type Fetch = typeof fetch;

async function ask(url: string, query: string, variables = {}, send: Fetch = fetch): Promise<any> {
  const body = JSON.stringify({ query, variables });
  const response = await send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

/** The server as it would be if ids below `at` did not carry the day. */
const withoutDays: Fetch = async (...request) => {
  const response = await fetch(...request);
  const text = (await response.text()).replace(/@\d{4}(-\d\d){0,2}"/g, '"');
  return new Response(text, { status: response.status, headers: { 'content-type': response.headers.get('content-type')! } });
};

/** An empty cache, and how to ask through it: over the network, or of the cache alone, which then answers null for what it lacks. */
async function cached(url: string, send: Fetch = fetch) {
  const schema: IntrospectionQuery = await ask(url, getIntrospectionQuery());
  const keys: KeyingConfig = {};
  for (const type of schema.__schema.types) {
    if (type.kind === 'OBJECT' && !type.fields.some(({ name }) => name === 'id')) keys[type.name] = () => null;
  }
  const complaints: string[] = [];
  const client = new Client({
    url,
    preferGetMethod: false,
    fetch: send,
    exchanges: [
      cacheExchange({
        schema,
        keys,
        globalIDs: true, // an id tells the kind, so it is the whole key
        resolvers: { Query: { node: (_, { id }) => id as string } },
        logger: (severity, message) => severity !== 'debug' && complaints.push(message),
      }),
      fetchExchange,
    ],
  });
  const through = (requestPolicy: 'network-only' | 'cache-only') => async (query: string, variables = {}) => {
    const { data, error } = await client.query(query, variables, { requestPolicy }).toPromise();
    expect(error).toBeUndefined();
    expect(complaints).toEqual([]);
    return data;
  };
  return { network: through('network-only'), cache: through('cache-only') };
}

test('a normalised cache keeps two days apart', async ({ baseURL }) => {
  const url = `${baseURL}/graphql`;
  /** What the server says of one day, seen by no cache. */
  const truth = async (date: string, send?: Fetch) => (await ask(url, oneDay, { date }, send)).at;
  const answers = { early: await truth(early), late: await truth(late) };
  const countries = ({ corridor }: any) => corridor.members.edges.map((edge: any) => edge.node.id);
  expect(answers.early.corridor.id).toBe(`corridor:instc@${early}`);
  expect(answers.late.corridor.id).toBe(`corridor:instc@${late}`);
  expect(countries(answers.early)).not.toContain(`country:AZE@${early}`);
  expect(countries(answers.late)).toContain(`country:AZE@${late}`);

  await test.step('in one document', async () => {
    const { network, cache } = await cached(url);
    expect(await cache(bothDays)).toBeNull();
    expect(await network(bothDays)).toEqual(answers);
    expect(await cache(bothDays)).toEqual(answers);
  });

  await test.step('asked one after the other', async () => {
    const { network, cache } = await cached(url);
    for (const date of [early, late]) await network(oneDay, { date });
    expect(await cache(oneDay, { date: early })).toEqual({ at: answers.early });
    expect(await cache(oneDay, { date: late })).toEqual({ at: answers.late });
    // Without a day it is another question, which nobody has asked yet.
    expect(await cache(`{ ${corridor} }`)).toBeNull();
    // Each lies under its own id, and neither under the corridor's.
    expect(await cache(byId, { id: `corridor:instc@${early}` })).toEqual({ node: answers.early.corridor });
    expect(await cache(byId, { id: `corridor:instc@${late}` })).toEqual({ node: answers.late.corridor });
    expect((await cache(byId, { id: 'corridor:instc' }))?.node ?? null).toBeNull();
  });

  await test.step('and would not, if ids did not carry the day', async () => {
    const mixed = await truth(late, withoutDays); // what 2003 is then told as
    expect(mixed).not.toEqual(await truth(early, withoutDays));
    const { network, cache } = await cached(url, withoutDays);
    for (const date of [early, late]) await network(oneDay, { date });
    expect(await cache(oneDay, { date: early })).toEqual({ at: mixed });

    const other = await cached(url, withoutDays);
    await other.network(bothDays);
    expect(await other.cache(bothDays)).toEqual({ early: mixed, late: mixed });
  });
});
