// Asks the real server, on a free port, what graphql-http's audit asks of every server that speaks GraphQL over HTTP.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serverAudits } from 'graphql-http';

const folder = mkdtempSync(join(tmpdir(), 'readout-audit-'));
const server = spawn(fileURLToPath(new URL('../bin/readout', import.meta.url)),
  ['serve', '-addr', '127.0.0.1:0', '-db', join(folder, 'readout.db')], { stdio: ['ignore', 'ignore', 'pipe'] });
process.on('exit', () => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

let address;
for await (const line of createInterface(server.stderr)) {
  if ((address = /serving address=(\S+)/.exec(line)?.[1])) break;
  console.error(line);
}
if (!address) throw new Error('the server did not start; make build');
server.stderr.resume();

const results = [];
for (const audit of serverAudits({ url: `http://${address}/graphql`, fetchFn: fetch })) results.push(await audit.fn());
const failed = results.filter(({ status }) => status !== 'ok');
for (const { id, name, reason } of failed) console.error(`${id} ${name}: ${reason}`);
console.log('audit of GraphQL over HTTP:');
console.log(` ${results.length - failed.length} passed`);
if (failed.length > 0) console.log(` ${failed.length} failed`);
process.exit(failed.length > 0 || results.length < 61 ? 1 : 0);
