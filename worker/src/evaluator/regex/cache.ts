import type { ByteString } from '@snowglobe/shared/bytes'
import { Regex } from './regex'

/** Programs use the same few patterns again and again. The least recently used are forgotten. */
const capacity = 256
const known = new Map<ByteString, Regex>()

/** The regular expression of a pattern, compiled once. Throws RegexError. */
export function regexOf(pattern: ByteString): Regex {
  let regex = known.get(pattern)
  if (regex === undefined) regex = new Regex(pattern)
  else known.delete(pattern)
  known.set(pattern, regex)
  if (known.size > capacity) {
    const [oldest] = known.keys()
    known.delete(oldest)
  }
  return regex
}
