/**
 * Nix archives (NAR): a tree of files as bytes, one form only for each tree
 * (https://nix.dev/manual/nix/latest/protocols/nix-archive). The reader takes archives from anybody:
 * it accepts nothing but that one form and keeps today's Nix's limits.
 */
import { bytesToByteString, type ByteString } from './bytes'

export type NarNode =
  | NarFile
  | { type: 'symlink'; target: ByteString }
  | { type: 'directory'; entries: Map<ByteString, NarNode> }

export interface NarFile {
  type: 'regular'
  executable: boolean
  contents: Uint8Array
}

/** A tree whose files' contents are places in the archive. */
export type NarIndexNode =
  | { type: 'regular'; executable: boolean; offset: number; size: number }
  | { type: 'symlink'; target: ByteString }
  | { type: 'directory'; entries: Map<ByteString, NarIndexNode> }

/** Directories, one in another, that an archive may have, the file in the innermost counted. */
export const narMaxDepth = 64
const maxKeyword = 32
const maxName = 255
const maxTarget = 4095
const magic = 'nix-archive-1'

/** How every archive begins: the magic as a string of the format. */
const narMagic = Uint8Array.from([
  ...[magic.length, 0, 0, 0, 0, 0, 0, 0],
  ...[...magic.padEnd(16, '\0')].map((character) => character.charCodeAt(0)),
])

/** Bytes that are no NAR, or a tree that cannot become one. */
export class NarError extends Error {
  override name = 'NarError'
}

/** The archive of a tree; entries may be in any order. Throws NarError. */
export function writeNar(node: NarNode): Uint8Array<ArrayBuffer> {
  const writer = new Writer(narSize(node))
  finish(emit(node, writer))
  return writer.bytes
}

/** The bytes in the archive of a tree, without making it. Throws NarError. */
export function narSize(node: NarNode): number {
  const sizer = new Sizer()
  finish(emit(node, sizer))
  return sizer.size
}

/**
 * Gives the archive of a tree piece by piece, without ever having the whole: to hash it, say. A piece
 * is valid only until `take` returns. Throws NarError.
 */
export function streamNar(node: NarNode, take: (piece: Uint8Array) => void): void {
  finish(streamNarByFiles(node, take))
}

/**
 * Like streamNar, for contents that are still coming: gives each file before it reads its contents, and
 * goes on when it is asked for the next. Throws NarError.
 */
export function* streamNarByFiles(
  node: NarNode,
  take: (piece: Uint8Array) => void,
): Generator<NarFile, void> {
  const streamer = new Streamer(take)
  yield* emit(node, streamer)
  streamer.end()
}

interface Output {
  text(text: ByteString): void
  contents(contents: Uint8Array): void
}

/** Writes an archive; gives each file before its contents are read. */
function* emit(root: NarNode, output: Output): Generator<NarFile, void> {
  output.text(magic)
  yield* emitNode(root, output, 0)
}

function finish(steps: Iterator<NarFile, void>): void {
  let step
  do step = steps.next()
  while (step.done !== true)
}

function* emitNode(node: NarNode, output: Output, depth: number): Generator<NarFile, void> {
  if (depth >= narMaxDepth)
    throw new NarError(`directories are nested deeper than ${narMaxDepth} levels`)
  output.text('(')
  output.text('type')
  output.text(node.type)
  if (node.type === 'regular') {
    if (node.executable) {
      output.text('executable')
      output.text('')
    }
    output.text('contents')
    yield node
    output.contents(node.contents)
  } else if (node.type === 'symlink') {
    checkTarget(node.target, fail)
    output.text('target')
    output.text(node.target)
  } else {
    for (const name of sortedNames(node.entries)) {
      checkEntryName(name, fail)
      output.text('entry')
      output.text('(')
      output.text('name')
      output.text(name)
      output.text('node')
      yield* emitNode(node.entries.get(name)!, output, depth + 1)
      output.text(')')
    }
  }
  output.text(')')
}

function sortedNames(entries: ReadonlyMap<ByteString, unknown>): ByteString[] {
  return [...entries.keys()].sort()
}

class Sizer implements Output {
  size = 0

