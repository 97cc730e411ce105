/**
 * Bundles the backend into backend/dist for the pinned Node: one file for each entry, everything
 * from npm included, so that it starts quickly and needs nothing beside it. A program of its own
 * (a command, or code for a worker thread) is one more entry here: a bundle knows nothing of source
 * files, so a worker thread is started from `new URL('./<entry>.js', import.meta.url)`.
 */
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    rollupOptions: {
      input: {
        main: 'src/main.ts',
        'nix-collect-garbage': 'src/commands/nix-collect-garbage.ts',
        'nix-env': 'src/commands/nix-env.ts',
        nix: 'src/commands/nix.ts',
        'nix-build': 'src/commands/nix-build.ts',
        'nix-instantiate': 'src/commands/nix-instantiate.ts',
        'nix-store': 'src/commands/nix-store.ts',
        'snowglobe-pack': 'src/commands/snowglobe-pack.ts',
      },
      output: { entryFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true },
})
