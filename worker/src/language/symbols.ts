/**
 * Names as small numbers. Every identifier of every source is kept once, so that the parser makes no
 * string for an occurrence and the bind pass finds a variable's scope by indexing an array.
 *
 * The table lives as long as the worker: names repeat from file to file.
 */
import type { ByteString } from '@snowglobe/shared/bytes'

/** A name's number; 0 is no name. */
export type Symbol = number

/** The name of each symbol. */
export const symbolNames: ByteString[] = ['']

const multiplier = 31
/**
 * Each name as it was first seen. A property key becomes a string of the engine's own table: compared by
 * address, and no slice that would keep its whole source text alive.
 */
const names = Object.create(null) as Record<ByteString, ByteString | undefined>
let hashes = new Int32Array(4096)
/** Open addressing; 0 is a free place. The length is a power of two, at most half full. */
let table = new Int32Array(8192)

/** Adds one byte to the hash of the bytes before it; the hash of no bytes is 0. */
export function hashByte(hash: number, byte: number): number {
  return (Math.imul(hash, multiplier) + byte) | 0
}

/** The symbol of `text.slice(start, end)`, whose hash (by hashByte) the caller has. */
export function internSlice(text: ByteString, start: number, end: number, hash: number): Symbol {
  const mask = table.length - 1
  const length = end - start
  // The low bits of the hash say mostly the last letters.
  let place = (hash ^ (hash >>> 15)) & mask
  search: for (;;) {
    const symbol = table[place]
    if (symbol === 0) return add(text.slice(start, end), hash, place)
    if (hashes[symbol] === hash) {
      const name = symbolNames[symbol]
      if (name.length === length) {
        for (let i = 0; i < length; i++) {
          if (name.charCodeAt(i) !== text.charCodeAt(start + i)) {
            place = (place + 1) & mask
            continue search
          }
        }
        return symbol
      }
    }
    place = (place + 1) & mask
  }
}

/** The symbol of a name. */
export function intern(name: ByteString): Symbol {
  let hash = 0
  for (let i = 0; i < name.length; i++) hash = hashByte(hash, name.charCodeAt(i))
  return internSlice(name, 0, name.length, hash)
}

function add(slice: ByteString, hash: number, place: number): Symbol {
  const symbol = symbolNames.length
  symbolNames.push(sharedName(slice))
  if (symbol === hashes.length) {
    const larger = new Int32Array(hashes.length * 2)
    larger.set(hashes)
    hashes = larger
  }
  hashes[symbol] = hash
  table[place] = symbol
  if (symbolNames.length * 2 > table.length) grow()
  return symbol
}

function grow(): void {
  table = new Int32Array(table.length * 2)
  const mask = table.length - 1
  for (let symbol = 1; symbol < symbolNames.length; symbol++) {
    const hash = hashes[symbol]
    let place = (hash ^ (hash >>> 15)) & mask
    while (table[place] !== 0) place = (place + 1) & mask
    table[place] = symbol
  }
}

/** The one string that all occurrences of a name share, for those who need no number of it. */
export function sharedName(name: ByteString): ByteString {
  return (names[name] ??= name)
}

/** Keywords, which are the first symbols: 1, 2, … */
export const keywords = [
  'if',
  'then',
  'else',
  'assert',
  'with',
  'let',
  'in',
  'rec',
  'inherit',
  'or',
] as const
keywords.forEach(intern)