  text(text: ByteString): void {
    this.size += 8 + padded(text.length)
  }

  contents(contents: Uint8Array): void {
    this.size += 8 + padded(contents.length)
  }
}

class Writer implements Output {
  readonly bytes: Uint8Array<ArrayBuffer>
  private position = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  text(text: ByteString): void {
    this.length(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.position + i] = text.charCodeAt(i)
    this.position += padded(text.length)
  }

  contents(contents: Uint8Array): void {
    this.length(contents.length)
    this.bytes.set(contents, this.position)
    this.position += padded(contents.length)
  }

  private length(length: number): void {
    writeLength(this.bytes, this.position, length)
    this.position += 8
  }
}

/** Bytes of an archive that are gathered before they are given on; contents are given as they are. */
const pieceSize = 64 * 1024

class Streamer implements Output {
  private readonly piece = new Uint8Array(pieceSize)
  private used = 0

  constructor(private readonly take: (piece: Uint8Array) => void) {}

  text(text: ByteString): void {
    this.reserve(8 + padded(text.length))
    this.length(text.length)
    for (let i = 0; i < text.length; i++) this.piece[this.used + i] = text.charCodeAt(i)
    this.pad(text.length)
  }

  contents(contents: Uint8Array): void {
    const small = contents.length < pieceSize / 4
    this.reserve(small ? 8 + padded(contents.length) : 8)
    this.length(contents.length)
    if (small) {
      this.piece.set(contents, this.used)
      this.pad(contents.length)
      return
    }
    this.end()
    this.take(contents)
    const zeros = padded(contents.length) - contents.length
    this.piece.fill(0, 0, zeros)
    this.used = zeros
  }

  end(): void {
    if (this.used > 0) this.take(this.piece.subarray(0, this.used))
    this.used = 0
  }

  /** A text is at most a link's target long, so whatever is reserved fits. */
  private reserve(size: number): void {
    if (this.used + size > pieceSize) this.end()
  }

  private length(length: number): void {
    writeLength(this.piece, this.used, length)
    this.used += 8
  }

  private pad(length: number): void {
    const end = this.used + padded(length)
    this.piece.fill(0, this.used + length, end)
    this.used = end
  }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}

