import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Browser tests wait more than they compute: two workers also where there are two cores.
    maxWorkers: 2,
    projects: [
      {
        // Nest finds out by decorators what a constructor wants.
        oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
        test: {
          name: 'node',
          include: ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/browser/**', '**/node_modules/**'],
          globalSetup: ['tests/support/redis.setup.ts'],
          // Tests share no state, and one module graph for all files is several times faster than one each.
          isolate: false,
          // What waits has a deadline of its own; this is for machines that are busy with something else.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
