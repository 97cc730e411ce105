import type { ByteString } from '@snowglobe/shared/bytes'
import { ProfileError, type GenerationSelection } from '../store/profile'
import { UsageError } from './command-line'

/**
 * Reads `old`, `30d`, `+5` or numbers, as `nix-env --delete-generations` takes them. Throws UsageError and
 * ProfileError.
 */
export function parseGenerationSelection(words: readonly ByteString[]): GenerationSelection {
  const [first = ''] = words
  if (words.length === 1) {
    if (first === 'old') return { kind: 'old' }
    if (first.includes('d')) return parseAge(first)
    if (first.includes('+')) return parseCount(first)
  }
  const numbers = words.map((word) => {
    if (!/^\d+$/.test(word)) throw new UsageError(`invalid generation number '${word}'`)
    return Number(word)
  })
  return { kind: 'numbers', numbers }
}

/** `30d`: what was not current any more so many days ago. Throws UsageError. */
export function parseAge(text: ByteString): GenerationSelection {
  if (!text.endsWith('d')) {
    throw new UsageError(
      `invalid number of days specifier '${text}', expected something like '14d'`,
    )
  }
  if (!/^0*[1-9]\d*d$/.test(text)) {
    throw new UsageError(`invalid number of days specifier '${text}'`)
  }
  return { kind: 'older-than', days: Number(text.slice(0, -1)) }
}

function parseCount(text: ByteString): GenerationSelection {
  if (text.length < 2) throw new ProfileError(`invalid number of generations '${text}'`)
  if (!/^\+\d+$/.test(text)) {
    throw new ProfileError(`invalid number of generations to keep '${text}'`)
  }
  const count = Number(text.slice(1))
  if (count === 0) {
    throw new ProfileError(
      'Must keep at least one generation, otherwise the current one would be deleted',
    )
  }
  return { kind: 'keep', count }
}
