/** How Git is told where a repository is, as a URL (https://git-scm.com/docs/git-clone#_git_urls). */
import type { ByteString } from '../bytes'
import {
  applicationOf,
  formatAuthority,
  formatUrl,
  parseUrl,
  transportOf,
  UrlError,
  type ParsedUrl,
} from './url'

/**
 * The URL of a repository: `file://` for an absolute path, `ssh://` for what is written as for scp, and
 * what is a URL as it is, without `git+`. Throws UrlError.
 */
export function repositoryUrl(text: ByteString): ByteString {
  if (text.startsWith('/')) {
    const path = text.replace(/\/{2,}/g, '/').split('/')
    return formatUrl({ ...nothing, scheme: 'file', authority: '', path })
  }
  const place = scpPlace(text)
  if (place !== null) return sshUrl(place, text)
  const url = parseUrl(text)
  const isGit = applicationOf(url.scheme) === 'git'
  return formatUrl(isGit ? { ...url, scheme: transportOf(url.scheme) } : url)
}

/**
 * The URL that Git is given for the repository of an input. In lock files of older versions a flake's
 * directory stands in it; a file has no questions.
 */
export function cloneUrl(text: ByteString): ByteString {
  const url = parseUrl(text)
  const query = url.scheme === 'file' ? [] : [...url.query].filter(([name]) => name !== 'dir')
  return formatUrl({ ...url, query: new Map(query) })
}

/**
 * What is to be said of a repository's address before it is taken: as for scp it may be relative to
 * somebody's home directory, which no URL can say. Null where there is nothing to say.
 */
export function relativityWarning(text: ByteString): ByteString | null {
  const place = text.startsWith('/') ? null : scpPlace(text)
  if (place === null || place.path === '' || /^[/~]/.test(place.path)) return null
  const host = place.host.slice(place.host.indexOf('@') + 1)
  const home = { ...place, path: `/~/${place.path}` }
  return [
    `SCP-style URL '${text}' has a relative path which cannot be faithfully converted to an SSH URL: we will convert it to an absolute path when making an SSH URL.`,
    'Use an explicit absolute path:',
    `    ${host}:/${place.path}`,
    'or with an explicit SSH URL:',
    `    ${sshUrl(place, text)}`,
    "instead, to explicitly use an absolute path (and silence this warning). Or, to be relative to the remote user's home directory:",
    `    ${host}:~/${place.path}`,
    'or with an explicit SSH URL:',
    `    ${sshUrl(home, text)}`,
  ].join('\n\n')
}

const nothing: Pick<ParsedUrl, 'query' | 'fragment'> = { query: new Map(), fragment: '' }

interface ScpPlace {
  /** With the user, if one is named. */
  host: ByteString
  path: ByteString
}

/** What stands before a colon as the name of no machine: whoever writes it has left out the `//`. */
const gitSchemes = /^(?:git\+)?(?:ssh|https?|file|ftps?|git)$/

/** The parts of what is written as for scp; null for anything else. */
function scpPlace(text: ByteString): ScpPlace | null {
  const colon = text.indexOf(':')
  if (colon < 0 || text.includes('://')) return null
  let host = text.slice(0, colon)
  if (host.includes('/') || gitSchemes.test(host)) return null
  // An address of version 6 has colons itself.
  const bracket = text.startsWith('[') ? 0 : text.indexOf('@[') + 1
  const isBracketed = bracket > 0 || text.startsWith('[')
  const close = isBracketed ? text.indexOf(']', bracket + 1) : -1
  if (close >= 0) {
    if (text[close + 1] !== ':') return null
    host = text.slice(0, close + 1)
  }
  return { host, path: text.slice(host.length + 1) }
}

/** Throws UrlError. */
function sshUrl({ host: given, path }: ScpPlace, text: ByteString): ByteString {
  const at = given.indexOf('@')
  const host = given.slice(at + 1)
  const address = /^\[(.*)\]$/s.exec(host)?.[1]
  if (address !== undefined && !/^(?=.*:.*:)[0-9a-fA-F:.]+$/.test(address)) {
    throw new UrlError(
      `Git SCP bracketed URL is not valid: '${address}' is not a valid IPv6 address`,
    )
  }
  if (path === '') throw new UrlError(`SCP-style Git URL '${text}' has an empty path`)
  const user = at < 0 ? null : given.slice(0, at)
  return formatUrl({
    ...nothing,
    scheme: 'ssh',
    authority: formatAuthority({ user, password: null, host, port: null }),
    path: (path.startsWith('/') ? path : `/${path}`).split('/'),
  })
}
