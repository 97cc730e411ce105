/**
 * The position table: turns the numbers that trees carry into file, line and column.
 *
 * Every source text is given a range of numbers, as in Nix: a position is the range's start plus the
 * byte offset, plus one, so that 0 can mean "no position". A table lives as long as an evaluator.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
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

interface Source {
  base: number
  origin: Origin
  text: ByteString
  /** Offsets at which lines begin; found when a position is first asked for. */
  lines: number[] | null
}

export class PositionTable {
  private sources: Source[] = []
  private next = 1

  /** Registers a source text and gives its base: the position of its first byte. */
  add(origin: Origin, text: ByteString): Position {
    const base = this.next
    this.sources.push({ base, origin, text, lines: null })
    this.next += text.length + 1
    return base
  }

  /** The place of a position, or null for 0 and for numbers the table never gave. */
  place(position: Position): Place | null {
    const source = this.source(position)
    if (source === null) return null
    const offset = position - source.base
    const lines = (source.lines ??= lineStarts(source.text))
    let low = 0
    let high = lines.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (lines[middle] <= offset) low = middle
      else high = middle - 1
    }
    return { origin: source.origin, line: low + 1, column: offset - lines[low] + 1, offset }
  }

  /** The text of one line (counted from 1, without its line break) of the source of a position. */
  line(position: Position, line: number): ByteString | null {
    const source = this.source(position)
    if (source === null) return null
    const lines = (source.lines ??= lineStarts(source.text))
    if (line < 1 || line > lines.length) return null
    const end = line < lines.length ? lines[line] - 1 : source.text.length
    return source.text.slice(lines[line - 1], end).replace(/\r$/, '')
  }

  private source(position: Position): Source | null {
    if (position <= 0 || position >= this.next) return null
    let low = 0
    let high = this.sources.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.sources[middle].base <= position) low = middle
      else high = middle - 1
    }
    return this.sources[low]
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
