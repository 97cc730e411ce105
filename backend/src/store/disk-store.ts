/**
 * The store on disk: a chroot store in Nix's own layout and with Nix's own database, so that real Nix
 * can open it (`nix-store --store DIRECTORY`). Files lie in `DIRECTORY/nix/store`, state in
 * `DIRECTORY/nix/var/nix`, whatever the store directory that paths speak of.
 */
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { readNar } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { checkEntry, checkReferences } from '@snowglobe/worker/store/check-entry'
import {
  StoreError,
  type PathInfo,
  type Store,
  type StoreEntry,
} from '@snowglobe/worker/store/store'
import { canonicalMode, storeTime } from './canonicalise'
import { StoreDatabase } from './database'
import { dumpPath } from './dump-path'
import { lockFile, type FileLock } from './file-lock'
import { removeTree } from './remove-tree'
import { chrootLayout, type StoreLayout } from './store-layout'
import { restorePath, syncDirectory } from './restore-path'
import { Serial } from './serial'

/** A path whose files lie somewhere else on the same file system: canonical, durable, to be moved. */
export interface PreparedPath {
  info: PathInfo
  source: string
}

const derivationExtension = '.drv'

export class DiskStore implements Store {
  /** Where the files of the store lie. */
  readonly realStoreDir: string
  private readonly database: StoreDatabase
  private readonly incoming: string
  private readonly changes = new Serial()
  private readonly derivations = new Map<ByteString, Derivation>()
  private readonly lock: FileLock

  private constructor(
    { store, state, work }: StoreLayout,
    readonly storeDir: ByteString,
  ) {
    this.realStoreDir = store
    mkdirSync(join(this.realStoreDir, '.links'), { recursive: true })
    chmodSync(this.realStoreDir, 0o1775)
    for (const name of ['db', 'gcroots', 'profiles', 'temproots'])
      mkdirSync(join(state, name), { recursive: true })
    // Whoever changes the database's schema wants this lock for itself alone.
    const lock = lockFile(join(state, 'db/big-lock'), 'shared')
    if (lock === null) throw new StoreError('another process has the store for itself; try later')
    this.lock = lock
    this.database = new StoreDatabase(join(state, 'db'))
    this.incoming = join(work, 'incoming')
  }

  /** Opens the chroot store in a directory, making what is not there. Throws StoreError. */
  static open(directory: string, storeDir: ByteString): Promise<DiskStore> {
    return DiskStore.openAt(chrootLayout(directory), storeDir)
  }

  /** Opens a store whose parts lie in directories of their own (NIX_STORE_DIR, NIX_STATE_DIR). */
  static async openAt(layout: StoreLayout, storeDir: ByteString): Promise<DiskStore> {
    const store = new DiskStore(layout, storeDir)
    // What an interrupted call left behind.
    await removeTree(store.incoming)
    mkdirSync(store.incoming, { recursive: true, mode: 0o700 })
    return store
  }

  close(): void {
    this.database.close()
    this.lock.release()
  }

  async queryPathInfo(path: ByteString): Promise<PathInfo | null> {
    return this.database.pathInfo(path)
  }

  async queryValidPaths(paths: readonly ByteString[]): Promise<Set<ByteString>> {
    return new Set(paths.filter((path) => this.database.isValid(path)))
  }

  async allValidPaths(): Promise<ByteString[]> {
    return this.database.allValidPaths()
  }

  async queryReferrers(path: ByteString): Promise<ByteString[]> {
    return this.database.referrers(path)
  }

  async add(entries: readonly StoreEntry[]): Promise<void> {
    await this.changes.run(async () => {
      const added = new Map<ByteString, PathInfo>()
      const nars = new Map<ByteString, Uint8Array>()
      for (const entry of entries) {
        const { path } = entry.info
        if (added.has(path) || this.database.isValid(path)) continue
        added.set(path, checkEntry(this.storeDir, entry))
        nars.set(path, entry.nar)
      }
      checkReferences(added, (path) => this.database.isValid(path))
      if (added.size === 0) return
      const directory = mkdtempSync(join(this.incoming, 'add-'))
      try {
        const prepared: PreparedPath[] = []
        for (const [path, nar] of nars) {
          const source = join(directory, basename(path))
          await restorePath(readNar(nar), source)
          prepared.push({ info: added.get(path)!, source })
        }
        await this.commit(prepared)
      } finally {
        await removeTree(directory)
      }
    })
  }

