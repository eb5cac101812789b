/** ESM throughout (NestJS 12 is ESM only), TypeScript compiled by SWC; type errors are `npm run typecheck`'s business. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  testTimeout: 120_000,
  // Modules of a finished file are never let go of in ESM: after a hundred files the heap is full, and collecting it holds up every clock. A worker that
  // has grown so large makes room for a new one.
  workerIdleMemoryLimit: '1GB',
};
