import { fileURLToPath } from 'node:url'

const native = fileURLToPath(new URL('../../worker/src/node/native-hashing.ts', import.meta.url))

/**
 * A plugin for bundles that run on Node: what hashes there is Node itself.
 *
 * @returns {import('vite').Plugin}
 */
export function nativeHashing() {
  return {
    name: 'native-hashing',
    enforce: 'pre',
    resolveId(source, importer) {
      const isHash = source === './hashing' && importer?.endsWith('/shared/src/hash.ts')
      return isHash ? native : null
    },
  }
}
