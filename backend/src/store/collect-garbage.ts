/** Garbage collection on disk, beside builds and other processes, by Nix's own protocol of locks. */
import { chmodSync, lstatSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { hashPartLength, isStorePath } from '@snowglobe/shared/store-path-name'
import { planDeletion, stillAlive } from '@snowglobe/worker/store/garbage'
import type { CollectedGarbage, GarbageOptions } from '@snowglobe/worker/store/store'
import { fileName, pathBytes } from './byte-path'
import type { StoreDatabase } from './database'
import {
  findLastingRoots,
  findRunningRoots,
  findTemporaryRoots,
  type RootFinder,
} from './disk-roots'
import { waitForLock } from './file-lock'
import { serveRoots } from './garbage-server'
import type { IncomingDirectory } from './incoming-directory'
import { removeTree } from './remove-tree'
import type { Serial } from './serial'
import type { StoreLayout } from './store-layout'
import { garbageSocket, type TemporaryRoots } from './temporary-roots'

/** Paths that go in one transaction; others get their turn in between. */
const batchSize = 256

export interface CollectedFromDisk extends CollectedGarbage {
  /** Bytes that hard links save of what is left. */
  savedByLinks: number
}

export interface GarbageContext {
  layout: StoreLayout
  database: StoreDatabase
  finder: RootFinder
  temporary: TemporaryRoots
  /** Changes of this process to the store happen one after another. */
  changes: Serial
  /** Where directories wait to be removed; what is left there by a crash is removed later. */
  incoming: IncomingDirectory
}

/** Deletes what no root keeps. Throws StoreError where one of the given paths is in use. */
export async function collectFromDisk(
  context: GarbageContext,
  options: GarbageOptions,
): Promise<CollectedFromDisk> {
  const { layout, temporary } = context
  const tell = options.onProgress ?? (() => {})
  const lock = await waitForLock(join(layout.state, 'gc.lock'), 'exclusive', () =>
    tell('waiting for the big garbage collector lock...'),
  )
  /** Hash parts of paths that somebody works with: their locks and half-made files are kept, too. */
  const held = new Set<string>()
  const hashPart = (path: ByteString) => {
    const start = context.finder.storeDir.length + 1
    return path.slice(start, start + hashPartLength)
  }
  const server = await serveRoots(garbageSocket(layout.state), (path) => held.add(hashPart(path)))
  temporary.onAdd = (path) => held.add(hashPart(path))
  try {
    tell('finding garbage collector roots...')
    const heldPaths = [
      ...findTemporaryRoots(context.finder).map(({ path }) => path),
      ...temporary.paths(),
    ]
    for (const path of heldPaths) held.add(hashPart(path))
    return await deleteDead(context, options, heldPaths, (path) => held.has(hashPart(path)))
  } finally {
    temporary.onAdd = null
    server.close()
    lock.release()
  }
}

async function deleteDead(
  context: GarbageContext,
  options: GarbageOptions,
  heldPaths: readonly ByteString[],
  isHeld: (path: ByteString) => boolean,
): Promise<CollectedFromDisk> {
  const { layout, database, finder, changes } = context
  const tell = options.onProgress ?? (() => {})
  const roots =
    options.ignoreRoots === true ? [] : [...findLastingRoots(finder), ...findRunningRoots(finder)]
  const lasting = roots.map(({ path }) => path)
  const graph = database.graph()
  const { dead, inUse } = planDeletion(graph, lasting, heldPaths, options)
  const wholeStore = options.paths === undefined
  if (wholeStore) {
    tell('deleting garbage...')
    // Files that nobody has registered: left by who was interrupted.
    for (const name of readdirSync(layout.store, 'latin1'))
      if (name !== '.links' && !graph.isValid(`${finder.storeDir}/${name}`))
        dead.push(`${finder.storeDir}/${name}`)
  } else {
    dead.push(...(options.paths ?? []).filter((path) => !graph.isValid(path)))
  }
  const trash = new Trash(layout.store, context.incoming)
  const collected: CollectedFromDisk = { deleted: [], bytesFreed: 0, savedByLinks: 0 }
  const limit = options.maxFreed ?? Infinity
  const step = limit === Infinity ? batchSize : 1
  try {
    for (let start = 0; start < dead.length && collected.bytesFreed <= limit; start += step) {
      await changes.run(async () => {
        const wanted = dead.slice(start, start + step).filter((path) => !isHeld(path))
        // Paths that came to be valid since the store was looked at are no garbage.
        const known = wanted.filter((path) => graph.isValid(path) || !isValidNow(context, path))
        for (const path of database.invalidate(known)) {
          options.onDelete?.(path)
          trash.take(path.slice(finder.storeDir.length + 1))
          collected.deleted.push(path)
        }
      })
      await trash.empty()
      collected.bytesFreed = trash.bytesFreed
      await setImmediate()
    }
  } finally {
    await trash.close()
  }
  if (inUse !== null) throw stillAlive(inUse)
  tell('deleting unused links...')
  collected.savedByLinks = deleteUnusedLinks(join(layout.store, '.links'))
  return collected
}

function isValidNow({ database, finder }: GarbageContext, path: ByteString): boolean {
  return isStorePath(finder.storeDir, path) && database.isValid(path)
}

/**
 * Takes files out of the store at once; directories are moved aside and deleted afterwards, bit by bit,
 * so that nothing waits for a large one.
 */
class Trash {
  bytesFreed = 0
  private directory: string | null = null
  private count = 0
  private pending: string[] = []
  private readonly store: ByteString

  /** @param store where the files of the store lie */
  constructor(
    store: string,
    private readonly incoming: IncomingDirectory,
  ) {
    this.store = pathBytes(store)
  }

  take(name: ByteString): void {
    const path = fileName(`${this.store}/${name}`)
    const status = lstatSync(path, { throwIfNoEntry: false })
    if (status === undefined) return
    if (!status.isDirectory()) {
      unlinkSync(path)
      this.bytesFreed += freedBy(status)
      return
    }
    // Who moves a directory changes it. Root may in any case.
    if (process.getuid?.() !== 0) chmodSync(path, 0o755)
    this.directory ??= this.incoming.make()
    const place = `${this.directory}/${this.count++}`
    renameSync(path, place)
    this.pending.push(place)
  }

  async empty(): Promise<void> {
    const { pending } = this
    this.pending = []
    for (const place of pending)
      await removeTree(place, (status) => (this.bytesFreed += freedBy(status)))
  }

  async close(): Promise<void> {
    if (this.directory !== null) await removeTree(this.directory)
  }
}

/** As Nix counts: a file that has one more link is thought to have it in `.links` only. */
function freedBy({ nlink, size }: { nlink: number; size: number }): number {
  return nlink <= 2 ? size : 0
}

/** Gives how many bytes the links that are left save. */
function deleteUnusedLinks(directory: string): number {
  let saved = 0
  for (const name of readdirSync(directory)) {
    const link = join(directory, name)
    const { nlink, size } = lstatSync(link)
    if (nlink === 1) unlinkSync(link)
    else saved += (nlink - 2) * size
  }
  return saved - statSync(directory).blocks * 512
}
