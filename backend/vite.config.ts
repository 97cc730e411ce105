/**
 * Bundles the backend into backend/dist for the pinned Node: one file for each entry, everything
 * from npm included, so that it starts quickly and needs nothing beside it. A program of its own
 * (or code for a worker thread) is one more entry here: a bundle knows nothing of source
 * files, so a worker thread is started from `new URL('./<entry>.js', import.meta.url)`.
 */
import { defineConfig } from 'vite'
import { nativeHashing } from './build/native-hashing.mjs'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [nativeHashing()],
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    rollupOptions: {
      input: {
        main: 'src/main.ts',
        'snowglobe-pack': 'src/commands/snowglobe-pack.ts',
      },
      output: { entryFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true },
})
