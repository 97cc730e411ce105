/**
 * Source texts and the position table: they turn the numbers that trees carry into file, line and
 * column.
 *
 * Every source text has a range of numbers of its own, as in Nix: a position is the range's start
 * plus the byte offset, and 0 means "no position". Ranges are given out once in a worker, so a tree
 * may be used by several evaluators: each knows the texts of the trees it uses.
 */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Position } from './tree'

/** Where a source text comes from. */
export type Origin =
  | { kind: 'file'; path: ByteString }
  | { kind: 'string' }
  | { kind: 'stdin' }
  | { kind: 'builtin'; name: string }

/** A position as a person reads it: line and column count from 1, the column in bytes. */
export interface Place {
  origin: Origin
  line: number
  column: number
  /** Byte offset in the source. */
  offset: number
}

/** Where the range of the next source text begins. */
let nextBase = 1

/** A source text and its range of positions. */
export class SourceText {
  /** The position of its first byte. */
  readonly base: Position
  /** In bytes. */
  readonly length: number
  /** Offsets at which lines begin; found when a position is first asked for. */
  private lines: number[] | null = null

  /** @param contents the text or its bytes, which must not change */
  constructor(
    readonly origin: Origin,
    private contents: ByteString | Uint8Array,
  ) {
    this.base = nextBase
    this.length = contents.length
    nextBase += this.length + 1
  }

  get text(): ByteString {
    if (typeof this.contents !== 'string') this.contents = bytesToByteString(this.contents)
    return this.contents
  }

  /** Whether these are the bytes of the text. */
  holds(bytes: Uint8Array): boolean {
    if (bytes.length !== this.length) return false
    const { contents } = this
    if (typeof contents === 'string') return bytesToByteString(bytes) === contents
    return contents === bytes || contents.every((byte, i) => byte === bytes[i])
  }

  /** The place of a position in this text's range. */
  place(position: Position): Place {
    const offset = position - this.base
    const lines = (this.lines ??= lineStarts(this.text))
    let low = 0
    let high = lines.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (lines[middle] <= offset) low = middle
      else high = middle - 1
    }
    return { origin: this.origin, line: low + 1, column: offset - lines[low] + 1, offset }
  }

  /** The text of one line (counted from 1, without its line break), or null. */
  line(line: number): ByteString | null {
    const lines = (this.lines ??= lineStarts(this.text))
    if (line < 1 || line > lines.length) return null
    const end = line < lines.length ? lines[line] - 1 : this.length
    return this.text.slice(lines[line - 1], end).replace(/\r$/, '')
  }
}

/** The source texts of one evaluator. */
export class PositionTable {
  private readonly known = new Set<SourceText>()
  /** The known texts by their bases; null where a text was added since they were sorted. */
  private sorted: SourceText[] | null = null

  /** What stands in messages for directories that were copied from elsewhere. */
  private readonly displays = new Map<ByteString, ByteString>()

  /** Has a path, and those in it, stand in messages as something else: what it is a copy of. */
  display(path: ByteString, shown: ByteString): void {
    this.displays.set(path, shown)
  }

  /** A path as it stands in messages. */
  displayed(path: ByteString): ByteString {
    for (const [copy, shown] of this.displays) {
      if (path === copy || path.startsWith(`${copy}/`)) return shown + path.slice(copy.length)
    }
    return path
  }

  /** Makes the positions of a source text known. */
  add(source: SourceText): void {
    this.known.add(source)
    this.sorted = null
  }

  /** The place of a position, or null for 0 and for positions in texts that were not added. */
  place(position: Position): Place | null {
    return this.source(position)?.place(position) ?? null
  }

  /** The text of one line (counted from 1, without its line break) of the source of a position. */
  line(position: Position, line: number): ByteString | null {
    return this.source(position)?.line(line) ?? null
  }

  private source(position: Position): SourceText | null {
    const sources = (this.sorted ??= [...this.known].sort((a, b) => a.base - b.base))
    let low = 0
    let high = sources.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sources[middle].base <= position) low = middle + 1
      else high = middle
    }
    const source = low > 0 ? sources[low - 1] : null
    return source !== null && position - source.base <= source.length ? source : null
  }
}

/** Lines end with a line feed, a carriage return, or both in this order. */
function lineStarts(text: ByteString): number[] {
  const starts = [0]
  if (text.includes('\r')) {
    for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length)
  } else {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  }
  return starts
}
