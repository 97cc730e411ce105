/**
 * The store on disk: a chroot store in Nix's own layout and with Nix's own database, so that real Nix
 * can open it (`nix-store --store DIRECTORY`). Files lie in `DIRECTORY/nix/store`, state in
 * `DIRECTORY/nix/var/nix`, whatever the store directory that paths speak of.
 */
import { chmodSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { joinChunks } from '@snowglobe/worker/store/chunks'
import type { Profile } from '@snowglobe/worker/store/profile'
import { checkRootName } from '@snowglobe/worker/store/root-list'
import {
  StoreError,
  type Damage,
  type GarbageOptions,
  type Hold,
  type PathInfo,
  type Root,
  type Store,
  type StoreEntry,
} from '@snowglobe/worker/store/store'
import type { StoreGraph } from '@snowglobe/worker/store/store-graph'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { pathBytes } from './byte-path'
import { collectFromDisk, type CollectedFromDisk } from './collect-garbage'
import { StoreDatabase } from './database'
import { DiskAdditions, type PreparedPath } from './disk-additions'
import { changeProfileAt, findProfiles } from './disk-profiles'
import {
  addIndirectRoot,
  findLastingRoots,
  findRunningRoots,
  findTemporaryRoots,
  replaceLink,
  type RootFinder,
} from './disk-roots'
import { dumpPath } from './dump-path'
import { lockFile, type FileLock } from './file-lock'
import { IncomingDirectory } from './incoming-directory'
import { Optimiser, type Optimised } from './optimise'
import { Serial } from './serial'
import { chrootLayout, type StoreLayout } from './store-layout'
import { TemporaryRoots } from './temporary-roots'
import { verifyDisk, type DiskVerifyOptions } from './verify-disk'

export interface DiskStoreOptions {
  /** Makes the files of each path durable before it is registered: Nix's `fsync-store-paths`. */
  sync?: boolean
  /** Told what is found and passed over while roots are looked for. */
  report?: (message: string) => void
}

const derivationExtension = '.drv'

export class DiskStore implements Store {
  /** Where the files of the store lie. */
  readonly realStoreDir: string
  private readonly database: StoreDatabase
  private readonly incoming: IncomingDirectory
  private readonly changes = new Serial()
  private readonly derivations = new Map<ByteString, Derivation>()
  private readonly lock: FileLock
  private readonly temporary: TemporaryRoots
  private readonly finder: RootFinder
  private readonly additions: DiskAdditions

  private constructor(
    private readonly layout: StoreLayout,
    readonly storeDir: ByteString,
    options: DiskStoreOptions,
  ) {
    const { store, state, work } = layout
    this.realStoreDir = store
    makeDirectory(join(this.realStoreDir, '.links'))
    chmodSync(this.realStoreDir, 0o1775)
    for (const name of ['db', 'gcroots/auto', 'profiles', 'temproots'])
      makeDirectory(join(state, name))
    const profiles = join(state, 'gcroots/profiles')
    if (lstatSync(profiles, { throwIfNoEntry: false }) === undefined)
      symlinkSync(join(state, 'profiles'), profiles)
    // Whoever changes the database's schema wants this lock for itself alone.
    const lock = lockFile(join(state, 'db/big-lock'), 'shared')
    if (lock === null) throw new StoreError('another process has the store for itself; try later')
    this.lock = lock
    this.database = new StoreDatabase(join(state, 'db'))
    this.incoming = new IncomingDirectory(join(work, 'incoming'))
    this.temporary = TemporaryRoots.open(state)
    this.finder = {
      storeDir,
      state,
      isValid: (path) => this.database.isValid(path),
      report: options.report ?? (() => {}),
    }
    this.additions = new DiskAdditions({
      storeDir,
      realStoreDir: store,
      database: this.database,
      incoming: this.incoming,
      changes: this.changes,
      sync: options.sync === true,
      hold: (paths) => this.hold(paths),
      realPath: (path) => this.realPath(path),
    })
  }

  /** Opens the chroot store in a directory, making what is not there. Throws StoreError. */
  static open(
    directory: string,
    storeDir: ByteString,
    options: DiskStoreOptions = {},
  ): Promise<DiskStore> {
    return DiskStore.openAt(chrootLayout(directory), storeDir, options)
  }

  /** Opens a store whose parts lie in directories of their own (NIX_STORE_DIR, NIX_STATE_DIR). */
  static async openAt(
    layout: StoreLayout,
    storeDir: ByteString,
    options: DiskStoreOptions = {},
  ): Promise<DiskStore> {
    const store = new DiskStore(layout, storeDir, options)
    await store.incoming.removeStale()
    return store
  }

  close(): void {
    this.database.close()
    this.temporary.close()
    this.incoming.close()
    this.lock.release()
  }

  async queryPathInfo(path: ByteString): Promise<PathInfo | null> {
    return this.database.pathInfo(path)
  }

  async queryValidPaths(paths: readonly ByteString[]): Promise<Set<ByteString>> {
    return this.database.validAmong(paths)
  }

  async allValidPaths(): Promise<ByteString[]> {
    return this.database.allValidPaths()
  }

  async allPathInfos(): Promise<PathInfo[]> {
    return this.database.allPathInfos()
  }

  async queryReferrers(path: ByteString): Promise<ByteString[]> {
    return this.database.referrers(path)
  }

  async queryDerivationOutputs(path: ByteString): Promise<Map<ByteString, ByteString>> {
    return this.database.derivationOutputs(path)
  }

  async queryValidDerivers(path: ByteString): Promise<ByteString[]> {
    return this.database.validDerivers(path)
  }

  async queryPathFromHashPart(hashPart: string): Promise<ByteString | null> {
    return this.pathOfHashPart(hashPart)
  }

  async graph(): Promise<StoreGraph> {
    return this.database.graph()
  }

  add(entries: readonly StoreEntry[]): Promise<void> {
    return this.additions.add(entries)
  }

  /**
   * Moves files into the store and registers them, all or none; those that are valid already are
   * left where they are. Gives the paths that were added. Throws StoreError.
   */
  addPrepared(paths: readonly PreparedPath[]): Promise<Set<ByteString>> {
    return this.additions.addPrepared(paths)
  }

  /**
   * Makes room on the store's own file system, lets somebody prepare paths there, and adds those. Whatever
   * is left in the directory is removed.
   */
  addFrom(prepare: (directory: string) => Promise<PreparedPath[]>): Promise<void> {
    return this.additions.addFrom(prepare)
  }

  /**
   * Registers paths whose files lie in the store already, all or none; what was known of valid ones is
   * replaced (`nix-store --register-validity`, `--load-db`). Throws StoreError.
   */
  register(infos: readonly PathInfo[]): Promise<void> {
    return this.additions.register(infos)
  }

  async roots(): Promise<Root[]> {
    const own = [...this.temporary.paths()].map((path): Root => ({
      path,
      name: `{temp:${process.pid}}`,
      kind: 'temporary',
    }))
    const roots = [
      ...findLastingRoots(this.finder),
      ...findRunningRoots(this.finder),
      ...findTemporaryRoots(this.finder),
      ...own,
    ]
    return roots.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
  }

  async setRoot(name: ByteString, path: ByteString | null): Promise<void> {
    checkRootName(name)
    // Nix's own: links of links, of profiles, of users.
    if (/^(auto|profiles|per-user)(\/|$)/.test(name))
      throw new StoreError(`'${name}' cannot be the name of a root: Nix keeps its own there`)
    const link = join(this.layout.state, 'gcroots', name)
    if (path === null) rmSync(link, { force: true })
    else {
      const hold = await this.hold([path])
      try {
        this.checkValid(path)
        replaceLink(link, path)
      } finally {
        await hold.release()
      }
    }
  }

  /**
   * Makes a link outside the store that keeps a path, as `result` does. The caller sees to it that nothing
   * else lies there.
   */
  async addIndirectRoot(link: string, path: ByteString): Promise<void> {
    const hold = await this.hold([path])
    try {
      this.checkValid(path)
      replaceLink(link, path)
      addIndirectRoot(this.layout.state, link)
    } finally {
      await hold.release()
    }
  }

  async hold(paths: readonly ByteString[]): Promise<Hold> {
    const held = [...new Set(paths)]
    await this.temporary.add(held)
    let open = true
    return {
      release: async () => {
        if (open) await this.temporary.remove(held)
        open = false
      },
    }
  }

  collectGarbage(options: GarbageOptions): Promise<CollectedFromDisk> {
    const { layout, database, finder, temporary, changes, incoming } = this
    return collectFromDisk({ layout, database, finder, temporary, changes, incoming }, options)
  }

  verify(options: DiskVerifyOptions): Promise<Damage[]> {
    const { storeDir, realStoreDir, database } = this
    const repair = (path: ByteString, nar: Uint8Array) => this.repair(path, nar)
    return verifyDisk({ storeDir, realStoreDir, database, repair }, options)
  }

  repair(path: ByteString, nar: Uint8Array): Promise<void> {
    return this.additions.repair(path, nar)
  }

  /** Puts files that have the hash of a valid path, and the modes of the store, in the place of its own. */
  replaceFiles(path: ByteString, source: string): Promise<void> {
    return this.additions.replaceFiles(path, source)
  }

  /** Makes equal files one, by hard links. */
  async optimise(onPath: (path: ByteString) => void = () => {}): Promise<Optimised> {
    const optimiser = new Optimiser(this.realStoreDir)
    for (const path of this.database.allValidPaths()) {
      const hold = await this.hold([path])
      try {
        if (!this.database.isValid(path)) continue
        onPath(path)
        await optimiser.optimise(`${pathBytes(this.realStoreDir)}/${basename(path)}`)
      } finally {
        await hold.release()
      }
    }
    return optimiser.result
  }

  async profiles(): Promise<Map<string, Profile>> {
    return findProfiles(join(this.layout.state, 'profiles'))
  }

  async changeProfile(name: string, change: (profile: Profile) => Profile): Promise<Profile> {
    checkRootName(name)
    return this.changeProfileAt(join(this.layout.state, 'profiles', name), change)
  }

  /** The same of a profile that may lie anywhere on this machine; its generations become roots. */
  async changeProfileAt(place: string, change: (profile: Profile) => Profile): Promise<Profile> {
    const inside = place.startsWith(join(this.layout.state, 'profiles') + '/')
    const holds: Hold[] = []
    try {
      return await changeProfileAt(
        place,
        change,
        async (generations) => {
          holds.push(await this.hold(generations.map(({ path }) => path)))
          for (const { path } of generations) this.checkValid(path)
        },
        (link) => {
          if (!inside) addIndirectRoot(this.layout.state, link)
        },
      )
    } finally {
      for (const hold of holds) await hold.release()
    }
  }

  private checkValid(path: ByteString): PathInfo {
    const info = this.database.pathInfo(path)
    if (info === null) throw new StoreError(`path '${path}' is not valid`)
    return info
  }

  async narFromPath(path: ByteString): Promise<Uint8Array> {
    return joinChunks([...this.dump(path)])
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

  /** The output paths that a valid derivation has, by output name. */
  derivationOutputs(path: ByteString): Map<ByteString, ByteString> {
    return this.database.derivationOutputs(path)
  }

  pathInfo(path: ByteString): PathInfo | null {
    return this.database.pathInfo(path)
  }

  /** These paths and all that they refer to, directly or not. Throws StoreError if one is not valid. */
  closure(paths: Iterable<ByteString>): Set<ByteString> {
    const wanted = [...paths]
    const found = this.database.closure(wanted)
    const missing = wanted.find((path) => !found.has(path))
    if (missing !== undefined) throw new StoreError(`path '${missing}' is not valid`)
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

  /** The path that a content-addressed output of a derivation has become here, if it is still valid. */
  realisation(drvPath: ByteString, output: ByteString): ByteString | null {
    const path = this.database.realisation(drvPath, output)
    return path !== null && this.database.isValid(path) ? path : null
  }

  /** Notes what a content-addressed output of a derivation has become: a valid path. */
  registerRealisation(drvPath: ByteString, output: ByteString, path: ByteString): void {
    this.database.registerRealisation(drvPath, output, path)
  }

  /** The name of the derivation in a `.drv` file. */
  derivationName(path: ByteString): ByteString {
    const { name } = parseStorePath(this.storeDir, path)
    return name.endsWith(derivationExtension) ? name.slice(0, -derivationExtension.length) : name
  }
}
