/** Closures from binary caches, for evaluations (builtins.fetchClosure). */
import { join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import { hashBytes } from '@snowglobe/shared/hash'
import { readNar } from '@snowglobe/shared/nar'
import { makeFixedOutputPath, parseStorePath } from '@snowglobe/shared/store-path'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { hashModuloSelf } from '../build/self-references'
import type { Substitution, Transfer } from '../build/substitution'
import type { DiskStore } from '../store/disk-store'
import { restorePath } from '../store/restore-path'

/**
 * Gets a path with all that it refers to, so far as it is not there.
 *
 * @param cache where from, for messages
 * @throws HostError where the cache lacks something, SubstitutionError where it cannot give it
 */
export async function copyClosure(
  store: DiskStore,
  substitution: Pick<Substitution, 'querySubstitutable' | 'substitute'>,
  root: ByteString,
  cache: string,
  transfer: Transfer,
): Promise<void> {
  const references = new Map<ByteString, readonly ByteString[]>()
  for (let wanted = [root]; wanted.length > 0;) {
    const missing = wanted.filter((path) => !references.has(path) && !store.isValidPath(path))
    const infos = await substitution.querySubstitutable(missing, transfer)
    for (const path of missing) {
      const info = infos.get(path)
      if (info === undefined) {
        throw new HostError(`path '${path}' is not valid in binary cache '${cache}'`)
      }
      references.set(path, info.references)
    }
    wanted = [...new Set(missing.flatMap((path) => references.get(path)!))]
  }
  for (const path of inOrder(references)) await substitution.substitute(path, transfer)
}

/** Each path after those that it refers to. */
function inOrder(references: ReadonlyMap<ByteString, readonly ByteString[]>): ByteString[] {
  const done = new Set<ByteString>()
  const entered = new Set<ByteString>()
  const stack = [...references.keys()]
  for (let path = stack.at(-1); path !== undefined; path = stack.at(-1)) {
    if (done.has(path) || entered.has(path)) {
      done.add(path)
      stack.pop()
      continue
    }
    entered.add(path)
    for (const reference of references.get(path) ?? []) {
      if (references.has(reference) && !entered.has(reference)) stack.push(reference)
    }
  }
  return [...done]
}

/**
 * Adds to a store a copy of a closure of another in which every path is named for its contents. Gives
 * the path that stands for the root. Source: Nix manual, `nix store make-content-addressed`.
 */
export async function makeContentAddressed(
  from: DiskStore,
  to: DiskStore,
  root: ByteString,
): Promise<ByteString> {
  const infos = new Map(
    [...from.closure([root])].map((path) => [path, from.pathInfo(path)!.references]),
  )
  const renamed = new Map<ByteString, ByteString>()
  for (const path of inOrder(infos)) {
    const nar = Buffer.from(await from.narFromPath(path))
    renamed.set(path, await addRewritten(to, path, nar, infos.get(path)!, renamed))
  }
  return renamed.get(root)!
}

async function addRewritten(
  store: DiskStore,
  path: ByteString,
  nar: Buffer,
  references: readonly ByteString[],
  renamed: ReadonlyMap<ByteString, ByteString>,
): Promise<ByteString> {
  const { storeDir } = store
  const { hashPart, name } = parseStorePath(storeDir, path)
  const others: ByteString[] = []
  for (const reference of references) {
    if (reference === path) continue
    const target = renamed.get(reference) ?? reference
    others.push(target)
    replace(nar, hashPartOf(storeDir, reference), hashPartOf(storeDir, target))
  }
  const isSelf = references.includes(path)
  const bytes = await hashModuloSelf([Buffer.from(nar)], 'sha256', isSelf ? hashPart : null)
  const hash = { algorithm: 'sha256' as const, bytes }
  const target = makeFixedOutputPath(storeDir, 'recursive', hash, name, others, isSelf)
  replace(nar, hashPart, hashPartOf(storeDir, target))
  const contentAddress = formatContentAddress({ method: 'recursive', hash })
  // Its hash was computed here: a store would not take one that refers to itself from elsewhere.
  await store.addFrom(async (directory) => {
    const source = join(directory, 'path')
    await restorePath(readNar(nar), source)
    const info = {
      path: target,
      narHash: hashBytes('sha256', nar),
      narSize: nar.length,
      references: (isSelf ? [...others, target] : others).sort(),
      deriver: null,
      contentAddress,
      signatures: [],
      registrationTime: Math.floor(Date.now() / 1000),
      ultimate: false,
    }
    return [{ info, source }]
  })
  return target
}

function hashPartOf(storeDir: ByteString, path: ByteString): string {
  return parseStorePath(storeDir, path).hashPart
}

/** Puts one text of a length in place of another. */
function replace(bytes: Buffer, from: string, to: string): void {
  if (from === to) return
  for (let at = bytes.indexOf(from, 0, 'latin1'); at >= 0;) {
    bytes.write(to, at, 'latin1')
    at = bytes.indexOf(from, at + to.length, 'latin1')
  }
}

/** Whether a path of the store is named for its contents. */
export function isContentAddressed(store: DiskStore, path: ByteString): boolean {
  return (store.pathInfo(path)?.contentAddress ?? null) !== null
}
