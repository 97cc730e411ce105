/** Inputs that are archives of a revision, from the servers that host repositories. */
import {
  isLegalRefName,
  narHashOf,
  requiredText,
  revisionForm,
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
  if (ref !== null && !isLegalRefName(ref)) {
    throw new UrlError(`input ${shown} contains an invalid branch/tag name`)
  }
  if (host !== null && !/^[a-zA-Z0-9.-]*$/.test(host)) {
    throw new UrlError(`input ${shown} contains an invalid instance host`)
  }
  return attributes
}

function toUrl(attributes: InputAttributes): ParsedUrl {
  const part = textOf(attributes, 'ref') ?? textOf(attributes, 'rev')
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
    // `trust-tarballs-from-git-forges`, which is on by default.
    isLocked: (attributes) => attributes.has('rev'),
  }
}

export const archiveSchemes: readonly InputScheme[] = ['github', 'gitlab', 'sourcehut'].map(
  archiveScheme,
)

/** Where a server tells the newest revision of a branch or tag, and how to read its answer. */
export function revisionQuestion(attributes: InputAttributes): {
  url: string
  answer: 'github' | 'gitlab' | 'refs'
} {
  const { host, owner, repo } = placeOf(attributes)
  const ref = textOf(attributes, 'ref') ?? 'HEAD'
  switch (attributes.get('type')) {
    case 'github': {
      const api = host === 'github.com' ? `https://api.${host}` : `https://${host}/api/v3`
      return { url: `${api}/repos/${owner}/${repo}/commits/${ref}`, answer: 'github' }
    }
    case 'gitlab':
      return {
        url: `https://${host}/api/v4/projects/${owner}%2F${repo}/repository/commits?ref_name=${ref}`,
        answer: 'gitlab',
      }
    default:
      return { url: `https://${host}/${owner}/${repo}/info/refs`, answer: 'refs' }
  }
}

/** Where the archive of the input's revision is. */
export function archiveUrl(attributes: InputAttributes): string {
  const { host, owner, repo } = placeOf(attributes)
  const rev = requiredText(attributes, 'rev')
  switch (attributes.get('type')) {
    case 'github':
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

function placeOf(attributes: InputAttributes): { host: string; owner: string; repo: string } {
  const type = requiredText(attributes, 'type')
  return {
    host: textOf(attributes, 'host') ?? hosts[type]!,
    owner: requiredText(attributes, 'owner'),
    repo: requiredText(attributes, 'repo'),
  }
}

/** The revision in a server's answer; null where it tells none. `ref` is what was asked for. */
export function revisionIn(
  answer: 'github' | 'gitlab' | 'refs',
  text: string,
  ref: string,
): string | null {
  if (answer === 'refs') {
    const names = new Set([`refs/heads/${ref}`, `refs/tags/${ref}`, ref])
    for (const line of text.split('\n')) {
      const [rev, name] = line.split('\t')
      if (name !== undefined && names.has(name) && revisionForm.test(rev!)) return rev!
    }
    return null
  }
  let found: unknown
  try {
    const value: unknown = JSON.parse(text)
    found =
      answer === 'github'
        ? (value as { sha?: unknown } | null)?.sha
        : (value as { id?: unknown }[] | null)?.[0]?.id
  } catch {
    return null
  }
  return typeof found === 'string' && revisionForm.test(found) ? found : null
}
