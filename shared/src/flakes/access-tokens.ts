/**
 * Tokens that servers of repositories want to see
 * (https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-access-tokens).
 */
import type { ByteString } from '../bytes'
import type { RepositoryPlace } from './archive-inputs'

/** By host, or by the beginning of a repository's `host/owner/repo`. */
export type AccessTokens = ReadonlyMap<ByteString, ByteString>

/** The tokens of a list of `host=token`; what is none is passed over. */
export function parseAccessTokens(words: readonly ByteString[]): AccessTokens {
  const tokens = new Map<ByteString, ByteString>()
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals > 0) tokens.set(word.slice(0, equals), word.slice(equals + 1))
  }
  return tokens
}

/**
 * The headers, by names in lower case, that show a server the token for one of its repositories; null
 * where there is no token.
 *
 * @param warn hears of a token that says in no known way what it is
 */
export function accessHeaders(
  place: RepositoryPlace,
  tokens: AccessTokens,
  warn: (text: ByteString) => void,
): Record<string, string> | null {
  const token = tokenFor(place, tokens)
  if (token === null) return null
  if (place.type === 'github') return { authorization: `token ${token}` }
  if (place.type === 'sourcehut') return { authorization: `Bearer ${token}` }
  const [, kind = '', value = ''] = /^([\w-]+):(.*)$/s.exec(token) ?? []
  if (kind === 'OAuth2') return { authorization: `Bearer ${value}` }
  if (kind === 'PAT') return { 'private-token': value }
  warn(`Unrecognized GitLab token type ${kind}`)
  return kind === '' ? null : { [kind.toLowerCase()]: value }
}

/** That with the longest beginning, of whole names. */
function tokenFor({ host, owner, repo }: RepositoryPlace, tokens: AccessTokens): ByteString | null {
  const parts = [host, owner, repo]
  for (let length = parts.length; length > 0; length--) {
    const token = tokens.get(parts.slice(0, length).join('/'))
    if (token !== undefined && token !== '') return token
  }
  return null
}
