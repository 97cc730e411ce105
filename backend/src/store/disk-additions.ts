/** How paths come into a store on disk: whole or not at all, whoever else works in it at the same time. */
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, lutimesSync, readFileSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { readNar } from '@snowglobe/shared/nar'
import {
  checkEntry,
  checkReferences,
  equalBytes,
  formatNarHash,
  outputsOfEntry,
  parseOutputs,
  type Digest,
} from '@snowglobe/worker/store/check-entry'
import {
  StoreError,
  type Hold,
  type PathInfo,
  type StoreEntry,
} from '@snowglobe/worker/store/store'
import { pathBytes } from './byte-path'
import { canonicalMode, storeTime } from './canonicalise'
import type { StoreDatabase } from './database'
import { lockBeside, type FileLock } from './file-lock'
import type { IncomingDirectory } from './incoming-directory'
import { removeTree } from './remove-tree'
import { restorePath } from './restore-path'
import type { Serial } from './serial'
import { syncNode, syncTree } from './sync-tree'

/** A path whose files lie somewhere else on the same file system: canonical, to be moved. */
export interface PreparedPath {
  info: PathInfo
  source: string
}

export interface AdditionContext {
  storeDir: ByteString
  /** Where the files of the store lie. */
  realStoreDir: string
  database: StoreDatabase
  incoming: IncomingDirectory
  /** Changes of this process to the store happen one after another. */
  changes: Serial
  /** Makes files durable before they are registered. */
  sync: boolean
  hold(paths: readonly ByteString[]): Promise<Hold>
  /** Where the files of a store path lie. */
  realPath(path: ByteString): string
}

/** OpenSSL's, several times as quick as the model's own. */
const digest: Digest = (algorithm, bytes) =>
  new Uint8Array(createHash(algorithm).update(bytes).digest())

export class DiskAdditions {
  private readonly isValid = (path: ByteString) => this.context.database.isValid(path)

  constructor(private readonly context: AdditionContext) {}

  /** Adds paths whole, all or none. Throws StoreError. */
  async add(entries: readonly StoreEntry[]): Promise<void> {
    const hold = await this.context.hold(
      entries.flatMap(({ info }) => [info.path, ...info.references]),
    )
    try {
      await this.context.changes.run(() => this.addNow(entries))
    } finally {
      await hold.release()
    }
  }

  /** Adds what is not valid yet. */
  private async addNow(entries: readonly StoreEntry[]): Promise<void> {
    const added = new Map<ByteString, PathInfo>()
    const nars = new Map<ByteString, Uint8Array>()
    for (const entry of entries) {
      const { path } = entry.info
      if (added.has(path) || this.isValid(path)) continue
      added.set(path, checkEntry(this.context.storeDir, entry, digest))
      outputsOfEntry(this.context.storeDir, entry)
      nars.set(path, entry.nar)
    }
    checkReferences(added, this.isValid)
    if (added.size === 0) return
    const directory = this.context.incoming.make()
    const locks: FileLock[] = []
    try {
      const prepared: PreparedPath[] = []
      for (const [path, nar] of [...nars].sort(([one], [other]) => (one < other ? -1 : 1))) {
        const source = join(directory, basename(path))
        const root = readNar(nar)
        await restorePath(root, source)
        prepared.push({ info: added.get(path)!, source })
        if (root.type === 'directory') locks.push(await lockBeside(this.context.realPath(path)))
      }
      // What another process has added since is registered: it may be in use.
      await this.commit(prepared.filter(({ info }) => !this.isValid(info.path)))
    } finally {
      await removeTree(directory)
      for (const lock of locks) lock.release()
    }
  }

  /**
   * Moves files into the store and registers them, all or none; those that are valid already are
   * left where they are. Gives the paths that were added. Throws StoreError.
   */
  async addPrepared(paths: readonly PreparedPath[]): Promise<Set<ByteString>> {
    const hold = await this.context.hold(
      paths.flatMap(({ info }) => [info.path, ...info.references]),
    )
    try {
      return await this.context.changes.run(async () => {
        const fresh = paths.filter(({ info }) => !this.isValid(info.path))
        const infos = new Map(fresh.map(({ info }) => [info.path, info]))
        checkReferences(infos, this.isValid)
        await this.commit(fresh)
        return new Set(infos.keys())
      })
    } finally {
      await hold.release()
    }
  }

