import type { ByteString } from '@snowglobe/shared/bytes'

/** Bytes that are written one after another. Numbers are LEB128 of at most 32 bits. */
export class ByteWriter {
  private buffer = new Uint8Array(1024)
  length = 0

  byte(value: number): void {
    if (this.length === this.buffer.length) this.grow(1)
    this.buffer[this.length++] = value
  }

  unsigned(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** Zigzag: small numbers of either sign are short. */
  signed(value: number): void {
    this.unsigned(((value << 1) ^ (value >> 31)) >>> 0)
  }

  float(value: number): void {
    this.grow(8)
    new DataView(this.buffer.buffer).setFloat64(this.length, value, true)
    this.length += 8
  }

  text(text: ByteString): void {
    this.grow(text.length)
    for (let i = 0; i < text.length; i++) this.buffer[this.length + i] = text.charCodeAt(i)
    this.length += text.length
  }

  /** Puts a byte and a number before what was written from `start` on. */
  insert(start: number, first: number, number: number): void {
    const end = this.length
    this.byte(first)
    this.unsigned(number)
    const inserted = this.buffer.slice(end, this.length)
    this.buffer.copyWithin(start + inserted.length, start, end)
    this.buffer.set(inserted, start)
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }

  private grow(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
