/** Inputs that are revisions of repositories: `type = "git"` and `type = "hg"`. */
import type { ByteString } from '../bytes'
import {
  flagOf,
  InputError,
  isLegalRefName,
  requiredText,
  revisionOf,
  textOf,
  type InputAttribute,
  type InputAttributes,
  type InputScheme,
} from './input-attributes'
import { repositoryUrl } from './repository-url'
import { applicationOf, formatUrl, parseUrl, UrlError, type ParsedUrl } from './url'

const texts = ['rev', 'ref', 'keytype', 'publicKey', 'publicKeys']
const flags = ['shallow', 'submodules', 'lfs', 'exportIgnore', 'allRefs', 'verifyCommit']
const others = ['url', 'lastModified', 'revCount', 'narHash', 'name', 'dirtyRev', 'dirtyShortRev']
const verifying = ['verifyCommit', 'keytype', 'publicKey', 'publicKeys']

/** A key that commits may be signed with. */
export interface PublicKey {
  /** As Nix calls it, like `ssh-ed25519`. */
  type: string
  /** In base-64. */
  key: string
}

export const gitScheme: InputScheme = {
  type: 'git',
  allowed: [...texts, ...flags, ...others],
  fromUrl(url) {
    if (url.scheme !== 'git' && applicationOf(url.scheme) !== 'git') return null
    const attributes = new Map<string, InputAttribute>([['type', 'git']])
    const query = new Map<string, string>()
    for (const [name, value] of url.query) {
      if (texts.includes(name)) attributes.set(name, value)
      else if (flags.includes(name)) attributes.set(name, value === '1')
      else query.set(name, value)
    }
    // `git+https:` is `https:` to Git itself.
    const scheme = url.scheme.replace(/^git\+/, '')
    attributes.set('url', formatUrl({ ...url, scheme, query }))
    return attributes
  },
  check(attributes) {
    const ref = textOf(attributes, 'ref')
    if (ref !== null && !isLegalRefName(ref)) {
      throw new UrlError(`invalid Git branch/tag name '${ref}'`)
    }
    for (const flag of flags) flagOf(attributes, flag)
    const checked = new Map(attributes)
    checked.set('url', repositoryUrl(requiredText(attributes, 'url')))
    return checked
  },
  toUrl(attributes): ParsedUrl {
    const url = parseUrl(requiredText(attributes, 'url'))
    if (url.scheme !== 'git') url.scheme = `git+${url.scheme}`
    setRevision(url, attributes)
    for (const name of ['shallow', 'lfs', 'submodules', 'exportIgnore', 'verifyCommit']) {
      if (flagOf(attributes, name)) url.query.set(name, '1')
    }
    const keys = publicKeysOf(attributes)
    if (keys.length === 1) {
      url.query.set('keytype', keys[0]!.type)
      url.query.set('publicKey', keys[0]!.key)
    } else if (keys.length > 1) {
      const members = keys.map(({ key, type }) => ({ key, type }))
      url.query.set('publicKeys', JSON.stringify(members))
    }
    return url
  },
  isLocked: (attributes) => isRevision(attributes),
}

/** Whether verifying commits is asked for, which needs an experimental feature. */
export function asksForVerification(attributes: InputAttributes): boolean {
  return verifying.some((name) => attributes.has(name))
}

/** The keys with one of which the commit has to be signed; null where nothing is to be checked. */
export function requiredKeysOf(attributes: InputAttributes): readonly PublicKey[] | null {
  const keys = publicKeysOf(attributes)
  const wanted = attributes.has('verifyCommit')
    ? flagOf(attributes, 'verifyCommit')
    : keys.length > 0
  return wanted ? keys : null
}

const defaultKeyType = 'ssh-ed25519'

function publicKeysOf(attributes: InputAttributes): PublicKey[] {
  const keys: PublicKey[] = []
  const listed = textOf(attributes, 'publicKeys')
  if (listed !== null) {
    const given = parsed(listed)
    if (!Array.isArray(given)) throw new InputError(`'publicKeys' is no list: ${listed}`)
    for (const one of given as Partial<Record<keyof PublicKey, unknown>>[]) {
      const { key, type = defaultKeyType } = one
      if (typeof key !== 'string' || typeof type !== 'string') {
        throw new InputError(`in 'publicKeys' is something else than a set of 'key' and 'type'`)
      }
      keys.push({ type, key })
    }
  }
  const key = textOf(attributes, 'publicKey')
  if (key !== null) keys.push({ type: textOf(attributes, 'keytype') ?? defaultKeyType, key })
  return keys
}

function parsed(text: ByteString): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InputError(`'publicKeys' is no JSON: ${text}`)
  }
}

/** Puts what is fetched of a repository into its URL. */
function setRevision(url: ParsedUrl, attributes: InputAttributes): void {
  const rev = revisionOf(attributes)
  const ref = textOf(attributes, 'ref')
  if (rev !== null) url.query.set('rev', rev)
  if (ref !== null) url.query.set('ref', ref)
}

function isRevision(attributes: InputAttributes): boolean {
  const rev = revisionOf(attributes)
  return rev !== null && !/^0*$/.test(rev)
}

/** A branch, tag or bookmark of Mercurial, as Nix takes it. */
export const mercurialRefForm = /^[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*$/

export const mercurialScheme: InputScheme = {
  type: 'hg',
  allowed: ['url', 'ref', 'rev', 'revCount', 'narHash', 'name'],
  fromUrl(url) {
    if (!/^hg\+(http|https|ssh|file)$/.test(url.scheme)) return null
    const attributes = new Map<string, InputAttribute>([['type', 'hg']])
    const query = new Map<string, string>()
    for (const [name, value] of url.query) {
      if (name === 'rev' || name === 'ref') attributes.set(name, value)
      else query.set(name, value)
    }
    attributes.set('url', formatUrl({ ...url, scheme: url.scheme.slice('hg+'.length), query }))
    return attributes
  },
  check(attributes) {
    parseUrl(requiredText(attributes, 'url'))
    const ref = textOf(attributes, 'ref')
    if (ref !== null && !mercurialRefForm.test(ref)) {
      throw new UrlError(`invalid Mercurial branch/tag name '${ref}'`)
    }
    return attributes
  },
  toUrl(attributes): ParsedUrl {
    const url = parseUrl(requiredText(attributes, 'url'))
    url.scheme = `hg+${url.scheme}`
    setRevision(url, attributes)
    return url
  },
  isLocked: (attributes) => isRevision(attributes),
}
