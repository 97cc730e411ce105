import type { ByteString } from '@snowglobe/shared/bytes'

/** A name farther away than this is no typing mistake. */
const maxDistance = 2
const maxSuggestions = 5

/** The names nearest to one that was not found, best first ("Did you mean …"). */
export function nearest(name: ByteString, candidates: readonly ByteString[]): ByteString[] {
  const near: { candidate: ByteString; distance: number }[] = []
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > maxDistance) continue
    const distance = levenshtein(name, candidate)
    if (distance <= maxDistance) near.push({ candidate, distance })
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, maxSuggestions)
    .map((item) => item.candidate)
}

/** "Did you mean one of a, b or c?", or '' for no suggestions. */
export function didYouMean(suggestions: readonly ByteString[]): string {
  if (suggestions.length === 0) return ''
  if (suggestions.length === 1) return `Did you mean ${suggestions[0]}?`
  const first = suggestions.slice(0, -1).join(', ')
  return `Did you mean one of ${first} or ${suggestions[suggestions.length - 1]}?`
}

function levenshtein(a: ByteString, b: ByteString): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1))
    }
    previous = row
  }
  return previous[b.length]
}
