/** What inputs of fetchTree and of flakes are made of. */
import type { ByteString } from '../bytes'
import { formatHash, parseHash } from '../hash'
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
  isLocked(attributes: InputAttributes): boolean
}

/** An input that makes no sense; the message is Nix's. */
export class InputError extends Error {
  override name = 'InputError'
}

/** A revision: 40 hexadecimal digits, or 64. */
export const revisionForm = /^[0-9a-fA-F]{40}$/

/** A NAR hash in the form that is compared. Throws HashError. */
export function narHashOf(text: ByteString): ByteString {
  const hash = parseHash(text, 'sha256')
  return formatHash(hash, 'sri')
}

export function textOf(attributes: InputAttributes, name: string): ByteString | null {
  const value = attributes.get(name)
  if (value === undefined) return null
  if (typeof value === 'string') return value
  throw new InputError(`input attribute '${name}' is not a string`)
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
