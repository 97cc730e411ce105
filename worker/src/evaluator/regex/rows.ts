/**
 * What holds at a position of a text: for each state of a program whether a match goes on from there,
 * and which of them end further on. As only the order of the ends matters, few different rows occur
 * in a text, however long; they are kept, with the rows that bytes before them lead to.
 */
import { StateKind, type Program } from './program'

export interface Row {
  /** By state: -1 without a match, else the place of its end among all ends, the nearest being 0. */
  ranks: Int32Array
  /** By byte: the row before that byte, at other places than the beginning and there. */
  before: (Row | undefined)[]
  beforeAtBegin: (Row | undefined)[]
  /** Whether there is a match that begins here, and one that is not empty. */
  matches: boolean
  matchesNonEmpty: boolean
}

/** Bytes that the rows of a program may take. If they need more, all are forgotten. */
const maxMemory = 1 << 20
/** What a row takes beside its ranks. */
const rowOverhead = 2048

export class Rows {
  private readonly size: number
  private readonly capacity: number
  private readonly known = new Map<string, Row>()
  private readonly here: Int32Array
  private end: Row | null = null
  /** Programs without `^` need not tell the beginning of a text from other places. */
  private readonly hasBegin: boolean

  /** With `whole` matches must end at the end of the text. */
  constructor(
    private readonly program: Program,
    private readonly whole: boolean,
  ) {
    this.size = whole ? program.wholeSize : program.kinds.length
    this.capacity = Math.max(2, Math.floor(maxMemory / (4 * this.size + rowOverhead)))
    this.here = new Int32Array(this.size)
    this.hasBegin = program.kinds.includes(StateKind.Begin)
  }

  /** The row at the end of a text, which may be its beginning too. */
  atEnd(isBegin: boolean): Row {
    if (isBegin && this.hasBegin) return this.compute(null, 0, true)
    return (this.end ??= this.compute(null, 0, false))
  }

  /** The row before a byte. */
  before(row: Row, byte: number, isBegin: boolean): Row {
    const rows = isBegin && this.hasBegin ? row.beforeAtBegin : row.before
    return (rows[byte] ??= this.compute(row, byte, isBegin))
  }

  private compute(behind: Row | null, byte: number, isBegin: boolean): Row {
    const { here, size, whole } = this
    const { kinds, first, second, data, sets } = this.program
    for (let state = 0; state < size; state++) {
      let end = -1
      switch (kinds[state] as StateKind) {
        case StateKind.Match:
          if (behind !== null && sets[data[state] * 256 + byte] === 1) {
            end = behind.ranks[first[state]]
            // An end at this very position comes before all that lie behind it.
            if (end >= 0) end++
          }
          break
        case StateKind.Prefer:
          end = here[first[state]]
          if (end < 0) end = here[second[state]]
          break
        case StateKind.Longest:
          end = Math.max(here[first[state]], here[second[state]])
          break
        case StateKind.Save:
          end = here[first[state]]
          break
        case StateKind.Begin:
          if (isBegin) end = here[first[state]]
          break
        case StateKind.End:
          if (behind === null) end = here[first[state]]
          break
        case StateKind.Accept:
          if (!whole || behind === null) end = 0
          break
        case StateKind.Fail:
          break
      }
      here[state] = end
    }
    return this.intern()
  }

  /** The row of what is in `here`, with ranks that leave out none. */
  private intern(): Row {
    const { here, size, program, known } = this
    const rankOf = new Int32Array(size + 2)
    for (let state = 0; state < size; state++) if (here[state] >= 0) rankOf[here[state]] = 1
    let ranks = 0
    for (let end = 0; end < rankOf.length; end++) if (rankOf[end] === 1) rankOf[end] = ranks++
    let key = ''
    for (let state = 0; state < size; state++) {
      if (here[state] >= 0) here[state] = rankOf[here[state]]
      key += String.fromCodePoint(here[state] + 1)
    }
    let row = known.get(key)
    if (row !== undefined) return row
    row = {
      ranks: here.slice(),
      before: [],
      beforeAtBegin: [],
      matches: here[program.start] >= 0,
      matchesNonEmpty: !this.whole && here[program.startNonEmpty] >= 0,
    }
    if (known.size >= this.capacity) {
      known.clear()
      this.end = null
    }
    known.set(key, row)
    return row
  }
}
