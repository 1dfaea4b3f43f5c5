import { defineConfig } from 'vitest/config';

/** In CI a shared machine may stand still for seconds: one more try, and it is printed. */
const RETRY = process.env['CI'] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          retry: RETRY,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          retry: RETRY,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
