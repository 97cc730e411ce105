/** Fetching inputs: from what is to be fetched to a path of the store and what is known of it. */
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { accessHeaders } from '@snowglobe/shared/flakes/access-tokens'
import { archiveUrl, newestRevision, placeOf } from '@snowglobe/shared/flakes/archive-inputs'
import { inputFromUrl, inputToUrl, isLocked, schemeOf } from '@snowglobe/shared/flakes/fetch-input'
import {
  flagOf,
  InputError,
  narHashOf,
  requiredText,
  revisionOf,
  showAttributes,
  textOf,
  type InputAttribute,
  type InputAttributes,
} from '@snowglobe/shared/flakes/input-attributes'
import { cloneUrl } from '@snowglobe/shared/flakes/repository-url'
import { parseUrl } from '@snowglobe/shared/flakes/url'
import { asksForVerification, requiredKeysOf } from '@snowglobe/shared/flakes/repository-inputs'
import { createHasher, formatHash, parseHash } from '@snowglobe/shared/hash'
import { streamNar, type NarNode } from '@snowglobe/shared/nar'
import { isStorePath, makeFixedOutputPath } from '@snowglobe/shared/store-path'
import { canonicalPath } from '../language/canonical-path'
import { dumpTree } from '../store/dump-tree'
import { NarAccessor } from '../store/nar-accessor'
import { checkUri } from './access-control'
import { hashMismatch, NixError } from './errors'
import type { Evaluator } from './evaluator'
import { requestKey, type Fetched, type FetchRequest, type RequestHeaders } from './fetch-request'
import { HostError } from './host'

/** An input that was fetched. */
export interface FetchedTree {
  storePath: ByteString
  /** The input with all that decides what it is, and `narHash`. */
  input: InputAttributes
  /** What stands in messages for its path; null where that is the path itself. */
  shown: ByteString | null
  /** Why the number of revisions is not known, where it is one that has some. */
  uncounted?: ByteString
}

/** What each evaluator has fetched: one thing does not change within one evaluation. */
const fetched = new WeakMap<Evaluator, Map<string, Fetched>>()

/** Asks the host, once for each request. Throws NixError, or an Interruption. */
export function fetchFromHost(evaluator: Evaluator, request: FetchRequest): Fetched {
  let known = fetched.get(evaluator)
  if (known === undefined) fetched.set(evaluator, (known = new Map()))
  const key = requestKey(request)
  let result = known.get(key)
  if (result === undefined) {
    result = evaluator.store(() => {
      const { host, settings } = evaluator
      if (host.fetch === undefined) {
        const what = request.kind === 'path' ? request.path : request.url
        throw new HostError(`'${what}' cannot be fetched: nothing is fetched here`)
      }
      return host.fetch(request, settings.tarballTtl)
    })
    known.set(key, result)
  }
  return result
}

/** The SHA-256 of a tree's NAR, in SRI form. */
export function narHashOfTree(tree: NarNode): ByteString {
  const hasher = createHasher('sha256')
  streamNar(tree, (piece) => hasher.update(piece))
  return formatHash({ algorithm: 'sha256', bytes: hasher.digest() }, 'sri')
}

/** The path that a tree with this NAR hash has in the store. */
function pathOfNarHash(evaluator: Evaluator, name: ByteString, narHash: ByteString): ByteString {
  const hash = parseHash(narHash, 'sha256')
  return makeFixedOutputPath(evaluator.host.store.storeDir, 'recursive', hash, name)
}

/** Adds a tree to the store, if it is not there. */
function addTree(
  evaluator: Evaluator,
  name: ByteString,
  tree: NarNode,
  narHash: ByteString,
): ByteString {
  return evaluator.store(() => {
    const { store } = evaluator.host
    const path = pathOfNarHash(evaluator, name, narHash)
    if (!store.isValidPath(path)) {
      store.addPath(new NarAccessor(tree), '/', { name, method: 'recursive', algorithm: 'sha256' })
    }
    return path
  })
}

