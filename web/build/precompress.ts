import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const compress = promisify(brotliCompress)
const compressible = /\.(?:js|css|html|svg|json|ttf|webmanifest|md|nix)$/
/** Below this, headers cost more than is saved. */
const smallest = 1024

/**
 * Writes `<file>.br` beside every compressible file of the build, at the highest quality: the server
 * then never compresses, and Monaco (3 MB) crosses the wire as a fifth of that.
 */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    async writeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = entries
        .filter((entry) => entry.isFile() && compressible.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
      await Promise.all(
        files.map(async (file) => {
          const contents = await readFile(file)
          if (contents.length < smallest) return
          const params = { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length }
          await writeFile(`${file}.br`, await compress(contents, { params }))
        }),
      )
    },
  }
}
