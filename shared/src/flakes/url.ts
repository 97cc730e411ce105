/**
 * URLs as flake references and fetchers hold them: parts decoded, and written again in one way
 * (https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#url-like-syntax).
 */
import type { ByteString } from '../bytes'

export interface ParsedUrl {
  /** Like `https`, or `git+https`: application and transport. */
  scheme: string
  /** `user@host:port`, encoded; null where there is no `//`. */
  authority: ByteString | null
  /** Segments, decoded; the first is '' where the path begins with a slash. */
  path: readonly ByteString[]
  /** Decoded, by name. */
  query: Map<ByteString, ByteString>
  fragment: ByteString
}

/** A text that is no URL, or one that does not say what it must. */
export class UrlError extends Error {
  override name = 'UrlError'
}

const urlForm = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s
const forbidden = /[\x00-\x20"<>\\^`{|}\x7f-\xff]/

/** Throws UrlError. With `lenient` spaces and quotes may stand in query and fragment as they are. */
export function parseUrl(text: ByteString, lenient = false): ParsedUrl {
  const match = urlForm.exec(text)
  if (match === null) {
    const isRelative = /^[^:/?#]*(?:[/?#]|$)/.test(text) && !forbidden.test(text)
    throw new UrlError(
      isRelative ? `'${text}' doesn't have a scheme` : `'${text}' is not a valid URL`,
    )
  }
  const [, scheme, authority, path, query = '', fragment = ''] = match as unknown as [
    string,
    string,
    string | undefined,
    string,
    string | undefined,
    string | undefined,
  ]
  const loose = lenient ? (part: string) => part.replace(/[ "^]/g, '') : (part: string) => part
  for (const part of [authority ?? '', path, loose(query), loose(fragment)]) {
    if (forbidden.test(part)) throw new UrlError(`'${text}' is not a valid URL`)
  }
  const isFile = transportOf(scheme) === 'file'
  if (isFile && authority !== undefined && authority !== '') {
    throw new UrlError(`file:// URL '${text}' has unexpected authority '${authority}'`)
  }
  return {
    scheme,
    authority: authority === undefined ? null : canonicalAuthority(authority, text),
    path: (isFile && path === '' ? '/' : path).split('/').map(percentDecode),
    query: parseQuery(query),
    fragment: percentDecode(fragment),
  }
}

/** The parts of `user:password@host:port`, decoded; the host is in brackets if it is an IPv6 address. */
export interface Authority {
  user: ByteString | null
  password: ByteString | null
  host: ByteString
  port: ByteString | null
}

const authorityForm = /^(?:([^@:]*)(?::([^@]*))?@)?(\[[^\][]*\]|[^@:\][]*)(?::(\d*))?$/s

/** The same authority, written in the one way. Throws UrlError; `url` is what it is of. */
function canonicalAuthority(text: ByteString, url: ByteString): ByteString {
  const match = authorityForm.exec(text)
  if (match === null) throw new UrlError(`'${url}' is not a valid URL`)
  const [, user, password, host, port = ''] = match
  if (port !== '' && (Number(port) === 0 || Number(port) > 0xffff)) {
    throw new UrlError(`port '${port}' is invalid`)
  }
  const decoded = (part: string | undefined) => (part === undefined ? null : percentDecode(part))
  return formatAuthority({
    user: decoded(user),
    password: decoded(password),
    host: percentDecode(host!),
    port: port === '' ? null : String(Number(port)),
  })
}

export function formatAuthority({ user, password, host, port }: Authority): ByteString {
  const isAddress = host.startsWith('[') && host.endsWith(']')
  return (
    (user === null ? '' : percentEncode(user, '')) +
    (password === null ? '' : `:${percentEncode(password, '')}`) +
    (user === null ? '' : '@') +
    (isAddress ? `[${percentEncode(host.slice(1, -1), ':')}]` : percentEncode(host, '')) +
    (port === null ? '' : `:${port}`)
  )
}

/** What comes after `+` in a scheme like `git+https`, or all of it. */
export function transportOf(scheme: string): string {
  return scheme.slice(scheme.indexOf('+') + 1)
}

/** What comes before `+` in a scheme like `git+https`; null where there is none. */
export function applicationOf(scheme: string): string | null {
  const plus = scheme.indexOf('+')
  return plus < 0 ? null : scheme.slice(0, plus)
}

/** The text of a URL. The query is sorted. */
export function formatUrl({ scheme, authority, path, query, fragment }: ParsedUrl): ByteString {
  const encodedPath = path.map((segment) => percentEncode(segment, ':@')).join('/')
  const pairs = [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name, ':@/?')}=${percentEncode(value, ':@/?')}`)
  return (
    `${scheme}:${authority === null ? '' : `//${authority}`}${encodedPath}` +
    (pairs.length === 0 ? '' : `?${pairs.join('&')}`) +
    (fragment === '' ? '' : `#${percentEncode(fragment, '')}`)
  )
}

/** The parts of a query; what has no value is passed over. Throws UrlError. */
export function parseQuery(query: ByteString): Map<ByteString, ByteString> {
  const found = new Map<ByteString, ByteString>()
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const name = percentDecode(part.slice(0, equals))
    if (!found.has(name)) found.set(name, percentDecode(part.slice(equals + 1)))
  }
  return found
}

/** Throws UrlError where a `%` is not followed by two digits. */
export function percentDecode(text: ByteString): ByteString {
  return text.replace(/%(..?)?/gs, (_, digits: string | undefined) => {
    if (digits === undefined || !/^[0-9A-Fa-f]{2}$/.test(digits)) {
      throw new UrlError(`invalid URI parameter '${text}'`)
    }
    return String.fromCharCode(parseInt(digits, 16))
  })
}

/** Encodes all but letters, digits, `-._~` and what is in `keep`. */
function percentEncode(text: ByteString, keep: string): ByteString {
  return text.replace(/[^A-Za-z0-9\-._~]/g, (character) =>
    keep.includes(character)
      ? character
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
