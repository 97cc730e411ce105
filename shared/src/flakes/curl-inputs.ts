/** Inputs that one download gives: `type = "file"` and `type = "tarball"`. */
import {
  narHashOf,
  requiredText,
  textOf,
  type InputAttribute,
  type InputScheme,
} from './input-attributes'
import { applicationOf, formatUrl, parseUrl, transportOf, type ParsedUrl } from './url'

const allowed = ['url', 'narHash', 'name', 'unpack', 'rev', 'revCount', 'lastModified']
const transports = new Set(['file', 'http', 'https'])
const tarballEnd = /\.(zip|tar|tgz|tar\.gz|tar\.xz|tar\.bz2|tar\.zst)$/

function curlScheme(
  type: 'file' | 'tarball',
  isOwn: (isTarball: boolean, requireTree: boolean) => boolean,
): InputScheme {
  return {
    type,
    allowed,
    fromUrl(url, requireTree) {
      if (!transports.has(transportOf(url.scheme))) return null
      const application = applicationOf(url.scheme)
      const isTarball = tarballEnd.test(url.path.at(-1) ?? '')
      if (application === null ? !isOwn(isTarball, requireTree) : application !== type) return null
      const attributes = new Map<string, InputAttribute>([['type', type]])
      for (const name of ['narHash', 'rev']) {
        const value = url.query.get(name)
        if (value !== undefined) attributes.set(name, value)
      }
      for (const name of ['revCount', 'lastModified']) {
        const value = url.query.get(name)
        if (value !== undefined && /^\d+$/.test(value)) attributes.set(name, Number(value))
      }
      const query = new Map(url.query)
      for (const name of allowed) query.delete(name)
      attributes.set('url', formatUrl({ ...url, scheme: transportOf(url.scheme), query }))
      return attributes
    },
    check(attributes) {
      requiredText(attributes, 'url')
      return attributes
    },
    toUrl(attributes): ParsedUrl {
      const url = parseUrl(requiredText(attributes, 'url'))
      const narHash = textOf(attributes, 'narHash')
      if (narHash !== null) url.query.set('narHash', narHashOf(narHash))
      return url
    },
    isLocked: (attributes) => attributes.has('narHash'),
  }
}

export const curlSchemes: readonly InputScheme[] = [
  curlScheme('file', (isTarball, requireTree) => !requireTree && !isTarball),
  curlScheme('tarball', (isTarball, requireTree) => requireTree || isTarball),
]
