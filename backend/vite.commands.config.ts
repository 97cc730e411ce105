/**
 * Bundles the commands into backend/dist/commands, as `src/compiled/command-files.ts` loads them: as
 * CommonJS, whose compiled code can be kept, and as ASCII.
 */
import { defineConfig, type Plugin } from 'vite'
import { nativeHashing } from './build/native-hashing.mjs'

const commands = [
  'nix',
  'nix-build',
  'nix-collect-garbage',
  'nix-env',
  'nix-instantiate',
  'nix-store',
]

/** Other characters are in strings, regular expressions and comments only: these can all escape them. */
const asAscii: Plugin = {
  name: 'as-ascii',
  enforce: 'post',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escape)
    }
  },
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [nativeHashing(), asAscii],
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/commands',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        ...Object.fromEntries(commands.map((name) => [name, `src/commands/${name}.ts`])),
        'load-command': 'src/compiled/load-command.ts',
        'keep-code': 'src/compiled/keep-code.ts',
      },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
    },
  },
  ssr: { noExternal: true },
})