/** Whether an input says all that decides what is fetched, by what the settings trust. */
export function isLockedFor({ settings }: Evaluator, input: InputAttributes): boolean {
  return isLocked(input, { tarballsFromForges: settings.trustTarballsFromGitForges })
}

/** Refuses what pure and restricted evaluation do not fetch; `who` is the builtin that asks. */
export function checkAllowed(evaluator: Evaluator, input: InputAttributes, who: ByteString): void {
  const { settings } = evaluator
  const url = evaluator.store(() => inputToUrl(input))
  if (settings.pureEval && !evaluator.store(() => isLockedFor(evaluator, input))) {
    if (!input.has('narHash')) {
      throw new NixError(
        'restricted',
        `in pure evaluation mode, '${who}' doesn't fetch unlocked input '${url}'`,
      )
    }
    evaluator.host.message(
      'warning',
      `Input '${url}' is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. ` +
        'This is not reproducible and will break after garbage collection or when shared.',
    )
  }
  checkUri(url, settings, evaluator.allowed)
}

/** Checks that the features are enabled that an input needs. */
export function requireFeaturesOf(evaluator: Evaluator, input: InputAttributes): void {
  const { feature } = evaluator.store(() => schemeOf(input))
  if (feature !== undefined) evaluator.requireFeature(feature)
  if (asksForVerification(input)) evaluator.requireFeature('verified-fetches')
}

/** Fetches an input into the store. Throws NixError, or an Interruption. */
export function fetchInput(evaluator: Evaluator, input: InputAttributes): FetchedTree {
  requireFeaturesOf(evaluator, input)
  try {
    const result = evaluator.store(() => fetchUnchecked(evaluator, input))
    evaluator.store(() => checkLocks(input, result.input))
    evaluator.allowed?.allow(result.storePath)
    const directory = evaluator.store(() => workingTreeOf(evaluator, input))
    if (directory !== null) explainUntracked(evaluator, directory, result.storePath)
    const shown = directory ?? result.shown
    if (shown !== null) evaluator.positions.display(result.storePath, shown)
    // What is known of a final input is what it says.
    return input.get('__final') === true ? { ...result, input } : result
  } catch (error) {
    if (error instanceof NixError) {
      error.addFrame(`while fetching the input '${inputToUrl(input)}'`, 0)
    }
    throw error
  }
}

/** The directory whose files are fetched as they are; null for all inputs but those of Git. */
function workingTreeOf(evaluator: Evaluator, input: InputAttributes): ByteString | null {
  if (input.get('type') !== 'git' || input.has('ref') || input.has('rev')) return null
  const { scheme, path } = parseUrl(requiredText(input, 'url'))
  const directory = path.join('/').replace(/\/$/, '')
  if (scheme !== 'file' || evaluator.host.files.status(`${directory}/.git`) === null) return null
  return directory
}

/** A file that is there may be missing in the store, for Git does not know of it. */
function explainUntracked(
  evaluator: Evaluator,
  directory: ByteString,
  storePath: ByteString,
): void {
  evaluator.files.explainMissing(storePath, (inside) =>
    evaluator.store(() => evaluator.host.files.status(`${directory}/${inside}`)) === null
      ? `Path '${inside}' does not exist in Git repository "${directory}".`
      : `Path '${inside}' in the repository "${directory}" is not tracked by Git.\n\n` +
        `To make it visible to Nix, run:\n\ngit -C "${directory}" add -N "${inside}"`,
  )
}

function fetchUnchecked(evaluator: Evaluator, input: InputAttributes): FetchedTree {
  const name = textOf(input, 'name') ?? 'source'
  const locked = new Map(input)
  const narHash = textOf(input, 'narHash')
  if (input.get('__final') === true && narHash !== null) {
    const storePath = pathOfNarHash(evaluator, name, narHash)
    if (evaluator.host.store.isValidPath(storePath)) {
      return { storePath, input, shown: shownAs(input) }
    }
  }
  const { tree, uncounted } = treeOf(evaluator, locked)
  const shown = shownAs(input.get('type') === 'tarball' ? input : locked)
  locked.set('narHash', narHashOfTree(tree))
  const storePath = addTree(evaluator, name, tree, locked.get('narHash') as ByteString)
  return { storePath, input: locked, shown, ...(uncounted === undefined ? {} : { uncounted }) }
}

