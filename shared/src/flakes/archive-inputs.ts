/** Inputs that are archives of a revision, from the servers that host repositories. */
import type { ByteString } from '../bytes'
import {
  InputError,
  isLegalRefName,
  narHashOf,
  requiredText,
  revisionForm,
  revisionOf,
  showAttributes,
  textOf,
  type InputAttribute,
  type InputAttributes,
  type InputScheme,
} from './input-attributes'
import { formatUrl, UrlError, type ParsedUrl } from './url'

const allowed = ['owner', 'repo', 'ref', 'rev', 'narHash', 'lastModified', 'host', 'treeHash']

function fromUrl(type: string, url: ParsedUrl): Map<string, InputAttribute> | null {
  if (url.scheme !== type) return null
  const [owner, repo, ...rest] = url.path.filter((segment) => segment !== '')
  if (owner === undefined || repo === undefined) {
    throw new UrlError(`URL '${formatUrl(url)}' is invalid`)
  }
  const attributes = new Map<string, InputAttribute>([['type', type]])
  attributes.set('owner', owner)
  attributes.set('repo', repo)
  if (rest.length > 0) {
    const name = rest.join('/')
    attributes.set(rest.length === 1 && revisionForm.test(name) ? 'rev' : 'ref', name)
  }
  for (const [name, value] of url.query) {
    if (!['rev', 'ref', 'host', 'narHash'].includes(name)) {
      throw new UrlError(`URL '${formatUrl(url)}' contains unknown parameter '${name}'`)
    }
    if ((name === 'rev' || name === 'ref') && attributes.has(name)) {
      const what = name === 'rev' ? 'commit hashes' : 'branch/tag names'
      throw new UrlError(`URL '${formatUrl(url)}' contains multiple ${what}`)
    }
    attributes.set(name, value)
  }
  return attributes
}

function check(attributes: InputAttributes): InputAttributes {
  requiredText(attributes, 'owner')
  requiredText(attributes, 'repo')
  const ref = textOf(attributes, 'ref')
  const rev = textOf(attributes, 'rev')
  const host = textOf(attributes, 'host')
  const shown = showAttributes(attributes)
  if (ref !== null && rev !== null) {
    throw new UrlError(
      `input ${shown} contains both a commit hash ('${rev}') and a branch/tag name ('${ref}')`,
    )
  }
  revisionOf(attributes)
  if (ref !== null && !isLegalRefName(ref)) {
    throw new UrlError(`input ${shown} contains an invalid branch/tag name`)
  }
  if (host !== null && !/^[a-zA-Z0-9.-]*$/.test(host)) {
    throw new UrlError(`input ${shown} contains an invalid instance host`)
  }
  return attributes
}

function toUrl(attributes: InputAttributes): ParsedUrl {
  const part = textOf(attributes, 'ref') ?? revisionOf(attributes)
  const query = new Map<string, string>()
  const narHash = textOf(attributes, 'narHash')
  if (narHash !== null) query.set('narHash', narHashOf(narHash))
  const host = textOf(attributes, 'host')
  if (host !== null) query.set('host', host)
  const path = [requiredText(attributes, 'owner'), requiredText(attributes, 'repo')]
  if (part !== null) path.push(part)
  return {
    scheme: requiredText(attributes, 'type'),
    authority: null,
    path,
    query,
    fragment: '',
  }
}

function archiveScheme(type: string): InputScheme {
  return {
    type,
    feature: 'flakes',
    allowed,
    fromUrl: (url) => fromUrl(type, url),
    check,
    toUrl,
    isLocked: (attributes, { tarballsFromForges }) =>
      attributes.has('rev') && (tarballsFromForges || attributes.has('narHash')),
  }
}

export const archiveSchemes: readonly InputScheme[] = ['github', 'gitlab', 'sourcehut'].map(
  archiveScheme,
)

/**
 * The revision that the input's branch or tag is now, by what its server tells.
 *
 * @param ask gives the text at a URL
 * @throws UrlError, InputError where the server does not tell
 */
