import type { ByteString } from '@snowglobe/shared/bytes'
import type { Profile } from './profile'
import { StoreError, type Root } from './store'

/** The roots of a store that keeps its own list of them, in the order of their names. */
export function rootsOf(
  permanent: Iterable<readonly [ByteString, ByteString]>,
  profiles: Iterable<readonly [string, Profile]>,
  held: Iterable<ByteString>,
): Root[] {
  const roots: Root[] = []
  for (const [name, path] of permanent) roots.push({ name, path, kind: 'permanent' })
  for (const [profile, { generations }] of profiles) {
    for (const { number, path } of generations) {
      roots.push({ name: `${profile}-${number}-link`, path, kind: 'profile' })
    }
  }
  for (const path of new Set(held)) roots.push({ name: '{temp}', path, kind: 'temporary' })
  return roots.sort((one, other) => compare(one.name, other.name) || compare(one.path, other.path))
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Names of roots and profiles are relative file names on disk. Throws StoreError for others. */
export function checkRootName(name: ByteString): void {
  const parts = name.split('/')
  if (parts.every((part) => /^[\w.+?=-]+$/.test(part) && part !== '.' && part !== '..')) return
  throw new StoreError(
    `'${name}' cannot be the name of a root: letters, digits and -_.+?=/ can be in it`,
  )
}
