/**
 * What `nix-store --export` writes and `--import` reads: NARs, each followed by its path, references
 * and deriver. Nothing in it is proven: whoever imports must recompute paths or check signatures.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from './bytes'
import { indexNarAt, type NarIndexNode } from './nar'
import { parseStorePath } from './store-path-name'

/** One path of an export stream. Paths are full. */
export interface ExportedPath {
  path: ByteString
  references: ByteString[]
  deriver: ByteString | null
  nar: Uint8Array
}

export interface ImportedPath extends ExportedPath {
  /** The files of `nar`; offsets are those in the whole stream. */
  root: NarIndexNode
  /** Where `nar` begins in the stream. */
  offset: number
}

/** Bytes that are no export stream. NarError where an archive in it is wrong. */
export class ExportStreamError extends Error {
  override name = 'ExportStreamError'
}

/** `NIXE` */
const magic = 0x4558494e
const maxPath = 4096

/** The stream, chunk by chunk; NARs are passed on without copying. References come before referrers. */
export function* exportChunks(entries: Iterable<ExportedPath>): Generator<Uint8Array> {
  for (const { path, references, deriver, nar } of entries) {
    yield encode([1])
    yield nar
    const sorted = [...references].sort()
    yield encode([magic, path, sorted.length, ...sorted, deriver ?? '', 0])
  }
  yield encode([0])
}

/** The stream as one piece. */
export function writeExportStream(entries: Iterable<ExportedPath>): Uint8Array<ArrayBuffer> {
  const chunks = [...exportChunks(entries)]
  const result = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0))
  let position = 0
  for (const chunk of chunks) {
    result.set(chunk, position)
    position += chunk.length
  }
  return result
}

/** Integers of 64 bits, and strings with their lengths before and zeros behind. */
function encode(fields: readonly (number | ByteString)[]): Uint8Array {
  const size = (field: number | ByteString) =>
    typeof field === 'number' ? 8 : 8 + Math.ceil(field.length / 8) * 8
  const bytes = new Uint8Array(fields.reduce((sum: number, field) => sum + size(field), 0))
  const view = new DataView(bytes.buffer)
  let position = 0
  for (const field of fields) {
    const length = typeof field === 'number' ? field : field.length
    view.setBigUint64(position, BigInt(length), true)
    if (typeof field === 'string') bytes.set(byteStringToBytes(field), position + 8)
    position += size(field)
  }
  return bytes
}

/**
 * Reads a stream path by path; NARs are views into it. Accepts only well-formed store paths, sorted
 * references and nothing behind the end. Throws ExportStreamError and NarError, both of which say at
 * which byte.
 */
export function* readExportStream(
  storeDir: ByteString,
  bytes: Uint8Array,
): Generator<ImportedPath, void> {
  const reader = new Reader(storeDir, bytes)
  while (reader.more()) yield reader.entry()
  reader.end()
}

class Reader {
  private position = 0
  private readonly view: DataView

  constructor(
    private readonly storeDir: ByteString,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  more(): boolean {
    const flag = this.number()
    if (flag > 1) this.fail("input doesn't look like something created by 'nix-store --export'")
    return flag === 1
  }

  entry(): ImportedPath {
    const offset = this.position
    const { root, end } = indexNarAt(this.bytes, offset)
    const nar = this.bytes.subarray(offset, end)
    this.position = end
    if (this.number() !== magic) this.fail('Nix archive cannot be imported; wrong format')
    const path = this.path()
    const references = this.references(path)
    const deriver = this.string()
    if (deriver !== '') this.checkPath(deriver)
    // Before Nix 2.0 a signature could stand here.
    if (this.number() !== 0) this.fail(`signatures in export streams are not supported ('${path}')`)
    return { path, references, deriver: deriver === '' ? null : deriver, nar, root, offset }
  }

  end(): void {
    if (this.position !== this.bytes.length)
      this.fail(`${this.bytes.length - this.position} bytes follow the end`)
  }

  private references(path: ByteString): ByteString[] {
    const count = this.number()
    const references: ByteString[] = []
    for (let i = 0; i < count; i++) {
      const reference = this.path()
      if (i > 0 && reference <= references[i - 1]!)
        this.fail(`the references of '${path}' are not sorted`)
      references.push(reference)
    }
    return references
  }

  private path(): ByteString {
    const path = this.string()
    this.checkPath(path)
    return path
  }

  private checkPath(path: ByteString): void {
    try {
      parseStorePath(this.storeDir, path)
    } catch (error) {
      this.fail((error as Error).message)
    }
  }

  private string(): ByteString {
    const length = this.number()
    if (length > maxPath) this.fail(`a string of ${length} bytes, at most ${maxPath} are allowed`)
    const start = this.position
    const end = start + Math.ceil(length / 8) * 8
    if (end > this.bytes.length) this.fail('the stream ends within a string')
    for (let i = start + length; i < end; i++)
      if (this.bytes[i] !== 0) this.fail('non-zero padding')
    this.position = end
    return bytesToByteString(this.bytes.subarray(start, start + length))
  }

  private number(): number {
    if (this.position + 8 > this.bytes.length) this.fail('the stream ends too early')
    const value = Number(this.view.getBigUint64(this.position, true))
    this.position += 8
    return value
  }

  private fail(what: string): never {
    throw new ExportStreamError(`bad export stream: ${what} (at byte ${this.position})`)
  }
}
