import { decodeBase16, encodeBase16 } from './base16'
import { base32Length, decodeBase32, encodeBase32 } from './base32'
import { decodeBase64, encodeBase64 } from './base64'
import type { ByteString } from './bytes'
import { digestOf, newHasher } from './hashing'

/** Algorithms of what is in stores. */
export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512'

/** Those of hashes that programs compute and convert: one more, behind an experimental feature. */
export type ProgramHashAlgorithm = HashAlgorithm | 'blake3'

/** How a hash is written; `sri` is `sha256-…` in base-64. */
export type HashFormat = 'base16' | 'nix32' | 'base64' | 'sri'

export interface Hash<Algorithm extends ProgramHashAlgorithm = HashAlgorithm> {
  algorithm: Algorithm
  /** The digest itself. */
  bytes: Uint8Array
}

/** A text that is no hash. The message is Nix's. */
export class HashError extends Error {
  override name = 'HashError'
}

/** Bytes in a digest of each algorithm. */
export const hashSizes: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
}

const digestSizes: Readonly<Record<ProgramHashAlgorithm, number>> = { ...hashSizes, blake3: 32 }

/** A hash in the making: feed it with `update`, end it with `digest`. Any number may be under way. */
export interface Hasher {
  /** Adds bytes. Gives the hasher itself. */
  update(data: Uint8Array | ByteString): this
  /** The digest of all that was added. Ends the hasher: it throws when it is used again. */
  digest(): Uint8Array
}

/** A new hasher of this algorithm. */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  return newHasher(algorithm)
}

/** The digest of these bytes. */
export function hashBytes(algorithm: HashAlgorithm, data: Uint8Array | ByteString): Uint8Array {
  return digestOf(algorithm, data)
}

/** A digest folded to `length` bytes, as the hash parts of store paths are. */
export function compressHash(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(length)
  for (let i = 0; i < bytes.length; i++) result[i % length]! ^= bytes[i]!
  return result
}

/** The algorithm of this name. Throws HashError. */
export function parseHashAlgorithm(name: string): HashAlgorithm {
  if (isHashAlgorithm(name)) return name
  throw new HashError(
    `unknown hash algorithm '${name}', expect 'md5', 'sha1', 'sha256', or 'sha512'`,
  )
}

export function isHashAlgorithm(name: string): name is HashAlgorithm {
  return Object.hasOwn(hashSizes, name)
}

/**
 * The hash that a text stands for: `sha256:` and base-16, Nix's base-32 or base-64 (told apart by
 * their lengths), `sha256-` and base-64 (SRI), or any of the first three without a prefix if
 * `algorithm` is given. Throws HashError, also if prefix and `algorithm` differ.
 */
export function parseHash(text: string, algorithm: HashAlgorithm | null): Hash {
  return parseHashOf(text, algorithm, parseHashAlgorithm)
}

/** As `parseHash`, of the algorithms that `named` knows by their names. */
export function parseHashOf<Algorithm extends ProgramHashAlgorithm>(
  text: string,
  algorithm: Algorithm | null,
  named: (name: string) => Algorithm,
): Hash<Algorithm> {
  const colon = text.indexOf(':')
  const separator = colon >= 0 ? colon : text.indexOf('-')
  const prefix = separator < 0 ? null : named(text.slice(0, separator))
  const rest = text.slice(separator + 1)
  if (prefix === null && algorithm === null)
    throw new HashError(
      `hash '${text}' does not include a type, nor is the type otherwise known from context`,
    )
  if (prefix !== null && algorithm !== null && prefix !== algorithm)
    throw new HashError(`hash '${text}' should have type '${algorithm}'`)
  const known = prefix ?? algorithm!
  const sri = prefix !== null && colon < 0
  return { algorithm: known, bytes: decodeDigest(rest, known, sri ? 'sri' : null) }
}

/** Like parseHash, but the text must be SRI (`sha256-…`). */
export function parseSriHash(text: string): Hash {
  const dash = text.indexOf('-')
  if (dash < 0) throw new HashError(`hash '${text}' is not SRI`)
  const algorithm = parseHashAlgorithm(text.slice(0, dash))
  return { algorithm, bytes: decodeDigest(text.slice(dash + 1), algorithm, 'sri') }
}

/** The format that a digest without prefix is written in, by its length. Null if it fits none. */
function hashFormatOf(text: string, algorithm: ProgramHashAlgorithm): HashFormat | null {
  const size = digestSizes[algorithm]
  if (text.length === size * 2) return 'base16'
  if (text.length === base32Length(size)) return 'nix32'
  if (text.length === base64Length(size)) return 'base64'
  return null
}

function base64Length(size: number): number {
  return Math.ceil(size / 3) * 4
}

/**
 * The digest in a text without prefix, in base-16, base-32 or base-64 by its length (`sri`: in
 * base-64 whatever its length). Throws HashError.
 */
export function decodeDigest(
  text: string,
  algorithm: ProgramHashAlgorithm,
  given: 'sri' | null = null,
): Uint8Array {
  const size = digestSizes[algorithm]
  const format = given ?? hashFormatOf(text, algorithm)
  if (format === null)
    throw new HashError(`hash '${text}' has wrong length for hash algorithm '${algorithm}'`)
  let bytes: Uint8Array
  try {
    if (format === 'base16') bytes = decodeBase16(text, size)
    else if (format === 'nix32') bytes = decodeBase32(text, size)
    else bytes = decodeBase64(text)
  } catch (error) {
    throw new HashError(`while decoding hash '${text}': ${(error as Error).message}`)
  }
  if (bytes.length !== size)
    throw new HashError(
      `invalid ${format === 'sri' ? 'SRI' : 'Base64'} hash '${text}', length ${bytes.length} != expected length ${size}`,
    )
  return bytes
}

/** A hash as text; `withPrefix` puts `sha256:` before it (SRI always has its prefix). */
export function formatHash(
  hash: Hash<ProgramHashAlgorithm>,
  format: HashFormat,
  withPrefix = false,
): string {
  if (format === 'sri') return `${hash.algorithm}-${encodeBase64(hash.bytes)}`
  const prefix = withPrefix ? `${hash.algorithm}:` : ''
  if (format === 'base16') return prefix + encodeBase16(hash.bytes)
  if (format === 'nix32') return prefix + encodeBase32(hash.bytes)
  return prefix + encodeBase64(hash.bytes)
}

/** The hash of zeros that an empty `outputHash` stands for. */
export function emptyHash(algorithm: HashAlgorithm): Hash {
  return { algorithm, bytes: new Uint8Array(hashSizes[algorithm]) }
}
