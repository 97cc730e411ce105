import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type {
  Documentation,
  DocumentedBuiltin,
  LibraryFunction,
  PackageDocumentation,
} from './documentation'

/** A name in a package collection, with what is told of it and of the names within. */
export interface DocumentedName {
  /** From the collection: `lib.lists`, `pkgs.hello`; the collection itself is `pkgs`. */
  path: string
  about: About | null
  members: ReadonlyMap<ByteString, DocumentedName>
}

export type About =
  | { kind: 'builtin'; builtin: DocumentedBuiltin }
  | { kind: 'function'; fn: LibraryFunction }
  | { kind: 'package'; package: PackageDocumentation }

interface Growing extends DocumentedName {
  members: Map<ByteString, Growing>
}

/**
 * The names of a collection, as a tree. `of` says how much is true of the collection that is meant: of others than
 * the one that is told of, only the functions of `lib` are.
 */
export function documentedNames(
  { builtins, functions, packages }: Documentation,
  of: 'collection' | 'lib',
): DocumentedName {
  const root = name('pkgs')
  for (const builtin of builtins) {
    for (const path of builtin.inLib) add(root, path, { kind: 'builtin', builtin })
  }
  for (const fn of functions) {
    for (const path of fn.names) {
      if (of === 'collection' || path.startsWith('lib.')) add(root, path, { kind: 'function', fn })
    }
  }
  if (of === 'collection') {
    for (const one of packages) add(root, `pkgs.${one.name}`, { kind: 'package', package: one })
  }
  return root
}

function add(root: Growing, path: string, about: About): void {
  let at = root
  const parts = path.split('.')
  for (const [depth, part] of parts.entries()) {
    if (depth === 0 && part === 'pkgs') continue
    const key = utf8ToByteString(part)
    let next = at.members.get(key)
    if (next === undefined) {
      next = name(parts.slice(0, depth + 1).join('.'))
      at.members.set(key, next)
    }
    at = next
  }
  at.about = about
}

function name(path: string): Growing {
  return { path, about: null, members: new Map() }
}
