/** Copying files to the store, with a filter written in Nix. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { makeFixedOutputPath, storePathOf } from '@snowglobe/shared/store-path'
import type { FileIngestionMethod, PathFilter } from '../store/eval-store'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { expectBoolean } from './expect'
import { Apply, type Resumable } from './machine'
import { realiseContext, rewrite } from './realise'
import { makeString, type Context, type Value } from './values'

export interface SourceOptions {
  name: ByteString
  path: ByteString
  method: FileIngestionMethod
  /** Called with each path below the root and its type. */
  filter: Value | null
  /** SHA-256 that the copy must have. */
  expectedHash: Uint8Array | null
  /** What the path refers to. */
  context: Context | null
}

/** Adds files to the store. Gives the store path as a string that refers to it. */
export function* addSource(evaluator: Evaluator, options: SourceOptions): Resumable {
  try {
    const path = (yield copySource(evaluator, options)) as ByteString
    evaluator.allowed?.allow(path)
    return makeString(path, new Set([path]))
  } catch (error) {
    if (error instanceof NixError) error.addFrame(`while adding path '${options.path}'`, 0)
    throw error
  }
}

function* copySource(evaluator: Evaluator, options: SourceOptions): Resumable {
  const { name, method, expectedHash } = options
  const { store } = evaluator.host
  let given = options.path
  let references: readonly ByteString[] = []
  // A placeholder is no path of the store before what it stands for is built.
  const isOfStore = given.startsWith(store.storeDir + '/') || isPlaceholder(given)
  if (options.context !== null && isOfStore) {
    given = rewrite(given, realiseContext(evaluator, options.context))
    const storePath = storePathOf(store.storeDir, given)
    references = evaluator.store(() => store.references(storePath))
  }
  if (expectedHash !== null) {
    const hash = { algorithm: 'sha256' as const, bytes: expectedHash }
    const expected = evaluator.store(() =>
      makeFixedOutputPath(store.storeDir, method, hash, name, references),
    )
    if (evaluator.store(() => store.isValidPath(expected))) return expected
  }
  const path = evaluator.store(() => evaluator.files.resolve(given))
  if (evaluator.files.status(path) === null) throw evaluator.files.missing(path)
  let filter: PathFilter | undefined
  if (options.filter !== null) {
    const accepted = new Set<ByteString>()
    yield filterTree(evaluator, options.filter, path, accepted)
    filter = (file) => accepted.has(file)
  }
  return evaluator.store(() =>
    store.addPath(evaluator.sources, path, {
      name,
      method,
      algorithm: 'sha256',
      references,
      ...(filter === undefined ? {} : { filter }),
      ...(expectedHash === null ? {} : { expectedHash }),
    }),
  )
}

/** Whether a path begins with what stands for an output that is not built yet. */
function isPlaceholder(path: ByteString): boolean {
  return /^\/[0-9a-z]{52}(\/|$)/.test(path)
}

/** Asks the filter about everything below a directory, in the order in which it is copied. */
function* filterTree(
  evaluator: Evaluator,
  filter: Value,
  root: ByteString,
  accepted: Set<ByteString>,
): Resumable {
  const files = evaluator.sources
  const isDirectory = evaluator.store(() => files.status(root))?.type === 'directory'
  // What is still to be looked at, the next one last.
  const work = isDirectory ? childrenOf(evaluator, root) : []
  for (let path = work.pop(); path !== undefined; path = work.pop()) {
    const file = path
    const type = evaluator.store(() => files.status(file))?.type ?? 'unknown'
    if ((yield askFilter(filter, file, type)) !== true) continue
    accepted.add(file)
    if (type === 'directory') work.push(...childrenOf(evaluator, file))
  }
  return null
}

function* askFilter(filter: Value, path: ByteString, type: ByteString): Resumable {
  const context = 'while evaluating the return value of the path filter function'
  const answer: Value = yield new Apply(filter, [path, type])
  return expectBoolean(answer, 0, context)
}

/** Last name first. */
function childrenOf(evaluator: Evaluator, directory: ByteString): ByteString[] {
  const names = evaluator.store(() => evaluator.sources.readDirectory(directory))
  const prefix = directory === '/' ? '/' : `${directory}/`
  return [...names.keys()]
    .sort()
    .reverse()
    .map((name) => prefix + name)
}
