/**
 * Profiles: a row of generations, one of which is current. What may be done to them is said here, the
 * same for every store, with the messages of nix-env. Source: Nix manual, "Profiles".
 */
import type { ByteString } from '@snowglobe/shared/bytes'

export interface Generation {
  number: number
  path: ByteString
  /** Seconds since 1970. */
  created: number
}

export interface Profile {
  /** The number of the current generation; null if there is none. */
  current: number | null
  /** By number. */
  generations: readonly Generation[]
}

export const emptyProfile: Profile = { current: null, generations: [] }

/** Something that cannot be done to a profile. */
export class ProfileError extends Error {
  override name = 'ProfileError'
}

/** Which generations are to be deleted. */
export type GenerationSelection =
  | { kind: 'old' }
  /** All that were not current any more so many days ago. */
  | { kind: 'older-than'; days: number }
  /** All but the last so many up to the current one. */
  | { kind: 'keep'; count: number }
  | { kind: 'numbers'; numbers: readonly number[] }

/**
 * Makes a path the current generation: the newest one if it has that path already, else a new one behind
 * all others (even behind ones that were rolled back).
 */
export function addGeneration(profile: Profile, path: ByteString, now: number): Profile {
  const { generations } = profile
  const last = generations.at(-1)
  if (last?.path === path) return { current: last.number, generations }
  const number = (last?.number ?? 0) + 1
  return { current: number, generations: [...generations, { number, path, created: now }] }
}

/** Makes another generation current; the one before the current if no number is given. */
export function switchGeneration(profile: Profile, number: number | null): Profile {
  const { current, generations } = profile
  const target =
    number === null
      ? generations.findLast((generation) => current !== null && generation.number < current)
      : generations.find((generation) => generation.number === number)
  if (target !== undefined) return { current: target.number, generations }
  throw new ProfileError(
    number === null
      ? `no profile version older than the current (${current ?? 0}) exists`
      : `profile version ${number} does not exist`,
  )
}

/**
 * The numbers of the generations that a selection means.
 *
 * @param now seconds since 1970
 * @param place what the profile is called where something is wrong; '' if it has no name
 */
export function selectGenerations(
  { current, generations }: Profile,
  selection: GenerationSelection,
  now: number,
  place = '',
): number[] {
  const named = place === '' ? '' : ` "${place}"`
  switch (selection.kind) {
    case 'numbers':
      if (current !== null && selection.numbers.includes(current)) {
        throw new ProfileError(`cannot delete current version of profile${named}`)
      }
      return generations
        .map(({ number }) => number)
        .filter((number) => selection.numbers.includes(number))
    case 'old':
      return generations.map(({ number }) => number).filter((number) => number !== current)
    case 'keep': {
      const upToCurrent = generations.filter(({ number }) => number <= (current ?? 0))
      return upToCurrent
        .slice(0, Math.max(0, upToCurrent.length - selection.count))
        .map(({ number }) => number)
    }
    case 'older-than': {
      const limit = now - selection.days * 24 * 3600
      // The newest one that is older was current at that time, and can still be returned to.
      const older = generations.filter(({ created }) => created < limit).slice(0, -1)
      return older.map(({ number }) => number).filter((number) => number !== current)
    }
  }
}

/** Deletes the generations that a selection means. */
export function deleteGenerations(
  profile: Profile,
  selection: GenerationSelection,
  now: number,
): Profile {
  const deleted = new Set(selectGenerations(profile, selection, now))
  return {
    current: profile.current,
    generations: profile.generations.filter(({ number }) => !deleted.has(number)),
  }
}