  /**
   * Moves files into the store and registers them, all or none; those that are valid already are
   * left where they are. Gives the paths that were added. Throws StoreError.
   */
  async addPrepared(paths: readonly PreparedPath[]): Promise<Set<ByteString>> {
    return this.changes.run(async () => {
      const fresh = paths.filter(({ info }) => !this.database.isValid(info.path))
      const infos = new Map(fresh.map(({ info }) => [info.path, info]))
      checkReferences(infos, (path) => this.database.isValid(path))
      await this.commit(fresh)
      return new Set(infos.keys())
    })
  }

  async narFromPath(path: ByteString): Promise<Uint8Array> {
    const pieces = [...this.dump(path)]
    const nar = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
    let position = 0
    for (const piece of pieces) {
      nar.set(piece, position)
      position += piece.length
    }
    return nar
  }

  /** The NAR of a valid path, piece by piece. Throws StoreError. */
  dump(path: ByteString): Generator<Uint8Array, void> {
    if (!this.database.isValid(path)) throw new StoreError(`path '${path}' is not valid`)
    return dumpPath(this.realPath(path))
  }

  /** Where the files of a store path lie on this machine, whether or not it is valid. */
  realPath(path: ByteString): string {
    parseStorePath(this.storeDir, path)
    return join(this.realStoreDir, basename(path))
  }

  /** The valid path with this hash part (32 characters), or null. */
  pathOfHashPart(hashPart: string): ByteString | null {
    return this.database.pathWithPrefix(`${this.storeDir}/${hashPart}-`)
  }

  isValidPath(path: ByteString): boolean {
    return this.database.isValid(path)
  }

  pathInfo(path: ByteString): PathInfo | null {
    return this.database.pathInfo(path)
  }

  /** These paths and all that they refer to, directly or not. Throws StoreError if one is not valid. */
  closure(paths: Iterable<ByteString>): Set<ByteString> {
    const found = new Set<ByteString>()
    const pending = [...paths]
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (found.has(path)) continue
      const info = this.database.pathInfo(path)
      if (info === null) throw new StoreError(`path '${path}' is not valid`)
      found.add(path)
      pending.push(...info.references)
    }
    return found
  }

  /** The derivation in a valid `.drv` file; not to be changed. Throws StoreError and DerivationError. */
  readDerivation(path: ByteString): Derivation {
    const known = this.derivations.get(path)
    if (known !== undefined) return known
    if (!this.database.isValid(path)) throw new StoreError(`path '${path}' is not valid`)
    const contents = readFileSync(this.realPath(path), 'latin1')
    const derivation = parseDerivation(contents, this.derivationName(path))
    this.derivations.set(path, derivation)
    return derivation
  }

  /** The name of the derivation in a `.drv` file. */
  derivationName(path: ByteString): ByteString {
    const { name } = parseStorePath(this.storeDir, path)
    return name.endsWith(derivationExtension) ? name.slice(0, -derivationExtension.length) : name
  }

  private async commit(paths: readonly PreparedPath[]): Promise<void> {
    for (const { info, source } of paths) {
      const target = this.realPath(info.path)
      // Left by a call that was interrupted before it could register the path.
      await removeTree(target)
      moveTree(source, target)
    }
    syncDirectory(this.realStoreDir)
    this.database.register(
      paths.map(({ info }) => info),
      (path) => this.outputsOf(path),
    )
  }

  private outputsOf(path: ByteString): Map<ByteString, ByteString> {
    const outputs = new Map<ByteString, ByteString>()
    if (!path.endsWith(derivationExtension)) return outputs
    const contents = bytesToByteString(readFileSync(this.realPath(path)))
    for (const [name, output] of parseDerivation(contents, this.derivationName(path)).outputs)
      if (output.path !== '') outputs.set(name, output.path)
    return outputs
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
