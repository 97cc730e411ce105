/**
 * Reads POSIX extended regular expressions as libstdc++ does, on which Nix's language depends:
 * https://nix.dev/manual/nix/latest/language/builtins#builtins-match
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { parseBracket } from './bracket'
import { setOf, type ByteSet } from './byte-set'
import { RegexError } from './regex-error'

/** A step that makes an expression of those made last, as on a pocket calculator. */
export type Step =
  | { kind: 'set'; set: ByteSet }
  /** One byte. */
  | { kind: 'byte'; byte: number }
  | { kind: 'empty' | 'begin' | 'end' }
  /** Of two. */
  | { kind: 'concatenate' | 'alternate' }
  /** Of one. */
  | { kind: 'group'; index: number }
  | { kind: 'repeat'; minimum: number; maximum: number }

export interface Pattern {
  steps: Step[]
  groups: number
}

/** Largest number that an interval may have: more states than any program may have. */
const maxRepetitions = 100_000

/** `.`, which does not match a zero byte. */
const anyByte = setOf((byte) => byte !== 0)

interface OpenGroup {
  index: number
  /** Alternatives that are complete. */
  alternatives: number
  /** Expressions in the alternative that is being read. */
  terms: number
}

const special = new Set('.[\\()*+?{|^$')

/** Parses a pattern. Throws RegexError. */
export function parsePattern(pattern: ByteString): Pattern {
  const steps: Step[] = []
  let groups = 0
  let open: OpenGroup = { index: 0, alternatives: 0, terms: 0 }
  const outer: OpenGroup[] = []
  let offset = 0

  const endAlternative = () => {
    if (open.terms === 0) steps.push({ kind: 'empty' })
    if (open.alternatives > 0) steps.push({ kind: 'alternate' })
    open.alternatives++
    open.terms = 0
  }
  const endTerm = () => {
    if (open.terms > 0) steps.push({ kind: 'concatenate' })
    open.terms++
  }
  const quantifiers = () => {
    for (;;) {
      const interval = quantifierAt(pattern, offset)
      if (interval === null) return
      steps.push({ kind: 'repeat', minimum: interval.minimum, maximum: interval.maximum })
      offset = interval.end
    }
  }

  while (offset < pattern.length) {
    const character = pattern[offset++]
    switch (character) {
      case '(':
        outer.push(open)
        open = { index: ++groups, alternatives: 0, terms: 0 }
        continue
      case ')': {
        const parent = outer.pop()
        if (parent === undefined) throw new RegexError()
        endAlternative()
        steps.push({ kind: 'group', index: open.index })
        open = parent
        break
      }
      case '|':
        endAlternative()
        continue
      case '^':
      case '$':
        // An assertion cannot be repeated: a quantifier after it is an error.
        steps.push({ kind: character === '^' ? 'begin' : 'end' })
        endTerm()
        continue
      case '*':
      case '+':
      case '?':
      case '{':
        throw new RegexError()
      case '.':
        steps.push({ kind: 'set', set: anyByte })
        break
      case '[': {
        const { set, end } = parseBracket(pattern, offset)
        steps.push({ kind: 'set', set })
        offset = end
        break
      }
      case '\\':
        // Only special characters can be escaped: there is no \d, no \n and no \1.
        if (!special.has(pattern[offset])) throw new RegexError()
        steps.push({ kind: 'byte', byte: pattern.charCodeAt(offset++) })
        break
      case '\0':
        throw new RegexError()
      default:
        steps.push({ kind: 'byte', byte: character.charCodeAt(0) })
    }
    quantifiers()
    endTerm()
  }
  if (outer.length > 0) throw new RegexError()
  endAlternative()
  return { steps, groups }
}

/** The quantifier at an offset, or null. */
function quantifierAt(
  pattern: ByteString,
  offset: number,
): { minimum: number; maximum: number; end: number } | null {
  switch (pattern[offset]) {
    case '*':
      return { minimum: 0, maximum: Infinity, end: offset + 1 }
    case '+':
      return { minimum: 1, maximum: Infinity, end: offset + 1 }
    case '?':
      return { minimum: 0, maximum: 1, end: offset + 1 }
    case '{':
      break
    default:
      return null
  }
  const interval = /\{([0-9]+)(,([0-9]*))?\}/y
  interval.lastIndex = offset
  const found = interval.exec(pattern)
  if (found === null) throw new RegexError()
  const minimum = Number(found[1])
  const maximum = found[2] === undefined ? minimum : found[3] === '' ? Infinity : Number(found[3])
  if (maximum < minimum) throw new RegexError()
  if (minimum > maxRepetitions || (maximum > maxRepetitions && maximum !== Infinity)) {
    throw new RegexError(true)
  }
  return { minimum, maximum, end: interval.lastIndex }
}
