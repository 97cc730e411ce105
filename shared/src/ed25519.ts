/**
 * The arithmetic of signature.ts, synchronous and without WebCrypto, which a page served over plain
 * HTTP does not have.
 */
import { getPublicKey, hashes, sign as signWithSeed, verify as verifyLoosely } from '@noble/ed25519'
import { hashBytes } from './hash'
import type { NamedBytes, Sign, Verify } from './signature'

hashes.sha512 = (message) => Uint8Array.from(hashBytes('sha512', message))

export const verify: Verify = (publicKey, message, signature) =>
  // As strict as RFC 8032 and libsodium, which Nix uses.
  verifyLoosely(signature, message, publicKey, { zip215: false })

export const sign: Sign = (secretKey, message) => signWithSeed(message, secretKey.slice(0, 32))

/** The secret key that 32 random bytes make. */
export function secretKeyOf(name: string, seed: Uint8Array): NamedBytes {
  const bytes = new Uint8Array(64)
  bytes.set(seed)
  bytes.set(getPublicKey(seed), 32)
  return { name, bytes }
}
