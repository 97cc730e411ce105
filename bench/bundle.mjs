import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { nativeHashing } from '../backend/build/native-hashing.mjs'
import { cacheDir, root } from '../scripts/repository.mjs'

/**
 * Sources of worker/src as one module, bundled as a production build is, constants inlined. `exported`
 * are names by file (without the extension). Gives the module's path.
 *
 * @param {string} name
 * @param {Readonly<Record<string, string[]>>} exported
 */
export async function bundle(name, exported) {
  const directory = join(cacheDir, 'bench')
  mkdirSync(directory, { recursive: true })
  const entry = join(directory, `${name}-entry.ts`)
  const lines = Object.entries(exported).map(
    ([file, names]) =>
      `export { ${names.join(', ')} } from ${JSON.stringify(join(root, 'worker/src', file))}\n`,
  )
  writeFileSync(entry, lines.join(''))
  await build({
    root: directory,
    configFile: false,
    logLevel: 'error',
    plugins: [nativeHashing()],
    build: {
      ssr: entry,
      target: 'node24',
      outDir: join(directory, name),
      rollupOptions: { output: { entryFileNames: `${name}.js` } },
    },
    ssr: { noExternal: true },
  })
  return join(directory, name, `${name}.js`)
}
