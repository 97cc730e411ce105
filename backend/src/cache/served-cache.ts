import { CompressedNars } from './compressed-nars'
import type { ServedCompression } from './compression'

/** What is set about the binary cache that a server is. */
export interface ServedCache {
  /** How NARs are compressed for other machines. */
  compression: ServedCompression
  /** Bytes that compressed copies may take. */
  copiesBytes: number
}

export const defaultServedCache: ServedCache = { compression: 'none', copiesBytes: 4 * 2 ** 30 }

const compressions: readonly ServedCompression[] = ['none', 'zstd', 'xz']

/** What the environment of a server asks for. Throws an Error that names the variable. */
export function servedCacheFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ServedCache {
  const text = environment['SNOWGLOBE_CACHE_COMPRESSION'] || defaultServedCache.compression
  const compression = compressions.find((name) => name === text)
  if (compression === undefined)
    throw new Error(
      `SNOWGLOBE_CACHE_COMPRESSION must be one of ${compressions.join(', ')}, but is "${text}"`,
    )
  const bytes = environment['SNOWGLOBE_CACHE_BYTES'] || String(defaultServedCache.copiesBytes)
  if (!/^\d{1,15}$/.test(bytes))
    throw new Error(`SNOWGLOBE_CACHE_BYTES must be a number of bytes, but is "${bytes}"`)
  return { compression, copiesBytes: Number(bytes) }
}

/** The compressed copies in a directory, or null where NARs are served as they are. */
export function compressedNars(
  { compression, copiesBytes }: ServedCache,
  directory: string,
): CompressedNars | null {
  return compression === 'none' ? null : new CompressedNars(directory, compression, copiesBytes)
}
