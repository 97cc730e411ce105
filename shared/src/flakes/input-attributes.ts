/** What inputs of fetchTree and of flakes are made of. */
import type { ByteString } from '../bytes'
import {
  emptyHash,
  formatHash,
  HashError,
  isHashAlgorithm,
  parseHash,
  parseSriHash,
  type Hash,
} from '../hash'
import type { ParsedUrl } from './url'

export type InputAttribute = ByteString | number | boolean

/** What is fetched, by the names that lock files have; `type` is always there. */
export type InputAttributes = ReadonlyMap<ByteString, InputAttribute>

/** One way of fetching: a value of `type`. */
export interface InputScheme {
  type: string
  /** Experimental feature that it needs, if any. */
  feature?: string
  /** Attributes that it may have beside `type`. */
  allowed: readonly string[]
  /** The attributes of a URL; null where it is not of this scheme. Throws InputError. */
  fromUrl(url: ParsedUrl, requireTree: boolean): Map<ByteString, InputAttribute> | null
  /** Checks attributes; gives them as they are kept. Throws InputError. */
  check(attributes: InputAttributes): InputAttributes
  toUrl(attributes: InputAttributes): ParsedUrl
  /** Whether what is fetched can never be something else. */
  isLocked(attributes: InputAttributes, trust: Trust): boolean
}

/** What is believed of others when it is asked whether an input is locked. */
export interface Trust {
  /**
   * Whether what GitHub and its like give for a revision is that revision, also without a NAR hash;
   * Nix's `trust-tarballs-from-git-forges`.
   */
  tarballsFromForges: boolean
}

/** An input that makes no sense; the message is Nix's. */
export class InputError extends Error {
  override name = 'InputError'
}

/** A revision as it is told from a branch: 40 hexadecimal digits. */
export const revisionForm = /^[0-9a-fA-F]{40}$/

/** A NAR hash, which is SRI or empty, in the form that is compared. Throws HashError, InputError. */
export function narHashOf(text: ByteString): ByteString {
  const hash = text === '' ? emptyHash('sha256') : parseSriHash(text)
  if (hash.algorithm !== 'sha256') throw new InputError('narHash must use SHA-256')
  return formatHash(hash, 'sri')
}

/**
 * The revision of an input in hexadecimal digits: a hash in any form, a SHA-1 where it does not say
 * which. Throws HashError.
 */
export function revisionOf(attributes: InputAttributes): ByteString | null {
  const text = textOf(attributes, 'rev')
  return text === null ? null : formatHash(parseRevision(text), 'base16')
}

function parseRevision(text: ByteString): Hash {
  const prefix = /^([^:-]*)[:-]/.exec(text)?.[1]
  try {
    if (prefix !== undefined) return parseHash(text, null)
  } catch (error) {
    if (!(error instanceof HashError) || !isHashAlgorithm(prefix!)) throw error
  }
  return parseHash(text, 'sha1')
}

export function textOf(attributes: InputAttributes, name: string): ByteString | null {
  const value = attributes.get(name)
  if (value === undefined) return null
  if (typeof value === 'string') return value
  const shown = showAttributes(attributes)
  throw new InputError(`input attribute '${name}' is not a string ${shown}`)
}

export function requiredText(attributes: InputAttributes, name: string): ByteString {
  const text = textOf(attributes, name)
  if (text === null) throw new InputError(`input attribute '${name}' is missing`)
  return text
}

export function numberOf(attributes: InputAttributes, name: string): number | null {
  const value = attributes.get(name)
  if (value === undefined) return null
  if (typeof value === 'number') return value
  throw new InputError(`input attribute '${name}' is not an integer`)
}

export function flagOf(attributes: InputAttributes, name: string): boolean {
  const value = attributes.get(name)
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  throw new InputError(`input attribute '${name}' is not a Boolean`)
}

/** Attributes as messages show them: JSON, sorted. */
export function showAttributes(attributes: InputAttributes): ByteString {
  const members = [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${members.join(',')}}`
}

/** Whether Git takes a name for a branch or tag (git-check-ref-format). */
export function isLegalRefName(name: ByteString): boolean {
  if (name === '' || name === '@' || name.endsWith('/') || name.endsWith('.')) return false
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|^-/.test(name)) return false
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
}
