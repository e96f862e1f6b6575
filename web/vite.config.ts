import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    target: 'es2022',
    // The pages' Content-Security-Policy allows no inline script and no data: URL for code.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: ['playground/index.html'],
      checks: { pluginTimings: false },
      onLog(level, log, next) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log); // "use client" in dependencies
      },
    },
  },
  // `npm run dev` with a server on :8080; the examples lie outside this folder.
  server: { proxy: { '/graphql': 'http://127.0.0.1:8080' }, fs: { allow: ['..'] } },
  test: { include: ['src/**/*.test.ts'] },
});