  /**
   * Makes room on the store's own file system, lets somebody prepare paths there, and adds those. Whatever
   * is left in the directory is removed.
   */
  async addFrom(prepare: (directory: string) => Promise<PreparedPath[]>): Promise<void> {
    const directory = this.context.incoming.make()
    const locks: FileLock[] = []
    try {
      const prepared = await prepare(directory)
      for (const { info, source } of prepared)
        if (lstatSync(source).isDirectory())
          locks.push(await lockBeside(this.context.realPath(info.path)))
      await this.addPrepared(prepared)
    } finally {
      await removeTree(directory)
      for (const lock of locks) lock.release()
    }
  }

  /**
   * Registers paths whose files lie in the store already, all or none; what was known of valid ones is
   * replaced (`nix-store --register-validity`, `--load-db`). Throws StoreError.
   */
  async register(infos: readonly PathInfo[]): Promise<void> {
    await this.context.changes.run(async () => {
      checkReferences(new Map(infos.map((info) => [info.path, info])), this.isValid)
      this.context.database.register(infos, (path) => this.outputsOf(path))
    })
  }

  async repair(path: ByteString, nar: Uint8Array): Promise<void> {
    const info = this.context.database.pathInfo(path)
    if (info === null) throw new StoreError(`path '${path}' is not valid`)
    const narHash = digest('sha256', nar)
    if (!equalBytes(narHash, info.narHash))
      throw new StoreError(
        `cannot repair '${path}': the contents have the hash ${formatNarHash(narHash)} instead of ` +
          formatNarHash(info.narHash),
      )
    const directory = this.context.incoming.make()
    try {
      const source = join(directory, 'new')
      await restorePath(readNar(nar), source)
      if (this.context.sync) await syncTree(pathBytes(source))
      await this.replaceFiles(path, source)
    } finally {
      await removeTree(directory)
    }
  }

  /** Puts files that have the hash of a valid path, and the modes of the store, in the place of its own. */
  async replaceFiles(path: ByteString, source: string): Promise<void> {
    await this.context.changes.run(async () => {
      const directory = this.context.incoming.make()
      try {
        const target = this.context.realPath(path)
        // Between the two there is nothing: a path in use is damaged anyway.
        if (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
          moveTree(target, join(directory, 'old'))
        moveTree(source, target)
      } finally {
        await removeTree(directory)
      }
    })
  }

  private async commit(paths: readonly PreparedPath[]): Promise<void> {
    for (const { info, source } of paths) {
      const target = this.context.realPath(info.path)
      // A file goes into another's place at one moment. What else lies there was left by a call that
      // was interrupted before it could register the path.
      const both = [source, target].map((place) => lstatSync(place, { throwIfNoEntry: false }))
      if (both.some((status) => status?.isDirectory() === true)) await removeTree(target)
      moveTree(source, target)
    }
    if (this.context.sync) {
      for (const { info } of paths) await syncTree(pathBytes(this.context.realPath(info.path)))
      syncNode(this.context.realStoreDir)
    }
    this.context.database.register(
      paths.map(({ info }) => info),
      (path) => this.outputsOf(path),
    )
  }

  private outputsOf(path: ByteString): Map<ByteString, ByteString> {
    if (!path.endsWith('.drv')) return new Map<ByteString, ByteString>()
    const file = this.context.realPath(path)
    if (!lstatSync(file).isFile()) return new Map<ByteString, ByteString>()
    return parseOutputs(this.context.storeDir, path, bytesToByteString(readFileSync(file)))
  }
}

/** A directory can be moved only by one who may write in it: its entry `..` changes. */
function moveTree(source: string, target: string): void {
  const status = lstatSync(source)
  if (status.isDirectory()) chmodSync(source, 0o755)
  renameSync(source, target)
  if (status.isDirectory()) chmodSync(target, canonicalMode(status))
  lutimesSync(target, storeTime, storeTime)
}
