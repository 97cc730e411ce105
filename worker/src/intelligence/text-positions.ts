import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { TextPosition, TextSpan } from './answers'
import type { Span } from './sketch'

/** A text of the editor as bytes, and the places of one in the other. */
export class TextPositions {
  readonly bytes: ByteString
  /** Offsets at which lines begin, in bytes and in UTF-16 units. */
  private readonly byteStarts = [0]
  private readonly starts = [0]

  constructor(private readonly text: string) {
    this.bytes = utf8ToByteString(text)
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.starts.push(i + 1)
    const { bytes } = this
    for (let i = bytes.indexOf('\n'); i >= 0; i = bytes.indexOf('\n', i + 1)) {
      this.byteStarts.push(i + 1)
    }
  }

  /** The byte offset of a position; of one that the text does not have, the nearest. */
  offset({ line, column }: TextPosition): number {
    if (line < 1) return 0
    if (line > this.starts.length) return this.bytes.length
    const start = this.starts[line - 1]
    const end = line < this.starts.length ? this.starts[line] - 1 : this.text.length
    const before = this.text.slice(start, Math.min(start + Math.max(column - 1, 0), end))
    return this.byteStarts[line - 1] + utf8ToByteString(before).length
  }

  position(offset: number): TextPosition {
    let low = 0
    let high = this.byteStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.byteStarts[middle] <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: utf16Length(this.bytes, this.byteStarts[low], offset) + 1 }
  }

  span({ start, end }: Span): TextSpan {
    const from = this.position(start)
    const to = this.position(end)
    return {
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: to.column,
    }
  }
}

/** UTF-16 units of UTF-8 bytes: one for each character, two for those of four bytes. */
function utf16Length(bytes: ByteString, start: number, end: number): number {
  let length = 0
  for (let i = start; i < end; i++) {
    const byte = bytes.charCodeAt(i)
    if ((byte & 0xc0) !== 0x80) length += byte >= 0xf0 ? 2 : 1
  }
  return length
}
