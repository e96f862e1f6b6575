// Shows that a Relay client can page through every connection of the schema: writes a paginated
// fragment for each field whose type is a connection, and has relay-compiler accept them all.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, getNamedType, isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import relay from 'relay-compiler';

const sdl = readFileSync(new URL('../../schema.graphqls', import.meta.url), 'utf8');
const schema = buildSchema(sdl);

/** Relay asks for an object again by its id, or from the root. Elsewhere a fragment pages with its parent's query. */
function isRefetchable(type) {
  const isNode = object => object.getInterfaces().some(({ name }) => name === 'Node');
  return type === schema.getQueryType() || type.name === 'Node' || isNode(type)
    || (isInterfaceType(type) && schema.getPossibleTypes(type).every(isNode));
}

function fragment(type, field) {
  const name = `connections_${type.name}_${field.name}`;
  const required = field.args.filter(isRequiredArgument); // such as a search's text
  const definitions = ['count: { type: "Int", defaultValue: 10 }', 'cursor: { type: "String" }',
    ...required.map(arg => `${arg.name}: { type: "${arg.type}" }`)];
  const args = ['first: $count', 'after: $cursor', ...required.map(arg => `${arg.name}: $${arg.name}`)];
  const refetchable = isRefetchable(type) ? `@refetchable(queryName: "connections${type.name}_${field.name}PaginationQuery")` : '';
  const text = `fragment ${name} on ${type.name} ${refetchable}
  @argumentDefinitions(${definitions.join(', ')}) {
    ${field.name}(${args.join(', ')}) @connection(key: "${name}_${field.name}") { edges { node { __typename } } }
  }`;
  return { name, refetchable, text };
}

const fragments = Object.values(schema.getTypeMap())
  .filter(type => isObjectType(type) || isInterfaceType(type))
  .flatMap(type => Object.values(type.getFields())
    .filter(field => getNamedType(field.type).name.endsWith('Connection'))
    .map(field => fragment(type, field)));
if (fragments.length === 0) throw new Error('the schema has no connections');

const dir = mkdtempSync(join(tmpdir(), 'readout-relay-'));
process.on('exit', () => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, 'generated'));
writeFileSync(join(dir, 'schema.graphql'), sdl);
writeFileSync(join(dir, 'connections.js'), fragments.map(({ text }) => `graphql\`${text}\`;\n`).join(''));
writeFileSync(join(dir, 'relay.config.json'), JSON.stringify({
  src: '.', schema: 'schema.graphql', language: 'javascript', artifactDirectory: 'generated',
}));
try {
  execFileSync(relay, ['--noWatchman', '--output', 'quiet-with-errors', 'relay.config.json'], { cwd: dir, stdio: 'inherit' });
} catch {
  process.exit(1); // the compiler has said why
}
const missing = fragments.filter(({ name }) => !existsSync(join(dir, 'generated', `${name}.graphql.js`)));
if (missing.length > 0) throw new Error(`not compiled: ${missing.map(({ name }) => name).join(', ')}`);
const refetchable = fragments.filter(fragment => fragment.refetchable).length;
console.log(`relay: ${fragments.length} paginated fragments compiled, ${refetchable} of them @refetchable`);
