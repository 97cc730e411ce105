/** The search path: what `<name>` means. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { parseFlakeReference } from '@snowglobe/shared/flakes/flake-reference'
import { lookUpInRegistries } from '../flakes/registry'
import { builtinDirectory } from './builtin-files'
import { canonicalPath } from '../language/canonical-path'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { fetchInput } from './fetch-tree'
import { Path } from './values'

export interface SearchPathEntry {
  /** What names it answers for: those that begin with it, `''` for all. */
  prefix: ByteString
  path: ByteString
}

const warned = new WeakMap<Evaluator, Set<ByteString>>()

/** The path that a name stands for: the first one in the search path that exists. */
export function findFile(
  evaluator: Evaluator,
  entries: readonly SearchPathEntry[],
  name: ByteString,
): Path {
  for (const { prefix, path: given } of entries) {
    const rest = restAfter(prefix, name)
    if (rest === null) continue
    const path = placeOf(evaluator, given)
    if (path === null) continue
    if (!exists(evaluator, path)) {
      if (path.startsWith('/')) evaluator.allowed?.check(canonicalPath(path))
      warnOnce(evaluator, path)
      continue
    }
    const found = evaluator.store(() => evaluator.files.resolve(canonicalPath(`${path}/${rest}`)))
    if (exists(evaluator, found)) return new Path(found)
    evaluator.allowed?.check(found)
  }
  if (name.startsWith('nix/')) {
    return new Path(canonicalPath(`${builtinDirectory}/${name.slice('nix/'.length)}`))
  }
  throw new NixError(
    'missing-search-path',
    evaluator.settings.pureEval
      ? `cannot look up '<${name}>' in pure evaluation mode (use '--impure' to override)`
      : `file '${name}' was not found in the Nix search path (add it using $NIX_PATH or -I)`,
  )
}

/** What of a name lies below an entry with this prefix; null if the entry is not for it. */
function restAfter(prefix: ByteString, name: ByteString): ByteString | null {
  if (prefix === '' || !name.startsWith(prefix)) return prefix === '' ? name : null
  if (name.length === prefix.length) return ''
  return name[prefix.length] === '/' ? name.slice(prefix.length + 1) : null
}

function exists(evaluator: Evaluator, path: ByteString): boolean {
  return (
    path.startsWith('/') &&
    evaluator.store(() => evaluator.files.followedStatus(canonicalPath(path))) !== null
  )
}

/** Where entries that are elsewhere have been put, null where they could not be got. */
const places = new WeakMap<Evaluator, Map<ByteString, ByteString | null>>()

/** Whether an entry is not a path but a URL, or a flake. */
export function isElsewhere(entry: ByteString): boolean {
  return /^(channel:|flake:|(https?|file|git|s3|ssh):\/\/)/.test(entry)
}

/** The path of an entry, which is fetched if it is elsewhere; null with a warning if it cannot be. */
function placeOf(evaluator: Evaluator, entry: ByteString): ByteString | null {
  if (!isElsewhere(entry)) return entry
  let known = places.get(evaluator)
  if (known === undefined) places.set(evaluator, (known = new Map()))
  let place = known.get(entry)
  if (place === undefined) {
    try {
      place = fetchEntry(evaluator, entry)
    } catch (error) {
      if (!(error instanceof NixError)) throw error
      place = null
      const text = `Nix search path entry '${entry}' cannot be downloaded, ignoring`
      evaluator.host.message('warning', text)
    }
    known.set(entry, place)
  }
  return place
}

function fetchEntry(evaluator: Evaluator, entry: ByteString): ByteString {
  if (entry.startsWith('flake:')) {
    evaluator.requireFeature('flakes')
    const reference = evaluator.store(() => parseFlakeReference(entry.slice('flake:'.length)))
    const isShort = reference.input.get('type') === 'indirect'
    const found = isShort ? lookUpInRegistries(evaluator, reference, 'all') : reference
    return canonicalPath(`${fetchInput(evaluator, found.input).storePath}/${found.directory}`)
  }
  const url = entry.startsWith('channel:')
    ? `https://channels.nixos.org/${entry.slice('channel:'.length)}/nixexprs.tar.xz`
    : entry
  const input = new Map([
    ['type', 'tarball'],
    ['url', url],
  ])
  return fetchInput(evaluator, input).storePath
}

function warnOnce(evaluator: Evaluator, path: ByteString): void {
  let paths = warned.get(evaluator)
  if (paths === undefined) warned.set(evaluator, (paths = new Set()))
  if (paths.has(path)) return
  paths.add(path)
  evaluator.host.message('warning', `Nix search path entry '${path}' does not exist, ignoring`)
}