/** Writes a length as 64 bits, little-endian. */
function writeLength(bytes: Uint8Array, position: number, length: number): void {
  let rest = length
  for (let i = 0; i < 8; i++) {
    bytes[position + i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

/**
 * The tree in an archive. Contents are views into `bytes`, not copies. Throws NarError that says what
 * is wrong and at which byte.
 */
export function readNar(bytes: Uint8Array): NarNode {
  return withContents(indexNar(bytes), bytes)
}

function withContents(node: NarIndexNode, bytes: Uint8Array): NarNode {
  if (node.type === 'symlink') return node
  if (node.type === 'regular') {
    const contents = bytes.subarray(node.offset, node.offset + node.size)
    return { type: 'regular', executable: node.executable, contents }
  }
  const entries = new Map<ByteString, NarNode>()
  for (const [name, entry] of node.entries) entries.set(name, withContents(entry, bytes))
  return { type: 'directory', entries }
}

/** The tree in an archive, its contents as places in `bytes`; as strict as readNar. Throws NarError. */
export function indexNar(bytes: Uint8Array): NarIndexNode {
  const reader = new Reader(bytes)
  const root = reader.archive()
  reader.end()
  return root
}

/**
 * Like indexNar for an archive that begins at `start` and that something may follow. Also gives the
 * byte after its end. Throws NarError.
 */
export function indexNarAt(bytes: Uint8Array, start: number): { root: NarIndexNode; end: number } {
  const reader = new Reader(bytes, start)
  const root = reader.archive()
  return { root, end: reader.position }
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public position = 0,
  ) {}

  archive(): NarIndexNode {
    const beginning = this.bytes.subarray(this.position, this.position + narMagic.length)
    if (!narMagic.every((byte, i) => byte === beginning[i]))
      this.fail("input doesn't look like a Nix archive")
    this.position += narMagic.length
    return this.node(0)
  }

  end(): void {
    if (this.position !== this.bytes.length)
      this.fail(`${this.bytes.length - this.position} bytes follow the end`)
  }

  private node(depth: number): NarIndexNode {
    if (depth >= narMaxDepth)
      this.fail(`NAR directory nesting exceeds maximum depth of ${narMaxDepth}`)
    this.expect('(')
    this.expect('type')
    const start = this.position
    const type = this.keyword()
    if (type === 'regular') return this.regular()
    if (type === 'symlink') return this.symlink()
    if (type === 'directory') return this.directory(depth)
    this.position = start
    return this.fail(`unknown file type '${type}'`)
  }

  private regular(): NarIndexNode {
    let tag = this.keyword()
    const executable = tag === 'executable'
    if (executable) {
      if (this.string(0, 'executable marker') !== '') this.fail('executable marker has a value')
      tag = this.keyword()
    }
    if (tag !== 'contents') this.fail(`expected tag 'contents', got '${tag}'`)
    const size = this.length()
    const offset = this.position
    this.skip(size, 'contents of a file')
    this.expect(')')
    return { type: 'regular', executable, offset, size }
  }

  private symlink(): NarIndexNode {
    this.expect('target')
    const target = this.string(maxTarget, 'symlink target')
    checkTarget(target, (what) => this.fail(what))
    this.expect(')')
    return { type: 'symlink', target }
  }

  private directory(depth: number): NarIndexNode {
    const entries = new Map<ByteString, NarIndexNode>()
    let previous = ''
    for (;;) {
      const tag = this.keyword()
      if (tag === ')') return { type: 'directory', entries }
      if (tag !== 'entry') this.fail(`expected tag 'entry' or ')', got '${tag}'`)
      this.expect('(')
      this.expect('name')
      const name = this.string(maxName, 'file name')
      checkEntryName(name, (what) => this.fail(what))
      if (name <= previous)
        this.fail(`NAR directory is not sorted: '${name}' follows '${previous}'`)
      previous = name
      this.expect('node')
      entries.set(name, this.node(depth + 1))
      this.expect(')')
    }
  }

  private expect(keyword: string): void {
    const start = this.position
    const found = this.keyword()
    if (found === keyword) return
    this.position = start
    this.fail(`expected tag '${keyword}', got '${found}'`)
  }

  private keyword(): string {
    return this.string(maxKeyword, 'keyword')
  }

  private string(limit: number, what: string): ByteString {
    const length = this.length()
    if (length > limit) this.fail(`${what} of ${length} bytes, at most ${limit} are allowed`)
    const start = this.position
    this.skip(length, what)
    return bytesToByteString(this.bytes.subarray(start, start + length))
  }

  /** Passes over bytes and the zeros that fill them up to a multiple of 8. */
  private skip(length: number, what: string): void {
    const end = this.position + padded(length)
    if (end > this.bytes.length) this.fail(`the archive ends within the ${what}`)
    this.position += length
    for (; this.position < end; this.position++)
      if (this.bytes[this.position] !== 0) this.fail('non-zero padding')
  }

  private length(): number {
    const { bytes, position } = this
    if (position + 8 > bytes.length) this.fail('the archive ends within a length')
    let length = 0
    for (let i = 7; i >= 0; i--) length = length * 256 + bytes[position + i]!
    // More than the archive itself; beyond 2^53 also not exact.
    if (length > bytes.length) this.fail(`a length of ${length} goes beyond the archive's end`)
    this.position += 8
    return length
  }

  private fail(what: string): never {
    throw new NarError(`bad archive: ${what} (at byte ${this.position})`)
  }
}

function fail(what: string): never {
  throw new NarError(what)
}

function checkEntryName(name: ByteString, fail: (what: string) => never): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    fail(`NAR contains invalid file name '${name}'`)
  if (name.length > maxName)
    fail(`file name of ${name.length} bytes, at most ${maxName} are allowed`)
}

function checkTarget(target: ByteString, fail: (what: string) => never): void {
  if (target === '' || target.includes('\0')) fail('NAR contains invalid symlink target')
  if (target.length > maxTarget)
    fail(`symlink target of ${target.length} bytes, at most ${maxTarget} are allowed`)
}