/** What stands in messages for the files of an input: directories are shown as the copies of them. */
function shownAs(input: InputAttributes): ByteString | null {
  const isCopied = input.get('type') === 'path' || input.get('type') === 'hg'
  return isCopied ? null : `\xc2\xab${inputToUrl(input)}\xc2\xbb`
}

/** What is in an input, and why it is not known how many revisions led to it. */
interface Contents extends Pick<FetchedTree, 'uncounted'> {
  tree: NarNode
}

/** Fetches; what turns out to be known of the input is written into it. */
function treeOf(evaluator: Evaluator, input: Map<ByteString, InputAttribute>): Contents {
  const give = (name: ByteString, value: InputAttribute | undefined) => {
    if (value !== undefined && !input.has(name)) input.set(name, value)
  }
  switch (input.get('type')) {
    case 'file':
      return fetchFromHost(evaluator, { kind: 'file', url: requiredText(input, 'url') })
    case 'tarball': {
      const url = requiredText(input, 'url')
      if (/^file:(?!\/)/.test(url)) {
        throw new InputError(
          `tarball '${url}' must use an absolute path. The 'file' scheme does not support relative paths.`,
        )
      }
      const found = fetchFromHost(evaluator, { kind: 'tarball', url })
      if (found.immutableUrl !== undefined) takeImmutable(input, found.immutableUrl)
      give('lastModified', found.lastModified)
      return { tree: found.tree }
    }
    case 'github':
    case 'gitlab':
    case 'sourcehut': {
      const { settings, host } = evaluator
      const headers = accessHeaders(placeOf(input), settings.accessTokens, (text) =>
        host.message('warning', text),
      )
      const ask = (url: ByteString) => fetchText(evaluator, url, headers)
      if (!input.has('rev')) input.set('rev', newestRevision(input, ask))
      input.delete('ref')
      const url = archiveUrl(input, headers !== null)
      const found = fetchFromHost(evaluator, { kind: 'tarball', url, ...showing(headers) })
      if (found.lastModified !== undefined) input.set('lastModified', found.lastModified)
      return { tree: found.tree }
    }
    case 'git':
      return gitTree(evaluator, input, give)
    case 'hg': {
      const request = {
        kind: 'mercurial' as const,
        url: requiredText(input, 'url'),
        ref: textOf(input, 'ref'),
        rev: revisionOf(input),
      }
      const found = fetchFromHost(evaluator, request)
      if (found.rev !== undefined) input.set('rev', found.rev)
      for (const name of ['ref', 'revCount'] as const) {
        const value = found[name]
        if (value !== undefined) input.set(name, value)
      }
      return { tree: found.tree }
    }
    case 'path':
      return { tree: pathTree(evaluator, input, give) }
    default:
      throw new InputError(`indirect input '${inputToUrl(input)}' cannot be fetched directly`)
  }
}

/** The server has told a URL that always gives this: it is what the input is locked to. */
function takeImmutable(input: Map<ByteString, InputAttribute>, url: ByteString): void {
  const immutable = inputFromUrl(url)
  if (immutable.get('type') !== 'tarball') {
    throw new InputError(
      "tarball 'Link' headers that redirect to non-tarball URLs are not supported",
    )
  }
  const name = input.get('name')
  input.clear()
  for (const [key, value] of immutable) input.set(key, value)
  if (name !== undefined) input.set('name', name)
}

