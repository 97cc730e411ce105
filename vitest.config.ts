import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Tests lie beside the code they test; whole-system tests lie in tests/.
    include: ['{shared,worker,backend,web}/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
