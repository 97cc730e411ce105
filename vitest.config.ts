import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // What hangs is ended by these; no test may fail because its machine is slow or stands still.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        // Tests of one part lie beside its code.
        test: { name: 'unit', include: ['{shared,worker,backend,web}/src/**/*.test.{ts,tsx}'] },
      },
      {
        extends: true,
        // Tests of the whole: they use the built commands and real Nix.
        test: { name: 'system', include: ['tests/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
})
