import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { cacheDir, root } from '../scripts/repository.mjs'

let built = null

/** The evaluator as a module of its own, bundled as the commands are: gives its path. */
export function evaluatorBundle() {
  built ??= bundle()
  return built
}

async function bundle() {
  const directory = join(cacheDir, 'bench')
  mkdirSync(directory, { recursive: true })
  const entry = join(directory, 'evaluation-entry.ts')
  const source = (path) => JSON.stringify(join(root, 'worker/src', path))
  writeFileSync(
    entry,
    `export { Evaluator } from ${source('evaluator/evaluator')}
     export { fileSystemHost } from ${source('node/file-system-host')}
     export { FileSystemAccessor } from ${source('node/file-system-accessor')}
     export { SubtreeAccessor } from ${source('node/subtree-accessor')}
     export { MountAccessor } from ${source('store/mount-accessor')}`,
  )
  await build({
    root: directory,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      target: 'node24',
      outDir: join(directory, 'evaluation'),
      rollupOptions: { output: { entryFileNames: 'evaluation.js' } },
    },
    ssr: { noExternal: true },
  })
  return join(directory, 'evaluation', 'evaluation.js')
}
