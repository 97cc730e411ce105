import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { inlineStart } from './build/inline-start.ts'
import { lessonMarkdown } from './build/lesson-markdown.ts'
import { precompress } from './build/precompress.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  // Relative, so that the build also works in a folder of a static host.
  base: './',
  plugins: [lessonMarkdown(), inlineStart(), precompress()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // What the entry imports is preloaded, Monaco is not: it would delay the first evaluation.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      output: {
        // One file for all that the page begins with: each part that something else uses as well would be
        // one more to wait for, and browsers ask for six at a time.
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] },
      },
    },
  },
  server: {
    fs: { allow: [repository] },
    proxy: {
      '/api': { target: 'http://127.0.0.1:8080', ws: true },
      '/nar': 'http://127.0.0.1:8080',
      '^/[0-9a-z]{32}\\.narinfo': 'http://127.0.0.1:8080',
      '/nix-cache-info': 'http://127.0.0.1:8080',
    },
  },
})
