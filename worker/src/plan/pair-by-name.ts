import type { ByteString } from '@snowglobe/shared/bytes'

export interface Pairing<T> {
  /** What took the place of what: `[before, after]`. */
  pairs: [T, T][]
  removed: T[]
  added: T[]
}

/** `zlib` of `zlib-1.2.13`: what comes before the first dash that no letter follows. */
export function packageName(name: ByteString): ByteString {
  return /^(.*?)-[^a-zA-Z]/s.exec(name)?.[1] ?? name
}

/**
 * Which of the things that were are which of those that are: what is identical is left out; others
 * are the same by their whole name, or else by that of their package, in the order they stand in.
 */
export function pairByName<T extends { name: ByteString }>(
  before: readonly T[],
  after: readonly T[],
  identity: (thing: T) => ByteString,
): Pairing<T> {
  const now = new Set(after.map(identity))
  const old = new Set(before.map(identity))
  let removed = before.filter((thing) => !now.has(identity(thing)))
  let added = after.filter((thing) => !old.has(identity(thing)))
  const pairs: [T, T][] = []
  for (const key of [({ name }: T) => name, ({ name }: T) => packageName(name)]) {
    const waiting = new Map<ByteString, T[]>()
    for (const thing of removed) {
      waiting.set(key(thing), [...(waiting.get(key(thing)) ?? []), thing])
    }
    const paired = new Set<T>()
    for (const thing of added) {
      const match = waiting.get(key(thing))?.shift()
      if (match === undefined) continue
      pairs.push([match, thing])
      paired.add(match).add(thing)
    }
    removed = removed.filter((thing) => !paired.has(thing))
    added = added.filter((thing) => !paired.has(thing))
  }
  return { pairs, removed, added }
}
