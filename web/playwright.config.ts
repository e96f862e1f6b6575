import { defineConfig } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A port that nobody listens on. The workers read this file too, and must find the same one. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return String(port);
}

process.env.READOUT_TEST_PORT ??= await freePort();
if (!process.env.READOUT_TEST_DIR) {
  const dir = (process.env.READOUT_TEST_DIR = mkdtempSync(join(tmpdir(), 'readout-')));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
}
const address = `127.0.0.1:${process.env.READOUT_TEST_PORT}`;

export default defineConfig({
  testDir: 'e2e',
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  use: {
    baseURL: `http://${address}`,
    screenshot: 'only-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
  },
  projects: [
    { name: 'desktop', testIgnore: 'cache.spec.ts', use: { viewport: { width: 1280, height: 800 } } },
    { name: 'phone', testIgnore: 'cache.spec.ts', use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
    { name: 'cache', testMatch: 'cache.spec.ts' }, // needs no browser
  ],
  // Playwright ends it with the tests, whatever their outcome.
  webServer: {
    command: `../bin/readout serve -addr ${address} -db ${join(process.env.READOUT_TEST_DIR, 'readout.db')}`,
    url: `http://${address}/healthz`,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
