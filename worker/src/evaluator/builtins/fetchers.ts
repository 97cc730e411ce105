/** Builtins that fetch from elsewhere. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { inputFromAttributes, inputFromUrl, inputToUrl } from '@snowglobe/shared/flakes/fetch-input'
import {
  flagOf,
  numberOf,
  narHashOf,
  revisionForm,
  revisionOf,
  textOf,
  type InputAttribute,
  type InputAttributes,
} from '@snowglobe/shared/flakes/input-attributes'
import { relativityWarning } from '@snowglobe/shared/flakes/repository-url'
import { formatHash, hashBytes, type Hash } from '@snowglobe/shared/hash'
import type { NarNode } from '@snowglobe/shared/nar'
import {
  checkStorePathName,
  makeFixedOutputPath,
  StorePathError,
} from '@snowglobe/shared/store-path'
import { checkUri } from '../access-control'
import { AttributeSet, AttributeSetBuilder } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { coerceResumable, ContextBuilder } from '../coerce'
import { deferred } from '../deferred'
import { hashMismatch, NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import { expectString } from '../expect'
import { toJson } from '../json'
import { lookUpInRegistries } from '../../flakes/registry'
import {
  checkAllowed,
  fetchFromHost,
  fetchInput,
  formatTime,
  requireFeaturesOf,
  type FetchedTree,
} from '../fetch-tree'
import type { Resumable } from '../machine'
import type { Position } from '../../language/tree'
import { NarAccessor } from '../../store/nar-accessor'
import { describeType } from '../type-names'
import { ContextString, Path, type Slot, type Value } from '../values'
import { hashAllowingEmpty } from './hash-names'
import { plainText } from './parameters'

const urlText = plainText('while evaluating the url we should fetch')
const hashText = plainText('while evaluating the sha256 of the content we should fetch')
const nameText = plainText('while evaluating the name of the content we should fetch')

const emptyRev = '0'.repeat(40)

function usage(text: ByteString): NixError {
  return new NixError('evaluation', text)
}

function storeString(path: ByteString): ContextString {
  return new ContextString(path, new Set([path]))
}

/** fetchurl and fetchTarball. */
function* download(
  evaluator: Evaluator,
  argument: Slot,
  who: 'fetchurl' | 'fetchTarball',
): Resumable {
  const unpack = who === 'fetchTarball'
  let url: ByteString | null = null
  let hash: Hash | null = null
  let name = unpack ? 'source' : ''
  let isNamed = false
  const given: Value = yield argument
  if (given instanceof AttributeSet) {
    for (let i = 0; i < given.size; i++) {
      const slot = given.slots[i]
      const position = given.shape.positionOf(i)
      switch (given.names[i]) {
        case 'url':
          url = yield* urlText.receive(slot, position)
          break
        case 'sha256':
          hash = hashAllowingEmpty(evaluator, yield* hashText.receive(slot, position), 'sha256')
          break
        case 'name':
          isNamed = true
          name = yield* nameText.receive(slot, position)
          break
        default:
          throw usage(`unsupported argument '${given.names[i]}' to '${who}'`)
      }
    }
    if (url === null) throw usage("'url' argument required")
  } else url = yield* urlText.receive(given)
  if (unpack && url.startsWith('channel:')) {
    url = `https://channels.nixos.org/${url.slice('channel:'.length)}/nixexprs.tar.xz`
  }
  const { settings, host } = evaluator
  checkUri(url, settings, evaluator.allowed)
  if (name === '') name = url.replace(/\/$/, '').replace(/^.*\//s, '')
  checkName(name, url, who, given instanceof AttributeSet, isNamed)
  if (settings.pureEval && hash === null) {
    throw usage(`in pure evaluation mode, '${who}' requires a 'sha256' argument`)
  }
  const { store } = host
  if (hash !== null) {
    const method = unpack ? 'recursive' : 'flat'
    const path = makeFixedOutputPath(store.storeDir, method, hash, name)
    if (evaluator.store(() => store.isValidPath(path))) {
      evaluator.allowed?.allow(path)
      return storeString(path)
    }
  }
  if (unpack) {
    const attributes = new Map<ByteString, InputAttribute>([
      ['type', 'tarball'],
      ['url', url],
      ['name', name],
    ])
    if (hash !== null) attributes.set('narHash', formatHash(hash, 'sri'))
    const input = evaluator.store(() => inputFromAttributes(attributes))
    return storeString(fetchInput(evaluator, input).storePath)
  }
  const { tree } = fetchFromHost(evaluator, { kind: 'file', url })
  return storeString(addFile(evaluator, name, tree, url, hash))
}

function checkName(
  name: ByteString,
  url: ByteString,
  who: string,
  isSet: boolean,
  isNamed: boolean,
): void {
  try {
    checkStorePathName(name)
  } catch (error) {
    if (!(error instanceof StorePathError)) throw error
    const advice = isNamed
      ? `Please change the value for the 'name' attribute passed to '${who}', so that it can create a valid store path.`
      : isSet
        ? `Please add a valid 'name' attribute to the argument for '${who}', so that it can create a valid store path.`
        : `Please pass an attribute set with 'url' and 'name' attributes to '${who}',  so that it can create a valid store path.`
    throw usage(`invalid store path name when fetching URL '${url}': ${error.message}. ${advice}`)
  }
}

function addFile(
  evaluator: Evaluator,
  name: ByteString,
  tree: NarNode,
  url: ByteString,
  expected: Hash | null,
): ByteString {
  if (tree.type !== 'regular') throw usage(`'${url}' is not a file`)
  const found: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', tree.contents) }
  if (expected !== null && formatHash(found, 'sri') !== formatHash(expected, 'sri')) {
    throw hashMismatch(
      `hash mismatch in file downloaded from '${url}':\n  specified: ${formatHash(expected, 'nix32', true)}\n  got:       ${formatHash(found, 'nix32', true)}`,
    )
  }
  const path = evaluator.store(() =>
    evaluator.host.store.addPath(new NarAccessor(tree), '/', {
      name,
      method: 'flat',
      algorithm: 'sha256',
    }),
  )
  evaluator.allowed?.allow(path)
  return path
}

/** fetchGit and fetchTree. */
function* fetchTree(
  evaluator: Evaluator,
  argument: Slot,
  who: 'fetchGit' | 'fetchTree',
  position: Position,
): Resumable {
  const isGit = who === 'fetchGit'
  const given: Value = yield argument
  const attributes = new Map<ByteString, InputAttribute>()
  let input: InputAttributes
  if (given instanceof AttributeSet) {
    yield readAttributes(evaluator, given, who, attributes)
    if (!isGit && attributes.has('name')) {
      throw usage(`argument 'name' isn\u00e2\u0080\u0099t supported in call to '${who}'`)
    }
    if (attributes.get('type') === 'git') {
      warnOfRelativity(evaluator, attributes.get('url'))
      const submodules = evaluator.store(() => flagOf(attributes, 'submodules'))
      if (isGit && !attributes.has('exportIgnore') && !submodules) {
        attributes.set('exportIgnore', true)
      }
      if (!isGit && !attributes.has('shallow')) attributes.set('shallow', true)
    }
    input = evaluator.store(() => inputFromAttributes(attributes))
  } else {
    const options = {
      more: false,
      copyToStore: false,
      context: `while evaluating the first argument passed to '${who}'`,
    }
    const context = new ContextBuilder()
    const url = (yield coerceResumable(evaluator, given, options, context, 0)) as ByteString
    if (isGit) {
      warnOfRelativity(evaluator, url)
      attributes.set('type', 'git')
      attributes.set('url', url)
      attributes.set('exportIgnore', true)
      input = evaluator.store(() => inputFromAttributes(attributes))
    } else {
      if (!evaluator.hasFeature('flakes')) {
        throw usage(
          `passing a string argument to '${who}' requires the 'flakes' experimental feature`,
        )
      }
      input = evaluator.store(() => inputFromUrl(url))
    }
  }
  requireFeaturesOf(evaluator, input)
  const { settings } = evaluator
  if (input.get('type') === 'indirect' && !settings.pureEval && evaluator.hasFeature('flakes')) {
    input = lookUpInRegistries(evaluator, { input, directory: '' }, 'limited').input
  }
  checkAllowed(evaluator, input, who)
  if (evaluator.store(() => flagOf(input, '__final'))) {
    const shown = evaluator.store(() => inputToUrl(input))
    throw usage(`input '${shown}' is not allowed to use the '__final' attribute`)
  }
  return treeAttributes(fetchInput(evaluator, input), isGit, position)
}

function warnOfRelativity(evaluator: Evaluator, url: InputAttribute | undefined): void {
  const warning = typeof url === 'string' ? relativityWarning(url) : null
  if (warning !== null) evaluator.host.message('warning', warning)
}

/** Puts the attributes of an input into `attributes`. */
function* readAttributes(
  evaluator: Evaluator,
  given: AttributeSet,
  who: 'fetchGit' | 'fetchTree',
  attributes: Map<ByteString, InputAttribute>,
): Resumable {
  const isGit = who === 'fetchGit'
  const type = given.get('type')
  if (isGit) {
    if (type !== undefined) throw usage("unexpected argument 'type'")
    attributes.set('type', 'git')
  } else {
    if (type === undefined) throw usage(`argument 'type' is missing in call to '${who}'`)
    const context = `while evaluating the \`type\` argument passed to '${who}'`
    attributes.set('type', expectString(yield type, given.positionOf('type'), context))
  }
  for (let i = 0; i < given.size; i++) {
    const name = given.names[i]
    if (name === 'type') continue
    const value: Value = yield given.slots[i]
    if (value instanceof Path || value instanceof ContextString || typeof value === 'string') {
      const text =
        value instanceof Path ? value.path : value instanceof ContextString ? value.text : value
      attributes.set(name, text)
    } else if (typeof value === 'boolean') attributes.set(name, value)
    else if (typeof value === 'number' || typeof value === 'bigint') {
      if (value < 0) {
        throw usage(`negative value given for '${who}' argument '${name}': ${value}`)
      }
      attributes.set(name, Number(value))
    } else if (name === 'publicKeys') {
      evaluator.requireFeature('verified-fetches')
      attributes.set(name, toJson(evaluator, value, true))
    } else {
      throw new NixError(
        'type',
        `argument '${name}' to '${who}' is ${describeType(value)} while a string, Boolean or integer is expected`,
      )
    }
  }
  return null
}

/** What is not to be had, where somebody asks for it. */
// eslint-disable-next-line require-yield -- it is resumable as others are
function* refused(why: ByteString): Resumable {
  throw new NixError('file', why)
}

/** What fetchTree and flakes tell of a tree. */
export function treeAttributes(
  { storePath, input, uncounted }: Omit<FetchedTree, 'shown'>,
  emptyRevFallback: boolean,
  position: Position,
): AttributeSet {
  const result = new AttributeSetBuilder()
  const set = (name: ByteString, value: Slot) => result.set(name, value, position)
  set('outPath', storeString(storePath))
  const narHash = textOf(input, 'narHash')
  if (narHash !== null) set('narHash', narHashOf(narHash))
  if (input.get('type') === 'git') set('submodules', flagOf(input, 'submodules'))
  const rev = revisionOf(input) ?? (emptyRevFallback ? emptyRev : null)
  const revCount = numberOf(input, 'revCount')
  if (rev !== null) {
    set('rev', rev)
    set('shortRev', rev.slice(0, 7))
  }
  if (revCount !== null) set('revCount', revCount)
  else if (uncounted !== undefined)
    set(
      'revCount',
      deferred(() => refused(uncounted)),
    )
  else if (emptyRevFallback) set('revCount', 0)
  const dirtyRev = textOf(input, 'dirtyRev')
  if (dirtyRev !== null) {
    set('dirtyRev', dirtyRev)
    set('dirtyShortRev', textOf(input, 'dirtyShortRev') ?? '')
  }
  const lastModified = numberOf(input, 'lastModified')
  if (lastModified !== null) {
    set('lastModified', lastModified)
    set('lastModifiedDate', formatTime(lastModified))
  }
  return result.build()
}

const mercurialTexts = {
  url: 'while evaluating the `url` attribute passed to builtins.fetchMercurial',
  rev: plainText('while evaluating the `rev` attribute passed to builtins.fetchMercurial'),
  name: plainText('while evaluating the `name` attribute passed to builtins.fetchMercurial'),
}

function* fetchMercurial(evaluator: Evaluator, argument: Slot): Resumable {
  const given: Value = yield argument
  const attributes = new Map<ByteString, InputAttribute>([['type', 'hg']])
  attributes.set('name', 'source')
  const coerce = (value: Value, context: ByteString) => {
    const options = { more: false, copyToStore: false, context }
    return coerceResumable(evaluator, value, options, new ContextBuilder(), 0)
  }
  let url = ''
  if (given instanceof AttributeSet) {
    for (let i = 0; i < given.size; i++) {
      const slot = given.slots[i]
      switch (given.names[i]) {
        case 'url':
          url = (yield coerce(yield slot, mercurialTexts.url)) as ByteString
          break
        case 'rev': {
          const rev = yield* mercurialTexts.rev.receive(slot)
          attributes.set(revisionForm.test(rev) ? 'rev' : 'ref', rev)
          break
        }
        case 'name':
          attributes.set('name', yield* mercurialTexts.name.receive(slot))
          break
        default:
          throw usage(`unsupported argument '${given.names[i]}' to 'fetchMercurial'`)
      }
    }
    if (url === '') throw usage("'url' argument required")
  } else {
    const context = 'while evaluating the first argument passed to builtins.fetchMercurial'
    url = (yield coerce(given, context)) as ByteString
  }
  checkUri(url, evaluator.settings, evaluator.allowed)
  if (evaluator.settings.pureEval && !attributes.has('rev')) {
    throw usage("in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision")
  }
  attributes.set('url', url.includes('://') ? url : `file://${url}`)
  const input = evaluator.store(() => inputFromAttributes(attributes))
  const { storePath, input: locked } = fetchInput(evaluator, input)
  const result = new AttributeSetBuilder()
  result.set('outPath', storeString(storePath))
  const branch = textOf(locked, 'ref')
  if (branch !== null) result.set('branch', branch)
  const rev = revisionOf(locked) ?? emptyRev
  result.set('rev', rev)
  result.set('shortRev', rev.slice(0, 12))
  const revCount = numberOf(locked, 'revCount')
  if (revCount !== null) result.set('revCount', revCount)
  return result.build()
}

export const fetcherBuiltins: BuiltinDefinition[] = [
  {
    name: 'fetchurl',
    args: ['arg'],
    type: 'String | { url :: String; sha256 :: String; name :: String; } -> String',
    since: '1.1',
    doc: 'Downloads the file at a URL while evaluating and gives its path in the store. Takes the URL, or a set of `url` and, both optional, `sha256`, the hash that the file must have, and `name`, its name in the store. With a hash that is in the store nothing is downloaded; pure evaluation needs one.',
    resume: ({ evaluator }, argument) => download(evaluator, argument, 'fetchurl'),
  },
  {
    name: 'fetchTarball',
    args: ['args'],
    type: 'String | { url :: String; sha256 :: String; name :: String; } -> String',
    since: '1.9',
    global: true,
    doc: 'Downloads an archive while evaluating, unpacks it and gives the path of its contents in the store: of its top directory if that is the only thing in it. Takes the URL, or a set of `url` and, both optional, `sha256`, the hash of the unpacked tree, and `name`.',
    resume: ({ evaluator }, argument) => download(evaluator, argument, 'fetchTarball'),
  },
  {
    name: 'fetchGit',
    args: ['args'],
    type: 'String | { url :: String; rev :: String; ref :: String; ... } -> { outPath :: String; rev :: String; ... }',
    since: '2.0',
    global: true,
    doc: 'Fetches a revision of a Git repository. Takes its URL or path, or a set of `url` and, all optional, `rev` (a commit), `ref` (a branch or tag), `name`, `submodules`, `shallow`, `allRefs`, `exportIgnore`, `lfs` (whether to get the files that the repository keeps by Git LFS), and with the experimental feature `verified-fetches` `publicKeys`, with one of which the commit has to be signed. Without `rev` it is the newest commit of `ref`; of a directory on this machine without both it is the files that Git knows, as they are now. Gives a set of `outPath`, `rev`, `shortRev`, `revCount`, `lastModified`, `narHash` and more.',
    resume: ({ evaluator, position }, argument) =>
      fetchTree(evaluator, argument, 'fetchGit', position),
  },
  {
    name: 'fetchMercurial',
    args: ['args'],
    type: 'String | { url :: String; rev :: String; name :: String; } -> { outPath :: String; rev :: String; ... }',
    since: '2.0',
    global: true,
    doc: 'Fetches a revision of a Mercurial repository. Takes its URL or path, or a set of `url` and, both optional, `rev` (a commit, branch or tag) and `name`. Gives a set of `outPath`, `branch`, `rev`, `shortRev` and `revCount`.',
    resume: ({ evaluator }, argument) => fetchMercurial(evaluator, argument),
  },
  {
    name: 'fetchTree',
    args: ['input'],
    type: 'String | { type :: String; ... } -> { outPath :: String; narHash :: String; ... }',
    since: '2.4',
    global: true,
    feature: 'fetch-tree',
    doc: 'Fetches an input as flakes have them. Takes a set whose `type` is `"file"`, `"tarball"`, `"git"`, `"hg"`, `"github"`, `"gitlab"`, `"sourcehut"`, `"path"` or `"indirect"`, with the attributes of that type, or where flakes are enabled a URL such as `"github:NixOS/nixpkgs"`. Gives a set of `outPath`, `narHash` and what else is known of it: `rev`, `lastModified`, …. Pure evaluation takes only inputs that are locked by a revision or `narHash`.',
    resume: ({ evaluator, position }, argument) =>
      fetchTree(evaluator, argument, 'fetchTree', position),
  },
]
