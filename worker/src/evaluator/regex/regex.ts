/**
 * Matching in time linear in the length of the text.
 *
 * From the end of the text to its beginning it is worked out for each state of the program what
 * comes of going on from there (rows.ts). Then the way that libstdc++'s backtracking would end up
 * with is walked from the front without a wrong turn.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { compile, StateKind, type Program } from './program'
import { Rows, type Row } from './rows'

/** Where a match and its groups begin and end; the groups' two numbers are -1 where unmatched. */
export interface Match {
  begin: number
  end: number
  /** Two for each group. */
  groups: Int32Array
}

/** Rows of so many positions are kept at once; those of longer texts are found again by blocks. */
const blockLength = 1 << 16

const noGroups = new Int32Array(0)

export class Regex {
  private readonly program: Program
  private wholeRows: Rows | null = null
  private searchRows: Rows | null = null

  /** Throws RegexError. */
  constructor(pattern: ByteString) {
    this.program = compile(pattern)
  }

  /** The match of the whole text, or null. */
  matchWhole(text: ByteString): Match | null {
    const { program } = this
    if (program.literal !== null) {
      return text === program.literal ? { begin: 0, end: text.length, groups: noGroups } : null
    }
    const run = new Run(program, (this.wholeRows ??= new Rows(program, true)), text)
    return run.matches(0) ? run.walk(program.start, 0) : null
  }

  /** All matches that a search from the beginning finds, as of std::regex_iterator. */
  *matchesIn(text: ByteString): Generator<Match, void, undefined> {
    const { program } = this
    if (program.literal !== null) {
      yield* literalMatches(program.literal, text)
      return
    }
    const run = new Run(program, (this.searchRows ??= new Rows(program, false)), text)
    let from = 0
    let afterEmpty = false
    for (;;) {
      let match: Match | null = null
      if (afterEmpty) {
        // At the place of an empty match one that is not empty is tried before going on.
        if (run.matchesNonEmpty(from)) match = run.walk(program.startNonEmpty, from)
        else from++
      }
      if (match === null) {
        while (from <= text.length && !run.matches(from)) from++
        if (from > text.length) return
        match = run.walk(program.start, from)
      }
      yield match
      from = match.end
      afterEmpty = match.begin === match.end
      if (afterEmpty && from === text.length) return
    }
  }
}

function* literalMatches(literal: ByteString, text: ByteString): Generator<Match, void, undefined> {
  for (let begin = text.indexOf(literal); begin >= 0;) {
    const end = begin + literal.length
    yield { begin, end, groups: noGroups }
    begin = text.indexOf(literal, end)
  }
}

/** One text with the rows at its positions. */
class Run {
  /** By position: 1 if a match begins there, 2 added if one that is not empty does. */
  private readonly flags: Uint8Array
  /** For each block the row behind it; null behind the last. */
  private readonly borders: (Row | null)[] = []
  /** The rows of the block that begins at `blockStart`. */
  private readonly rows: Row[] = []
  private blockStart = 0

  constructor(
    private readonly program: Program,
    private readonly known: Rows,
    private readonly text: ByteString,
  ) {
    this.flags = new Uint8Array(text.length + 1)
    let row: Row | null = null
    for (let block = Math.floor(text.length / blockLength); block >= 0; block--) {
      this.borders[block] = row
      row = this.fill(block)
    }
  }

  matches(position: number): boolean {
    return (this.flags[position] & 1) !== 0
  }

  matchesNonEmpty(position: number): boolean {
    return (this.flags[position] & 2) !== 0
  }

  /** Finds the rows of a block. Gives the one at its beginning. */
  private fill(block: number): Row {
    const { text, known, rows, flags } = this
    const from = block * blockLength
    let position = Math.min(from + blockLength - 1, text.length)
    let row = this.borders[block]
    for (; position >= from; position--) {
      const isBegin = position === 0
      row =
        row === null ? known.atEnd(isBegin) : known.before(row, text.charCodeAt(position), isBegin)
      rows[position - from] = row
      flags[position] = (row.matches ? 1 : 0) + (row.matchesNonEmpty ? 2 : 0)
    }
    this.blockStart = from
    return row!
  }

  private rowAt(position: number): Row {
    if (position < this.blockStart || position >= this.blockStart + blockLength) {
      this.fill(Math.floor(position / blockLength))
    }
    return this.rows[position - this.blockStart]
  }

  /** Follows the match that goes on from a state at a position. */
  walk(start: number, begin: number): Match {
    const { kinds, first, second, data, groups: count } = this.program
    const groups = count === 0 ? noGroups : new Int32Array(2 * count).fill(-1)
    let position = begin
    let state = start
    for (;;) {
      switch (kinds[state] as StateKind) {
        case StateKind.Accept:
          return { begin, end: position, groups }
        case StateKind.Match:
          position++
          state = first[state]
          break
        case StateKind.Save:
          groups[data[state]] = position
          state = first[state]
          break
        case StateKind.Prefer: {
          const { ranks } = this.rowAt(position)
          state = ranks[first[state]] >= 0 ? first[state] : second[state]
          break
        }
        case StateKind.Longest: {
          const { ranks } = this.rowAt(position)
          const better = ranks[first[state]] >= ranks[second[state]]
          state = better ? first[state] : second[state]
          break
        }
        default:
          state = first[state]
      }
    }
  }
}
