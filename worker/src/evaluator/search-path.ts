/** The search path: what `<name>` means. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { builtinDirectory } from './builtin-files'
import { canonicalPath } from '../language/canonical-path'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
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
  for (const { prefix, path } of entries) {
    const rest = restAfter(prefix, name)
    if (rest === null) continue
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

function warnOnce(evaluator: Evaluator, path: ByteString): void {
  let paths = warned.get(evaluator)
  if (paths === undefined) warned.set(evaluator, (paths = new Set()))
  if (paths.has(path)) return
  paths.add(path)
  evaluator.host.message('warning', `Nix search path entry '${path}' does not exist, ignoring`)
}
