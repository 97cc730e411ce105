import { byteStringToBytes, bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress, type ContentAddress } from '@snowglobe/shared/content-address'
import {
  DerivationError,
  derivationReferences,
  type Derivation,
} from '@snowglobe/shared/derivation'
import { formatDerivation, parseDerivation } from '@snowglobe/shared/derivation-aterm'
import {
  derivationFile,
  type DerivationFile,
  type FinishedDerivations,
} from '@snowglobe/shared/hash-modulo'
import { hashBytes, type Hash, type HashAlgorithm } from '@snowglobe/shared/hash'
import { NarError, writeNar, type NarNode } from '@snowglobe/shared/nar'
import {
  makeFixedOutputPath,
  makeTextPath,
  parseStorePath,
  StorePathError,
} from '@snowglobe/shared/store-path'
import { HostError } from '../evaluator/host'
import { dumpTree } from './dump-tree'
import type { EvalStore, FileIngestionMethod, PathFilter } from './eval-store'
import { knownNarHash, noteNarHash } from './known-files'
import { NarAccessor } from './nar-accessor'
import type { FileStatus, FileType, SourceAccessor } from './source-accessor'
import type { StoreEntry } from './store'

/** What lies beneath an overlay: the paths that were there before the evaluation. */
export interface UnderlyingStore {
  readonly storeDir: ByteString
  /** Whether a store path is valid, or can be made so (known from a cache). */
  isKnown(path: ByteString): boolean
  /** The text of a `.drv` that is known. Throws HostError, or MissingContents to be run again. */
  readDerivationText(path: ByteString): ByteString
  /** What a known path refers to; absent where that is not known before its contents are there. */
  references?(path: ByteString): readonly ByteString[]
  /** What evaluations over this store have found of derivations; absent where there is only one. */
  readonly finished?: FinishedDerivations
}

/** A path added during evaluation, its NAR not made before it is needed. */
interface Added {
  /** In byte order, each once. */
  references: readonly ByteString[]
  address: ContentAddress
  tree(): NarNode
  nar(): Uint8Array
}

/**
 * The store of one evaluation: what it adds is hashed at once and held in memory, over a store that
 * was there before. `takeAdded` gives what then has to be added to that store.
 */
export class OverlayEvalStore implements EvalStore {
  readonly storeDir: ByteString
  private readonly added = new Map<ByteString, Added>()
  private readonly derivations = new Map<ByteString, Derivation>()
  /**
   * Added, not yet taken, in the order in which they were added: references come first. Some may have
   * been there before.
   */
  private pending = new Set<ByteString>()

  constructor(private readonly underlying: UnderlyingStore) {
    this.storeDir = underlying.storeDir
  }

  get finished(): FinishedDerivations | undefined {
    return this.underlying.finished
  }

  addText(name: ByteString, contents: ByteString, references: readonly ByteString[]): ByteString {
    return asHostError(`adding '${name}' to the store`, () => {
      const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', contents) }
      const path = makeTextPath(this.storeDir, name, hash, references)
      return this.keepText(path, () => contents, inOrder(references), hash)
    })
  }

  addPath(
    source: SourceAccessor,
    path: ByteString,
    {
      name,
      method,
      algorithm,
      filter,
      expectedHash,
      references = [],
    }: Parameters<EvalStore['addPath']>[2],
  ): ByteString {
    return asHostError(`adding '${path}' to the store`, () => {
      const isWhole = method === 'recursive' && algorithm === 'sha256' && filter === undefined
      const known = isWhole ? knownNarHash(source, path) : null
      const { bytes, tree, nar } =
        known === null
          ? readSource(source, path, method, algorithm, filter)
          : sourceOfBefore(source, path, known)
      if (isWhole && known === null) {
        const file = tree()
        if (file.type === 'regular') noteNarHash(source, path, file.executable, bytes)
      }
      const hash: Hash = { algorithm, bytes }
      if (expectedHash !== undefined && !bytes.every((byte, i) => byte === expectedHash[i])) {
        throw new HostError(`store path mismatch in (possibly filtered) path added from '${path}'`)
      }
      const storePath = makeFixedOutputPath(this.storeDir, method, hash, name, references)
      return this.keep(storePath, inOrder(references), { method, hash }, tree, nar)
    })
  }

  addDerivation(derivation: Derivation, file?: DerivationFile): ByteString {
    return asHostError(`writing the derivation '${derivation.name}'`, () => {
      const { path, hash, references } = file ?? derivationFile(this.storeDir, derivation)
      if (!this.derivations.has(path)) this.derivations.set(path, derivation)
      // Its text is made again when somebody needs it, which of most nobody does.
      return this.keepText(path, () => formatDerivation(derivation), references, hash)
    })
  }

  readDerivation(path: ByteString): Derivation {
    const known = this.derivations.get(path)
    if (known !== undefined) return known
    if (!path.endsWith('.drv')) throw new HostError(`'${path}' is not a derivation`)
    const added = this.added.get(path)?.tree()
    return asHostError(`reading '${path}'`, () => {
      const text =
        added?.type === 'regular'
          ? bytesToByteString(added.contents)
          : this.underlying.readDerivationText(path)
      const { name } = parseStorePath(this.storeDir, path)
      const derivation = parseDerivation(text, name.slice(0, -'.drv'.length))
      this.derivations.set(path, derivation)
      return derivation
    })
  }

