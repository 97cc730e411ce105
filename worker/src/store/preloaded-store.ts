import type { ByteString } from '@snowglobe/shared/bytes'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import type { FinishedDerivations } from '@snowglobe/shared/hash-modulo'
import { RecentTexts } from '@snowglobe/shared/recent-texts'
import { HostError } from '../evaluator/host'
import { MissingContents } from './missing-contents'
import { findNode, NarAccessor } from './nar-accessor'
import type { UnderlyingStore } from './overlay-eval-store'
import type { FileStatus, FileType, SourceAccessor } from './source-accessor'

/** Bytes of NARs kept in memory; beyond, those not used for longest are dropped. */
const capacity = 128 * 1024 * 1024

/** Bytes of derivations that are not hashed again: a NixOS system has about as many. */
const keptTexts = 16 * 1024 * 1024

/**
 * An asynchronous store seen synchronously: which paths it has is known beforehand, contents are
 * loaded when an evaluation first needs them. As a SourceAccessor it is the store directory: `/` lists
 * the paths.
 */
export class PreloadedStore implements SourceAccessor, UnderlyingStore {
  private readonly known = new Set<ByteString>()
  /** In the order of their last use. */
  private readonly loaded = new Map<ByteString, { root: NarNode; size: number }>()
  private readonly failures = new Map<ByteString, string>()
  private readonly referencesOf = new Map<ByteString, readonly ByteString[]>()
  private size = 0
  readonly finished: FinishedDerivations = new RecentTexts(keptTexts)

  constructor(readonly storeDir: ByteString) {}

  /** Tells of paths that the store has or can get. */
  addKnown(paths: Iterable<ByteString>): void {
    for (const path of paths) this.known.add(path)
  }

  isKnown(path: ByteString): boolean {
    return this.known.has(path)
  }

  /** Answers a MissingContents. Throws NarError where the bytes are no NAR. */
  provide(path: ByteString, nar: Uint8Array, references: readonly ByteString[] = []): void {
    const root = readNar(nar)
    this.failures.delete(path)
    this.referencesOf.set(path, references)
    this.drop(path)
    this.loaded.set(path, { root, size: nar.length })
    this.size += nar.length
    for (const oldest of this.loaded.keys()) {
      if (this.size <= capacity || oldest === path) break
      this.drop(oldest)
    }
  }

  /** Tells what a path refers to whose contents are elsewhere. */
  addReferences(path: ByteString, references: readonly ByteString[]): void {
    this.referencesOf.set(path, references)
  }

  /**
   * What a path refers to, which comes with its contents; nothing where it is not known.
   *
   * @throws MissingContents
   */
  references(path: ByteString): readonly ByteString[] {
    const references = this.referencesOf.get(path)
    if (references !== undefined) return references
    if (!this.known.has(path) || this.failures.has(path)) return []
    throw new MissingContents(path)
  }

  /** Answers a MissingContents whose contents cannot be had: who reads them is told why. */
  refuse(path: ByteString, reason: string): void {
    this.failures.set(path, reason)
  }

  /** Forgets failures, so that contents are asked for once more. */
  retry(): void {
    this.failures.clear()
  }

  /**
   * The text of a derivation.
   *
   * @throws MissingContents, or HostError where the path is not known or not a file
   */
  readDerivationText(path: ByteString): ByteString {
    if (!this.known.has(path)) throw new HostError(`path '${path}' is not valid`)
    const root = this.contents(path)
    if (root.type !== 'regular') throw new HostError(`'${path}' is not a derivation`)
    return bytesToByteString(root.contents)
  }

  status(path: ByteString): FileStatus | null {
    if (path === '/') return { type: 'directory', executable: false, size: 0 }
    const [store, inside] = this.split(path)
    if (!this.known.has(store)) return null
    return new NarAccessor(this.contents(store)).status(inside)
  }

  readFile(path: ByteString): Uint8Array {
    return this.inPath(path, (files, inside) => files.readFile(inside))
  }

  readLink(path: ByteString): ByteString {
    return this.inPath(path, (files, inside) => files.readLink(inside))
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    if (path !== '/') return this.inPath(path, (files, inside) => files.readDirectory(inside))
    const names = new Map<ByteString, FileType>()
    for (const known of this.known) {
      const root = this.loaded.get(known)?.root
      names.set(known.slice(this.storeDir.length + 1), root?.type ?? 'unknown')
    }
    return names
  }

  private inPath<T>(path: ByteString, read: (files: NarAccessor, inside: ByteString) => T): T {
    const [store, inside] = this.split(path)
    if (!this.known.has(store)) throw new HostError(`path '${path}' does not exist`)
    const root = this.contents(store)
    if (findNode(root, inside) === null) throw new HostError(`path '${path}' does not exist`)
    return read(new NarAccessor(root), inside)
  }

  private contents(store: ByteString): NarNode {
    const entry = this.loaded.get(store)
    if (entry !== undefined) {
      this.loaded.delete(store)
      this.loaded.set(store, entry)
      return entry.root
    }
    const failure = this.failures.get(store)
    if (failure !== undefined) throw new HostError(failure)
    throw new MissingContents(store)
  }

  private drop(path: ByteString): void {
    this.size -= this.loaded.get(path)?.size ?? 0
    this.loaded.delete(path)
  }

  /** The store path that a path below the store directory lies in, and the rest. */
  private split(path: ByteString): [ByteString, ByteString] {
    const end = path.indexOf('/', 1)
    return end < 0
      ? [this.storeDir + path, '/']
      : [this.storeDir + path.slice(0, end), path.slice(end)]
  }
}