export function newestRevision(
  attributes: InputAttributes,
  ask: (url: string) => ByteString,
): ByteString {
  const { host, owner, repo } = placeOf(attributes)
  const ref = textOf(attributes, 'ref') ?? 'HEAD'
  const shown = () => formatUrl(toUrl(new Map([...attributes, ['ref', ref]])))
  const notFound = () => new UrlError(`in '${shown()}', couldn't find ref '${ref}'`)
  switch (attributes.get('type')) {
    case 'github': {
      const api = host === 'github.com' ? `https://api.${host}` : `https://${host}/api/v3`
      const answer = jsonOf(ask(`${api}/repos/${owner}/${repo}/commits/${ref}`))
      return revisionNamed('sha', answer) ?? fail(notFound())
    }
    case 'gitlab': {
      const project = `https://${host}/api/v4/projects/${owner}%2F${repo}`
      const answer = jsonOf(ask(`${project}/repository/commits?ref_name=${ref}`))
      if (!Array.isArray(answer)) {
        throw new InputError(`Unexpected response received from GitLab: ${JSON.stringify(answer)}`)
      }
      if (answer.length === 0) {
        throw new InputError('No commits returned by GitLab API -- does the git ref really exist?')
      }
      return revisionNamed('id', answer[0]) ?? fail(notFound())
    }
    default: {
      const base = `https://${host}/${owner}/${repo}`
      const names = new Set([`refs/heads/${ref}`, `refs/tags/${ref}`])
      if (ref === 'HEAD') {
        const head = /^(?:ref: *)?(\S+)/.exec(ask(`${base}/HEAD`))?.[1]
        if (head === undefined) {
          throw new UrlError(`in '${shown()}', couldn't resolve HEAD ref '${ref}'`)
        }
        names.clear()
        names.add(head)
      }
      for (const line of ask(`${base}/info/refs`).split('\n')) {
        const [rev, name] = line.split('\t')
        if (name !== undefined && names.has(name) && revisionForm.test(rev!)) return rev!
      }
      throw notFound()
    }
  }
}

function fail(error: Error): never {
  throw error
}

function jsonOf(text: ByteString): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function revisionNamed(name: string, answer: unknown): ByteString | null {
  const found = (answer as Record<string, unknown> | null)?.[name]
  return typeof found === 'string' && revisionForm.test(found) ? found : null
}

/**
 * Where the archive of the input's revision is.
 *
 * @param isAuthorised whether a token is shown: GitHub looks at it elsewhere than where everybody may read
 */
export function archiveUrl(attributes: InputAttributes, isAuthorised: boolean): string {
  const { host, owner, repo } = placeOf(attributes)
  const rev = revisionOf(attributes)!
  switch (attributes.get('type')) {
    case 'github':
      if (host === 'github.com' && isAuthorised) {
        return `https://api.${host}/repos/${owner}/${repo}/tarball/${rev}`
      }
      return host === 'github.com'
        ? `https://${host}/${owner}/${repo}/archive/${rev}.tar.gz`
        : `https://${host}/api/v3/repos/${owner}/${repo}/tarball/${rev}`
    case 'gitlab':
      return `https://${host}/api/v4/projects/${owner}%2F${repo}/repository/archive.tar.gz?sha=${rev}`
    default:
      return `https://${host}/${owner}/${repo}/archive/${rev}.tar.gz`
  }
}

const hosts: Readonly<Record<string, string>> = {
  github: 'github.com',
  gitlab: 'gitlab.com',
  sourcehut: 'git.sr.ht',
}

export interface RepositoryPlace {
  /** `github`, `gitlab` or `sourcehut`. */
  type: ByteString
  host: ByteString
  owner: ByteString
  repo: ByteString
}

/** Where the repository of an input is. */
export function placeOf(attributes: InputAttributes): RepositoryPlace {
  const type = requiredText(attributes, 'type')
  return {
    type,
    host: textOf(attributes, 'host') ?? hosts[type]!,
    owner: requiredText(attributes, 'owner'),
    repo: requiredText(attributes, 'repo'),
  }
}