function gitTree(
  evaluator: Evaluator,
  input: Map<ByteString, InputAttribute>,
  give: (name: ByteString, value: InputAttribute | undefined) => void,
): Contents {
  const submodules = flagOf(input, 'submodules')
  const exportIgnore = flagOf(input, 'exportIgnore')
  if (submodules && exportIgnore) {
    throw new InputError('exportIgnore and submodules are not supported together yet')
  }
  const shallow = flagOf(input, 'shallow')
  const found = fetchFromHost(evaluator, {
    kind: 'git',
    url: cloneUrl(requiredText(input, 'url')),
    ref: textOf(input, 'ref'),
    rev: revisionOf(input),
    submodules,
    shallow,
    allRefs: flagOf(input, 'allRefs'),
    exportIgnore,
    lfs: flagOf(input, 'lfs'),
    signedBy: requiredKeysOf(input),
  })
  if (found.rev !== undefined) input.set('rev', found.rev)
  for (const name of ['ref', 'lastModified'] as const) give(name, found[name])
  if (!shallow) give('revCount', found.revCount)
  if (found.dirtyRev !== undefined) {
    give('dirtyRev', `${found.dirtyRev}-dirty`)
    give('dirtyShortRev', `${found.dirtyRev.slice(0, 7)}-dirty`)
  }
  const { tree } = found
  if (shallow || found.rev === undefined || input.has('revCount')) return { tree }
  const place = requiredText(input, 'url').replace(/^file:(?:\/\/)?/, '')
  return {
    tree,
    uncounted: `'${place}' is a shallow Git repository, so 'revCount' is not available`,
  }
}

function pathTree(
  evaluator: Evaluator,
  input: InputAttributes,
  give: (name: ByteString, value: InputAttribute | undefined) => void,
): NarNode {
  const path = requiredText(input, 'path')
  if (!path.startsWith('/')) {
    throw new InputError(
      `cannot fetch input '${inputToUrl(input)}' because it uses a relative path`,
    )
  }
  const { files, store } = evaluator.host
  const absolute = canonicalPath(path)
  const isStored = isStorePath(store.storeDir, absolute)
  if (isStored || evaluator.host.fetch === undefined) {
    // Nix copies what is not named as inputs are, and then sees the time that all in a store has.
    give('lastModified', isStored && !/\/[^-/]*-source$/.test(absolute) ? 1 : 0)
    if (files.status(absolute) === null) {
      throw new HostError(`path '${absolute}' does not exist`)
    }
    return dumpTree(files, absolute)
  }
  const found = fetchFromHost(evaluator, { kind: 'path', path: absolute })
  give('lastModified', found.lastModified ?? 0)
  return found.tree
}

/** Refuses what is not what was asked for. */
function checkLocks(specified: InputAttributes, result: InputAttributes): void {
  if (specified.get('__final') === true) {
    for (const [name, value] of specified) {
      const found = result.get(name)
      const same =
        name === 'narHash' && typeof value === 'string' && typeof found === 'string'
          ? narHashOf(value) === found
          : value === found
      if (found !== undefined && !same) {
        throw new NixError(
          'store',
          `mismatch in field '${name}' of input '${showAttributes(specified)}', got '${showAttributes(result)}'`,
        )
      }
    }
    return
  }
  const narHash = textOf(specified, 'narHash')
  const found = textOf(result, 'narHash')
  if (narHash !== null && found !== null && narHashOf(narHash) !== narHashOf(found)) {
    throw hashMismatch(
      `NAR hash mismatch in input '${inputToUrl(specified)}', expected '${narHashOf(narHash)}' but got '${found}'`,
    )
  }
  const rev = revisionOf(specified)
  if (rev !== null && rev !== revisionOf(result)) {
    throw new NixError(
      'store',
      `'rev' attribute mismatch in input '${inputToUrl(result)}', expected ${rev}`,
    )
  }
}

/** `20240131235959` of seconds since 1970. */
export function formatTime(seconds: number): ByteString {
  return new Date(seconds * 1000).toISOString().replace(/[-:T]/g, '').slice(0, 14)
}

function showing(headers: RequestHeaders | null): { headers?: RequestHeaders } {
  return headers === null ? {} : { headers }
}

/** A file that the host is to fetch as text. */
export function fetchText(
  evaluator: Evaluator,
  url: ByteString,
  headers: RequestHeaders | null = null,
): ByteString {
  const { tree } = fetchFromHost(evaluator, { kind: 'file', url, ...showing(headers) })
  return tree.type === 'regular' ? utf8ToByteString(new TextDecoder().decode(tree.contents)) : ''
}
