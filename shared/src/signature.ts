/**
 * Signatures of store paths: who holds the secret key vouches that a path has these contents and
 * references. ed25519.ts has the arithmetic.
 */
import { decodeBase64, encodeBase64 } from './base64'
import { encodeBase32 } from './base32'
import { byteStringToBytes, type ByteString } from './bytes'

/** A signature, a public key or a secret key: each has the form `name:base64`. */
export interface NamedBytes {
  /** The key's name, like `cache.nixos.org-1`. */
  name: string
  bytes: Uint8Array
}

/** A text that is no signature or key. */
export class SignatureError extends Error {
  override name = 'SignatureError'
}

/** Whether a signature (64 bytes) of a message was made with the secret half of a key (32 bytes). */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** The signature (64 bytes) of a message by a secret key (64 bytes: the seed and the public key). */
export type Sign = (secretKey: Uint8Array, message: Uint8Array) => Uint8Array

/** What is signed of a path. */
export interface SignedInfo {
  path: ByteString
  /** SHA-256 of the NAR, raw bytes. */
  narHash: Uint8Array
  narSize: number
  references: Iterable<ByteString>
}

/** The text that is signed: `1;<path>;sha256:<base-32>;<size>;<references>`. */
export function fingerprint({ path, narHash, narSize, references }: SignedInfo): ByteString {
  if (narSize === 0)
    throw new SignatureError(
      `cannot calculate fingerprint of path '${path}' because its size is not known`,
    )
  const sorted = [...new Set(references)].sort()
  return `1;${path};sha256:${encodeBase32(narHash)};${narSize};${sorted.join(',')}`
}

/** Throws SignatureError. */
export function parseSignature(text: string): NamedBytes {
  return parseNamed(text, 'signature', 64)
}

/** Throws SignatureError. */
export function parsePublicKey(text: string): NamedBytes {
  return parseNamed(text, 'public key', 32)
}

/** Throws SignatureError, which does not show the key. */
export function parseSecretKey(text: string): NamedBytes {
  return parseNamed(text, 'secret key', 64)
}

/** A signature or key as `name:base64`. */
export function formatNamedBytes({ name, bytes }: NamedBytes): string {
  return `${name}:${encodeBase64(bytes)}`
}

/** The public half of a secret key. */
export function publicKeyOf({ name, bytes }: NamedBytes): NamedBytes {
  return { name, bytes: bytes.slice(32) }
}

/** Signs a path's information. Gives `name:base64`. */
export function signInfo(info: SignedInfo, secretKey: NamedBytes, sign: Sign): string {
  const bytes = sign(secretKey.bytes, byteStringToBytes(fingerprint(info)))
  return formatNamedBytes({ name: secretKey.name, bytes })
}

/**
 * The names of the trusted keys that have signed this information; malformed signatures and those of
 * other keys count for nothing.
 */
export function verifySignatures(
  info: SignedInfo,
  signatures: Iterable<string>,
  trusted: Iterable<NamedBytes>,
  verify: Verify,
): Set<string> {
  const keys = new Map([...trusted].map((key) => [key.name, key.bytes]))
  const message = byteStringToBytes(fingerprint(info))
  const signers = new Set<string>()
  for (const text of signatures) {
    const key = keys.get(text.slice(0, text.indexOf(':')))
    if (key === undefined) continue
    let signature: NamedBytes
    try {
      signature = parseSignature(text)
    } catch {
      continue
    }
    if (verify(key, message, signature.bytes)) signers.add(signature.name)
  }
  return signers
}

function parseNamed(text: string, what: string, length: number): NamedBytes {
  const shown = what === 'secret key' ? '' : ` '${text}'`
  const colon = text.indexOf(':')
  if (colon < 1) throw new SignatureError(`${what}${shown} is corrupt: expected 'name:base64'`)
  let bytes: Uint8Array
  try {
    bytes = decodeBase64(text.slice(colon + 1))
  } catch {
    throw new SignatureError(`${what}${shown} is corrupt: it is not base-64`)
  }
  if (bytes.length !== length)
    throw new SignatureError(
      `${what}${shown} is not valid: it has ${bytes.length} bytes, not ${length}`,
    )
  return { name: text.slice(0, colon), bytes }
}