  isValidPath(path: ByteString): boolean {
    return this.added.has(path) || this.underlying.isKnown(path)
  }

  references(path: ByteString): readonly ByteString[] {
    const added = this.added.get(path)
    if (added !== undefined) return added.references
    if (path.endsWith('.drv')) return derivationReferences(this.readDerivation(path))
    return this.underlying.references?.(path) ?? []
  }

  /** Whether anything was added that has not been taken. */
  get hasAdded(): boolean {
    for (const path of this.pending) {
      if (!this.underlying.isKnown(path)) return true
      this.pending.delete(path)
    }
    return false
  }

  /**
   * What was added since the last call and was not there before, references before what refers to
   * them. It stays readable here; the NARs are the caller's.
   */
  takeAdded(): StoreEntry[] {
    const entries: StoreEntry[] = []
    for (const path of this.pending) {
      const added = this.added.get(path)
      if (added === undefined || this.underlying.isKnown(path)) continue
      const { references, address } = added
      const contentAddress = formatContentAddress(address)
      entries.push({
        info: { path, references: [...references], contentAddress },
        nar: added.nar(),
      })
    }
    this.pending = new Set()
    return entries
  }

  /**
   * The store directory as evaluation sees it, `/` being the directory itself: what was added here,
   * and for all else the files of the store beneath.
   */
  filesOver(beneath: SourceAccessor): SourceAccessor {
    return new OverlayAccessor(beneath, this.storeDir, this.added)
  }

  private keepText(
    path: ByteString,
    contents: () => ByteString,
    references: readonly ByteString[],
    hash: Hash,
  ): ByteString {
    const tree = (): NarNode => ({
      type: 'regular',
      executable: false,
      contents: byteStringToBytes(contents()),
    })
    return this.keep(path, references, { method: 'text', hash }, tree, () => writeNar(tree()))
  }

  private keep(
    path: ByteString,
    references: readonly ByteString[],
    address: ContentAddress,
    tree: () => NarNode,
    nar: () => Uint8Array,
  ): ByteString {
    if (this.added.has(path)) return path
    this.added.set(path, { references, address, tree, nar })
    this.pending.add(path)
    return path
  }
}

class OverlayAccessor implements SourceAccessor {
  constructor(
    private readonly beneath: SourceAccessor,
    private readonly storeDir: ByteString,
    private readonly added: ReadonlyMap<ByteString, Added>,
  ) {}

  status(path: ByteString): FileStatus | null {
    return this.asked(path, (files, inside) => files.status(inside))
  }

  readFile(path: ByteString): Uint8Array {
    return this.asked(path, (files, inside) => files.readFile(inside))
  }

  readLink(path: ByteString): ByteString {
    return this.asked(path, (files, inside) => files.readLink(inside))
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    if (path !== '/') return this.asked(path, (files, inside) => files.readDirectory(inside))
    const names = this.beneath.status('/') === null ? [] : this.beneath.readDirectory('/')
    const types = new Map<ByteString, FileType>(names)
    for (const [added, { tree }] of this.added) {
      types.set(added.slice(this.storeDir.length + 1), tree().type)
    }
    return types
  }

  private asked<T>(path: ByteString, ask: (files: SourceAccessor, inside: ByteString) => T): T {
    const end = path.indexOf('/', 1)
    const name = end < 0 ? path : path.slice(0, end)
    const added = this.added.get(this.storeDir + name)
    if (added === undefined) return ask(this.beneath, path)
    return ask(new NarAccessor(added.tree()), end < 0 ? '/' : path.slice(end))
  }
}

/** What is added from a source: its hash, and what it is made of when that is asked for. */
interface Source {
  bytes: Uint8Array
  tree(): NarNode
  nar(): Uint8Array
}

function readSource(
  source: SourceAccessor,
  path: ByteString,
  method: FileIngestionMethod,
  algorithm: HashAlgorithm,
  filter: PathFilter | undefined,
): Source {
  let tree = dumpTree(source, path, filter)
  if (method === 'flat') {
    if (tree.type !== 'regular') {
      throw new HostError(
        `'${path}' is not a regular file, so it cannot be hashed flat: add it recursively`,
      )
    }
    tree = { ...tree, executable: false }
  }
  const nar = writeNar(tree)
  const hashed = method === 'flat' && tree.type === 'regular' ? tree.contents : nar
  return { bytes: hashBytes(algorithm, hashed), tree: () => tree, nar: () => nar }
}

/** A file that is known to hash to this, and is read when it is needed. */
function sourceOfBefore(source: SourceAccessor, path: ByteString, bytes: Uint8Array): Source {
  let read: Source | null = null
  const reading = (): Source => {
    read ??= readSource(source, path, 'recursive', 'sha256', undefined)
    if (!read.bytes.every((byte, i) => byte === bytes[i])) {
      throw new HostError(`'${path}' changed while it was added to the store`)
    }
    return read
  }
  return { bytes, tree: () => reading().tree(), nar: () => reading().nar() }
}

function inOrder(references: readonly ByteString[]): ByteString[] {
  return [...new Set(references)].sort()
}

/** What the model refuses is an error of the program that asked for it. */
function asHostError<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof StorePathError) throw new HostError(error.message)
    if (error instanceof NarError || error instanceof DerivationError)
      throw new HostError(`${what}: ${error.message}`)
    throw error
  }
}
