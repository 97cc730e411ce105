/**
 * Takes paths from the tab into the store. Nothing it says is believed: every path must be the one
 * that its contents make, and every output path in a derivation is computed again.
 */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import {
  formatContentAddress,
  pathOfContentAddress,
  type ContentAddress,
} from '@snowglobe/shared/content-address'
import { derivationReferences, type Derivation } from '@snowglobe/shared/derivation'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { readExportStream, type ImportedPath } from '@snowglobe/shared/export-stream'
import { hashBytes, type HashAlgorithm } from '@snowglobe/shared/hash'
import { verifyOutputPaths, type DerivationHash } from '@snowglobe/shared/hash-modulo'
import { makeTextPath, parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError, type StoreEntry } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'

const algorithms: HashAlgorithm[] = ['sha256', 'sha1', 'sha512', 'md5']

/** Hashes of so many derivations are remembered: what is refused is not in the store, and takes memory. */
const rememberedHashes = 200_000

/** A path that is not what it says. The message names it. */
export class ImportRefused extends Error {
  override name = 'ImportRefused'
}

export interface ImportOptions {
  mostPaths?: number
  hold?: (paths: { path: ByteString; narSize: number }[]) => Promise<void>
}

export class PathImporter {
  /** What derivations count as, by path of the `.drv`; such a path says what is in it. */
  private readonly hashes = new Map<ByteString, DerivationHash>()

  constructor(private readonly store: DiskStore) {}

  /**
   * Adds the paths of an export stream, all or none. Gives those that were not valid before. `hold` is
   * told of all of them before anything else is done. Throws ImportRefused, also for more than so many
   * paths, or what the readers of the formats throw.
   */
  async import(
    stream: Uint8Array,
    { mostPaths = Infinity, hold = async () => {} }: ImportOptions = {},
  ): Promise<ByteString[]> {
    const { storeDir } = this.store
    const derivations = new Map<ByteString, Derivation>()
    const entries: StoreEntry[] = []
    const sent: ImportedPath[] = []
    for (const imported of readExportStream(storeDir, stream)) {
      if (sent.push(imported) > mostPaths)
        throw new ImportRefused(
          `there are more than ${mostPaths} paths in this upload (limit uploadPaths = ` +
            `${mostPaths}); send fewer at a time`,
        )
    }
    await hold(sent.map(({ path, nar }) => ({ path, narSize: nar.length })))
    for (const imported of sent) {
      if (this.store.isValidPath(imported.path)) continue
      const contentAddress = this.contentAddressOf(imported)
      if (imported.path.endsWith('.drv')) derivations.set(imported.path, this.derivation(imported))
      const { path, references, nar } = imported
      entries.push({ info: { path, references, contentAddress }, nar })
    }
    this.verifyDerivations(derivations)
    try {
      await this.store.add(entries)
    } catch (error) {
      if (error instanceof StoreError) throw new ImportRefused(error.message)
      throw error
    }
    return entries.map(({ info }) => info.path)
  }

  private verifyDerivations(derivations: ReadonlyMap<ByteString, Derivation>): void {
    if (this.hashes.size > rememberedHashes) this.hashes.clear()
    const context = {
      storeDir: this.store.storeDir,
      cache: this.hashes,
      readDerivation: (path: ByteString) => {
        const derivation = derivations.get(path)
        if (derivation !== undefined) return derivation
        if (this.store.isValidPath(path)) return this.store.readDerivation(path)
        throw new ImportRefused(`the derivation '${path}' is needed as an input but was not sent`)
      },
    }
    for (const [path, derivation] of derivations) {
      try {
        verifyOutputPaths(derivation, context)
      } catch (error) {
        if (error instanceof ImportRefused) throw error
        throw new ImportRefused(`'${path}' is refused: ${(error as Error).message}`)
      }
    }
  }

  /** The derivation in a `.drv` whose path has been checked. */
  private derivation({ path, references, root, nar, offset }: ImportedPath): Derivation {
    if (root.type !== 'regular') throw new ImportRefused(`'${path}' is not a regular file`)
    const start = root.offset - offset
    const contents = bytesToByteString(nar.subarray(start, start + root.size))
    let derivation: Derivation
    try {
      derivation = parseDerivation(contents, this.store.derivationName(path))
    } catch (error) {
      throw new ImportRefused(`'${path}' is refused: ${(error as Error).message}`)
    }
    const inputs = derivationReferences(derivation)
    const odd =
      inputs.find((input) => !references.includes(input)) ??
      references.find((reference) => !inputs.includes(reference))
    if (odd !== undefined)
      throw new ImportRefused(
        `the references of '${path}' are not the derivation's inputs: '${odd}' is in one only`,
      )
    return derivation
  }

  /** How the contents of a path make it. Throws ImportRefused if they do not. */
  private contentAddressOf(imported: ImportedPath): string {
    const { storeDir } = this.store
    const { path, references, root, nar, offset } = imported
    const { name } = parseStorePath(storeDir, path)
    const plainFile = root.type === 'regular' && !root.executable
    if (path.endsWith('.drv')) {
      if (!plainFile) throw new ImportRefused(`'${path}' is not a regular file`)
    }
    for (const candidate of candidates(plainFile, path.endsWith('.drv'))) {
      const contents =
        candidate.method === 'recursive' || root.type !== 'regular'
          ? nar
          : nar.subarray(root.offset - offset, root.offset - offset + root.size)
      const address: ContentAddress = {
        method: candidate.method,
        hash: { algorithm: candidate.algorithm, bytes: hashBytes(candidate.algorithm, contents) },
      }
      if (makes(storeDir, address, name, references, path)) return formatContentAddress(address)
    }
    throw new ImportRefused(refusal(storeDir, imported, name))
  }
}

/** The ways in which contents may make a path, the common ones first. */
function* candidates(
  plainFile: boolean,
  textOnly: boolean,
): Generator<{ method: ContentAddress['method']; algorithm: HashAlgorithm }> {
  if (plainFile) yield { method: 'text', algorithm: 'sha256' }
  if (textOnly) return
  for (const algorithm of algorithms) {
    yield { method: 'recursive', algorithm }
    if (plainFile) yield { method: 'flat', algorithm }
  }
}

function makes(
  storeDir: ByteString,
  address: ContentAddress,
  name: ByteString,
  references: readonly ByteString[],
  path: ByteString,
): boolean {
  try {
    return pathOfContentAddress(storeDir, address, name, references) === path
  } catch {
    // Such contents cannot have references.
    return false
  }
}

/** Says what the path should be where that is clear: a derivation is always a text. */
function refusal(
  storeDir: ByteString,
  { path, references, root, nar, offset }: ImportedPath,
  name: ByteString,
): string {
  if (!path.endsWith('.drv') || root.type !== 'regular')
    return (
      `'${path}' is refused: its contents do not make that path, neither as a text nor as a source ` +
      'nor as a fixed output. Outputs of builds cannot be sent; they are built here'
    )
  const start = root.offset - offset
  const bytes = hashBytes('sha256', nar.subarray(start, start + root.size))
  const expected = makeTextPath(storeDir, name, { algorithm: 'sha256', bytes }, references)
  return `'${path}' is refused: its contents and references make '${expected}'`
}
