/** Bundles the comparison for the pinned Node, as a production build has the evaluator. */
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: { ssr: 'main.ts', target: 'node24', emptyOutDir: true },
  ssr: { noExternal: true },
})
