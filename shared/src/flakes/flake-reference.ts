/**
 * Flake references: an input, and the directory in it that holds the flake
 * (https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references).
 */
import type { ByteString } from '../bytes'
import { inputFromAttributes, inputFromUrl, inputToUrl } from './fetch-input'
import { textOf, type InputAttributes } from './input-attributes'
import { formatUrl, parseQuery, parseUrl, percentDecode, UrlError, type ParsedUrl } from './url'

export interface FlakeReference {
  input: InputAttributes
  /** The flake's directory in what is fetched; '' for the top. */
  directory: ByteString
}

const identifier = /^([a-zA-Z][a-zA-Z0-9_-]*(?:\/[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*)?)(?:#(.*))?$/s

export interface ReferenceOptions {
  /** What it names need not be a flake: a file, say. */
  isFlake?: boolean
  /** Paths may be relative: to whatever the reference stands in. */
  relativePaths?: boolean
}

/** The reference that a text is. Throws UrlError, InputError where it is none. */
export function parseFlakeReference(
  text: ByteString,
  { isFlake = true, relativePaths = false }: ReferenceOptions = {},
): FlakeReference {
  const { reference, fragment } = parse(text, isFlake, relativePaths)
  if (fragment !== '') {
    throw new UrlError(`unexpected fragment '${fragment}' in flake reference '${text}'`)
  }
  return reference
}

function parse(text: ByteString, isFlake: boolean, relativePaths: boolean) {
  const short = identifier.exec(text)
  if (short !== null) {
    const path = short[1]!.split('/')
    const url = { scheme: 'flake', authority: null, path, query: new Map(), fragment: '' }
    const reference = { input: inputFromUrl(url, isFlake), directory: '' }
    return { reference, fragment: percentDecode(short[2] ?? '') }
  }
  try {
    return fromUrl(parseUrl(text, true), isFlake)
  } catch (error) {
    // What is no URL is a path.
    if (!(error instanceof UrlError)) throw error
  }
  const [, path, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text)!
  if (!relativePaths && !path!.startsWith('/')) {
    throw new UrlError(`flake reference '${text}' is not an absolute path`)
  }
  return fromUrl(
    {
      scheme: 'path',
      authority: path!.startsWith('/') ? '' : null,
      path: path!.split('/'),
      query: parseQuery(query ?? ''),
      fragment: percentDecode(fragment ?? ''),
    },
    isFlake,
  )
}

function fromUrl(url: ParsedUrl, isFlake: boolean) {
  const query = new Map(url.query)
  const directory = query.get('dir') ?? ''
  query.delete('dir')
  const input = inputFromUrl({ ...url, query, fragment: '' }, isFlake)
  return { reference: { input, directory }, fragment: url.fragment }
}

/** The reference with these attributes: those of an input, and `dir`. Throws InputError. */
export function flakeReferenceFromAttributes(attributes: InputAttributes): FlakeReference {
  const input = new Map(attributes)
  input.delete('dir')
  return { input: inputFromAttributes(input), directory: textOf(attributes, 'dir') ?? '' }
}

export function flakeReferenceToAttributes({ input, directory }: FlakeReference): InputAttributes {
  return directory === '' ? input : new Map([...input, ['dir', directory]])
}

export function formatFlakeReference({ input, directory }: FlakeReference): ByteString {
  const url = inputToUrl(input)
  if (directory === '') return url
  const parsed = parseUrl(url)
  if (!parsed.query.has('dir')) parsed.query.set('dir', directory)
  return formatUrl(parsed)
}

/** Whether two references say the same, whatever the order. */
export function sameReference(a: FlakeReference, b: FlakeReference): boolean {
  return (
    a.directory === b.directory &&
    a.input.size === b.input.size &&
    [...a.input].every(([name, value]) => b.input.get(name) === value)
  )
}
