/**
 * Inputs of fetchTree and of flakes: what is to be fetched, as attributes and as URLs
 * (https://nix.dev/manual/nix/latest/language/builtins#builtins-fetchTree).
 */
import type { ByteString } from '../bytes'
import { archiveSchemes } from './archive-inputs'
import { curlSchemes } from './curl-inputs'
import {
  InputError,
  numberOf,
  showAttributes,
  textOf,
  type InputAttributes,
  type InputScheme,
  type Trust,
} from './input-attributes'
import { indirectScheme, pathScheme } from './path-inputs'
import { gitScheme, mercurialScheme } from './repository-inputs'
import { applicationOf, formatUrl, parseUrl, transportOf, type ParsedUrl } from './url'

/** In the order in which URLs are tried. */
const schemes: readonly InputScheme[] = [
  ...curlSchemes,
  gitScheme,
  ...archiveSchemes,
  mercurialScheme,
  indirectScheme,
  pathScheme,
]

export function schemeOf(attributes: InputAttributes): InputScheme {
  const type = attributes.get('type')
  const scheme = schemes.find((one) => one.type === type)
  if (scheme === undefined) {
    throw new InputError(`cannot show unsupported input '${showAttributes(attributes)}'`)
  }
  return scheme
}

/** The input that a URL names. Throws InputError, UrlError. */
export function inputFromUrl(url: ParsedUrl | ByteString, requireTree = true): InputAttributes {
  const parsed = typeof url === 'string' ? parseUrl(url) : url
  for (const scheme of schemes) {
    const attributes = scheme.fromUrl(parsed, requireTree)
    if (attributes !== null) return common(scheme.check(attributes))
  }
  if (applicationOf(parsed.scheme) === 'file' && transportOf(parsed.scheme) === 'git') {
    throw new InputError(
      `input '${formatUrl(parsed)}' is unsupported; did you mean 'git+file' instead of 'file+git'?`,
    )
  }
  throw new InputError(`input '${formatUrl(parsed)}' is unsupported`)
}

/** Checks the attributes of an input. Throws InputError. */
export function inputFromAttributes(attributes: InputAttributes): InputAttributes {
  const scheme = schemeOf(attributes)
  for (const name of attributes.keys()) {
    if (name !== 'type' && name !== '__final' && !scheme.allowed.includes(name)) {
      throw new InputError(
        `input attribute '${name}' not supported by scheme '${String(attributes.get('type'))}'`,
      )
    }
  }
  return common(scheme.check(attributes))
}

export function inputToUrl(attributes: InputAttributes): ByteString {
  return formatUrl(schemeOf(attributes).toUrl(attributes))
}

/** Whether an input says all that decides what is fetched. */
export function isLocked(attributes: InputAttributes, trust: Trust): boolean {
  return schemeOf(attributes).isLocked(attributes, trust)
}

/** What has types in every scheme; forms are looked at where they are needed. */
function common(attributes: InputAttributes): InputAttributes {
  for (const name of ['ref', 'narHash', 'rev']) textOf(attributes, name)
  for (const name of ['revCount', 'lastModified']) numberOf(attributes, name)
  return attributes
}
