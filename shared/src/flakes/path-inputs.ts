/** Inputs that are directories, and those that a registry stands for. */
import type { ByteString } from '../bytes'
import {
  InputError,
  isLegalRefName,
  requiredText,
  revisionForm,
  revisionOf,
  textOf,
  type InputAttribute,
  type InputScheme,
} from './input-attributes'
import { formatUrl, UrlError, type ParsedUrl } from './url'

export const pathScheme: InputScheme = {
  type: 'path',
  feature: 'flakes',
  allowed: ['path', 'rev', 'revCount', 'lastModified', 'narHash'],
  fromUrl(url) {
    if (url.scheme !== 'path') return null
    const shown = formatUrl(url)
    if (url.authority !== null && url.authority !== '') {
      throw new InputError(`path URL '${shown}' should not have an authority ('${url.authority}')`)
    }
    const attributes = new Map<string, InputAttribute>([
      ['type', 'path'],
      ['path', oneSlash(pathOf(url.path))],
    ])
    for (const [name, value] of url.query) {
      if (name === 'rev' || name === 'narHash') attributes.set(name, value)
      else if (name === 'revCount' || name === 'lastModified') {
        if (!/^\d+$/.test(value)) {
          throw new InputError(`path URL '${shown}' has invalid parameter '${name}'`)
        }
        attributes.set(name, Number(value))
      } else throw new InputError(`path URL '${shown}' has unsupported parameter '${name}'`)
    }
    return attributes
  },
  check(attributes) {
    requiredText(attributes, 'path')
    return attributes
  },
  toUrl(attributes): ParsedUrl {
    const query = new Map<string, string>()
    for (const [name, value] of attributes) {
      if (!['path', 'type', '__final'].includes(name)) query.set(name, String(value))
    }
    const path = oneSlash(requiredText(attributes, 'path')).split('/')
    return { scheme: 'path', authority: null, path, query, fragment: '' }
  },
  isLocked: (attributes) => attributes.has('narHash'),
}

/** The path of a URL as one of files. */
function pathOf(segments: readonly ByteString[]): ByteString {
  const joining = segments.find((segment) => segment.includes('/'))
  if (joining !== undefined) {
    throw new UrlError(
      `URL path component '${joining}' contains '/', which is not allowed in file names`,
    )
  }
  return segments.join('/')
}

function oneSlash(path: ByteString): ByteString {
  return path.replace(/\/{2,}/g, '/')
}

const flakeIdForm = /^[a-zA-Z][a-zA-Z0-9_-]*$/

export const indirectScheme: InputScheme = {
  type: 'indirect',
  feature: 'flakes',
  allowed: ['id', 'ref', 'rev', 'narHash'],
  fromUrl(url) {
    if (url.scheme !== 'flake') return null
    const shown = formatUrl(url)
    const [id, first, second, ...others] = url.path.filter((part) => part !== '')
    if (id === undefined || others.length > 0) {
      throw new UrlError(`GitHub URL '${shown}' is invalid`)
    }
    const attributes = new Map<string, InputAttribute>([['type', 'indirect']])
    if (second !== undefined) {
      if (!isLegalRefName(first!)) {
        throw new UrlError(`in flake URL '${shown}', '${first!}' is not a branch/tag name`)
      }
      if (!revisionForm.test(second)) {
        throw new UrlError(`in flake URL '${shown}', '${second}' is not a commit hash`)
      }
      attributes.set('ref', first!)
      attributes.set('rev', second.toLowerCase())
    } else if (first !== undefined) {
      if (revisionForm.test(first)) attributes.set('rev', first.toLowerCase())
      else if (isLegalRefName(first)) attributes.set('ref', first)
      else {
        throw new UrlError(
          `in flake URL '${shown}', '${first}' is not a commit hash or branch/tag name`,
        )
      }
    }
    attributes.set('id', id)
    return attributes
  },
  check(attributes) {
    const id = requiredText(attributes, 'id')
    if (!flakeIdForm.test(id)) throw new UrlError(`'${id}' is not a valid flake ID`)
    return attributes
  },
  toUrl(attributes): ParsedUrl {
    const path = [
      requiredText(attributes, 'id'),
      textOf(attributes, 'ref'),
      revisionOf(attributes),
    ].filter((part) => part !== null)
    return { scheme: 'flake', authority: null, path, query: new Map(), fragment: '' }
  },
  isLocked: () => false,
}
