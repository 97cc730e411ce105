import { base32Digits } from './base32'
import { bytesToByteString } from './bytes'
import { hashPartLength } from './store-path-name'

const isDigit = new Uint8Array(256)
const digitValue = new Uint8Array(256)
for (let i = 0; i < 32; i++) {
  isDigit[base32Digits.charCodeAt(i)] = 1
  digitValue[base32Digits.charCodeAt(i)] = i
}

/** What a window that begins in one chunk and ends in the next needs of the first. */
const carryLength = hashPartLength - 1

/**
 * Finds which of some store paths a stream of bytes (a NAR) refers to, by their hash parts. Looks at
 * the last byte of each window of 32 first and jumps past it if it is no base-32 digit, so that most
 * bytes are never looked at; no byte of a run of digits is looked at twice.
 */
export class ReferenceScanner {
  private readonly missing: Set<string>
  private readonly seen = new Set<string>()
  /** Marks the values of the first three digits of every hash part: most runs fail on it. */
  private readonly beginnings = new Uint8Array(32 * 32 * 32)
  /** The end of the stream so far and room for the beginning of the next chunk. */
  private readonly seam = new Uint8Array(2 * carryLength)
  private carried = 0

  /** `hashParts` are the 32 characters of each store path that may be referred to. */
  constructor(hashParts: Iterable<string>) {
    this.missing = new Set(hashParts)
    for (const hashPart of this.missing) {
      if (hashPart.length !== hashPartLength)
        throw new RangeError(`'${hashPart}' is not the hash part of a store path`)
      this.beginnings[
        beginning(hashPart.charCodeAt(0), hashPart.charCodeAt(1), hashPart.charCodeAt(2))
      ] = 1
    }
  }

  /** Takes the next bytes of the stream. */
  write(chunk: Uint8Array): void {
    const { seam } = this
    const head = Math.min(chunk.length, carryLength)
    seam.set(chunk.subarray(0, head), this.carried)
    const joined = this.carried + head
    this.search(seam, joined)
    if (chunk.length < carryLength) {
      // The whole chunk is in the seam: keep the last bytes of it.
      const drop = Math.max(0, joined - carryLength)
      seam.copyWithin(0, drop, joined)
      this.carried = joined - drop
      return
    }
    this.search(chunk, chunk.length)
    seam.set(chunk.subarray(chunk.length - carryLength))
    this.carried = carryLength
  }

  /** The hash parts found so far. */
  found(): ReadonlySet<string> {
    return this.seen
  }

  private search(bytes: Uint8Array, length: number): void {
    if (this.missing.size === 0) return
    const { beginnings } = this
    let start = 0
    /** How many bytes from `start` on are known to be digits. */
    let known = 0
    while (start + hashPartLength <= length) {
      let last = start + hashPartLength - 1
      const first = start + known
      while (last >= first && isDigit[bytes[last]!] === 1) last--
      if (last >= first) {
        known = start + hashPartLength - 1 - last
        start = last + 1
        continue
      }
      if (beginnings[beginning(bytes[start]!, bytes[start + 1]!, bytes[start + 2]!)] === 1) {
        const hashPart = bytesToByteString(bytes.subarray(start, start + hashPartLength))
        if (this.missing.delete(hashPart)) {
          this.seen.add(hashPart)
          if (this.missing.size === 0) return
        }
      }
      start++
      known = carryLength
    }
  }
}

function beginning(first: number, second: number, third: number): number {
  return (digitValue[first]! << 10) | (digitValue[second]! << 5) | digitValue[third]!
}
