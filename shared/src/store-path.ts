/**
 * Store paths and how they are computed
 * (https://nix.dev/manual/nix/latest/protocols/store-path). Paths are full: `/nix/store/…`.
 */
import { encodeBase32 } from './base32'
import type { ByteString } from './bytes'
import { compressHash, formatHash, hashBytes, type Hash } from './hash'
import { checkStorePathName, outputPathName, StorePathError } from './store-path-name'

export {
  checkStorePathName,
  defaultStoreDir,
  isStorePath,
  outputPathName,
  parseBaseName,
  parseStorePath,
  StorePathError,
  storePathOf,
  type StorePathParts,
} from './store-path-name'

/**
 * The store path of something. `type` says what it is (`output:out`, `source`, `text:<references>`)
 * and with `hash` decides the hash part. Throws StorePathError if the name is not valid.
 */
export function makeStorePath(
  storeDir: ByteString,
  type: ByteString,
  hash: Hash,
  name: ByteString,
): ByteString {
  checkStorePathName(name)
  const fingerprint = `${type}:${formatHash(hash, 'base16', true)}:${storeDir}:${name}`
  const hashPart = encodeBase32(compressHash(hashBytes('sha256', fingerprint), 20))
  return `${storeDir}/${hashPart}-${name}`
}

/** The path of a derivation's output, given the derivation's hash modulo. */
export function makeOutputPath(
  storeDir: ByteString,
  output: ByteString,
  hash: Hash,
  derivationName: ByteString,
): ByteString {
  return makeStorePath(storeDir, `output:${output}`, hash, outputPathName(derivationName, output))
}

/** The path of a text file (builtins.toFile, a `.drv`); `hash` is that of its contents. */
export function makeTextPath(
  storeDir: ByteString,
  name: ByteString,
  hash: Hash,
  references: Iterable<ByteString>,
): ByteString {
  if (hash.algorithm !== 'sha256')
    throw new StorePathError(`a text path needs a sha256 hash, not ${hash.algorithm}`)
  return makeStorePath(storeDir, typeWithReferences('text', references, false), hash, name)
}

/**
 * The path of content whose hash is known: of a NAR (`recursive`) or of a file's bytes (`flat`).
 * Only recursive SHA-256 may have references. Throws StorePathError.
 */
export function makeFixedOutputPath(
  storeDir: ByteString,
  method: 'flat' | 'recursive',
  hash: Hash,
  name: ByteString,
  references: Iterable<ByteString> = [],
  selfReference = false,
): ByteString {
  if (method === 'recursive' && hash.algorithm === 'sha256')
    return makeStorePath(
      storeDir,
      typeWithReferences('source', references, selfReference),
      hash,
      name,
    )
  if (selfReference || [...references].length > 0)
    throw new StorePathError(
      `fixed output derivation '${name}' is not allowed to refer to other store paths.\n` +
        `You may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual ` +
        `for more details.`,
    )
  const prefix = method === 'recursive' ? 'r:' : ''
  const inner = hashBytes('sha256', `fixed:out:${prefix}${formatHash(hash, 'base16', true)}:`)
  return makeStorePath(storeDir, 'output:out', { algorithm: 'sha256', bytes: inner }, name)
}

/** The path of content whose hash is that of a Git tree or blob; such content has no references. */
export function makeGitPath(storeDir: ByteString, hash: Hash, name: ByteString): ByteString {
  if (hash.algorithm !== 'sha1' && hash.algorithm !== 'sha256')
    throw new StorePathError(
      `Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: ${hash.algorithm}`,
    )
  const inner = hashBytes('sha256', `fixed:out:git:${formatHash(hash, 'base16', true)}:`)
  return makeStorePath(storeDir, 'output:out', { algorithm: 'sha256', bytes: inner }, name)
}

function typeWithReferences(
  type: string,
  references: Iterable<ByteString>,
  selfReference: boolean,
): string {
  const sorted = [...new Set(references)].sort()
  return [type, ...sorted, ...(selfReference ? ['self'] : [])].join(':')
}
