/** Names of hash algorithms and formats in programs. */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  emptyHash,
  formatHash,
  isHashAlgorithm,
  parseHash,
  type Hash,
  type HashAlgorithm,
  type HashFormat,
  type ProgramHashAlgorithm,
} from '@snowglobe/shared/hash'
import { NixError } from '../errors'
import { current } from '../current'
import type { Evaluator } from '../evaluator'

/** The algorithm of an output's hash; null if there is none of that name. */
export function findAlgorithm(name: ByteString): HashAlgorithm | null {
  if (name === 'blake3') {
    current.evaluator.requireFeature('blake3-hashes')
    throw new NixError(
      'derivation',
      "outputs cannot have 'blake3' hashes here; use 'sha256' or 'sha512'",
    )
  }
  return isHashAlgorithm(name) ? name : null
}

/** The algorithm of a name, of those that hash strings and files. */
export function algorithmNamed(name: ByteString): ProgramHashAlgorithm {
  if (name === 'blake3') {
    current.evaluator.requireFeature('blake3-hashes')
    return name
  }
  if (isHashAlgorithm(name)) return name
  throw new NixError(
    'usage',
    `unknown hash algorithm '${name}', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'`,
  )
}

/** The format of a name, with the old name of nix32. */
export function formatNamed(evaluator: Evaluator, name: ByteString): HashFormat {
  switch (name) {
    case 'base16':
    case 'nix32':
    case 'base64':
    case 'sri':
      return name
    case 'base32':
      evaluator.host.message('warning', '"base32" is a deprecated alias for hash format "nix32".')
      return 'nix32'
  }
  throw new NixError(
    'evaluation',
    `unknown hash format '${name}', expect 'base16', 'base32', 'base64', or 'sri'`,
  )
}

/** The hash of a text in any format; an empty text stands for a hash of zeros, with a warning. */
export function hashAllowingEmpty(
  evaluator: Evaluator,
  text: ByteString,
  algorithm: HashAlgorithm | null,
): Hash {
  if (text !== '') return evaluator.store(() => parseHash(text, algorithm))
  if (algorithm === null) {
    throw new NixError('evaluation', 'empty hash requires explicit hash algorithm')
  }
  const hash = emptyHash(algorithm)
  evaluator.host.message('warning', `found empty hash, assuming '${formatHash(hash, 'sri')}'`)
  return hash
}
