import type { Entry } from './entries'

/** How well a name fits what is looked for; the better, the higher. Names go before words. */
const score = {
  name: 1000,
  wholeName: 980,
  beginning: 800,
  wordWithin: 650,
  within: 500,
  letters: 300,
  words: 100,
} as const

/**
 * What fits a query, the best first: names that are it, begin with it, hold it, or hold its letters in order; then
 * what is told in its words. An empty query fits everything.
 */
export function search(entries: readonly Entry[], query: string): Entry[] {
  const wanted = query.trim()
  if (wanted === '') return [...entries]
  return entries
    .map((entry, at) => ({ entry, at, fit: fitOf(entry, wanted) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || a.entry.name.length - b.entry.name.length || a.at - b.at)
    .map(({ entry }) => entry)
}

function fitOf(entry: Entry, wanted: string): number {
  const best = Math.max(...entry.names.map((name) => fitOfName(name, wanted)))
  return Math.max(best, fitOfWords(entry, wanted))
}

/** A query with a dot is about whole names, one without about their last parts. */
function fitOfName(name: string, wanted: string): number {
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (name === wanted) return score.name
  if (last === wanted) return score.wholeName
  const [text, query] = wanted.includes('.') ? [name, wanted] : [last, wanted]
  const at = text.toLowerCase().indexOf(query.toLowerCase())
  // Of names that fit alike, those go first of which less is left.
  const rest = Math.min(text.length - query.length, 99)
  if (at === 0) return rest === 0 ? score.wholeName - 1 : score.beginning - rest
  if (at > 0) return (beginsWord(text, at) ? score.wordWithin : score.within) - rest
  const gaps = gapsOf(text, query)
  return gaps === null ? 0 : score.letters - gaps
}

/** Whether a part of a name begins there: `concatMap` has `Map`, `lib.lists` has `lists`. */
function beginsWord(name: string, at: number): boolean {
  return /[A-Z]/.test(name[at]!) || /[^A-Za-z]/.test(name[at - 1]!)
}

/**
 * How many letters of a name lie between those of a query, if it holds them in this order and begins with the
 * first; null if not, or if they are so far apart that nobody means it.
 */
function gapsOf(name: string, query: string): number | null {
  if (query.length < 2) return null
  const letters = name.toLowerCase()
  const wanted = query.toLowerCase()
  if (letters[0] !== wanted[0]) return null
  let at = 0
  for (const letter of wanted) {
    at = letters.indexOf(letter, at) + 1
    if (at === 0) return null
  }
  const gaps = at - wanted.length
  return gaps <= wanted.length * 2 ? gaps : null
}

/** Every word of the query begins one of the entry's words, or is within its name. */
function fitOfWords({ id, summary, words }: Entry, wanted: string): number {
  const parts = wanted.toLowerCase().split(/\s+/)
  const name = id.toLowerCase()
  let fit = 0
  for (const part of parts) {
    if (part.length < 2) return 0
    if (name.includes(part)) fit += 60
    else if (beginsAWord(summary.toLowerCase(), part)) fit += 40
    else if (beginsAWord(words, part)) fit += 10
    else return 0
  }
  return score.words + fit / parts.length
}

function beginsAWord(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1]!)) return true
  }
  return false
}
