import { describe, expect, it } from 'vitest'
import {
  deleteGenerations,
  emptyProfile,
  ProfileError,
  selectGenerations,
  switchGeneration,
  addGeneration,
  type Profile,
} from './profile'
import { parseGenerationSelection } from '../commands/generation-selection'

const day = 24 * 3600
const now = 100 * day

/** Generations made so many days ago, numbered from 1. */
const made = (current: number, ...daysAgo: number[]): Profile => ({
  current,
  generations: daysAgo.map((days, i) => ({
    number: i + 1,
    path: `/nix/store/${'a'.repeat(32)}-${i}`,
    created: now - days * day,
  })),
})
const select = (profile: Profile, ...words: string[]) =>
  selectGenerations(profile, parseGenerationSelection(words), now)

describe('generations', () => {
  it('go on behind the newest after a roll-back, and keep what was rolled back', () => {
    let profile = emptyProfile
    for (const path of ['a', 'b', 'c']) profile = addGeneration(profile, path, now)
    profile = switchGeneration(switchGeneration(profile, null), null)
    expect(profile.current).toBe(1)
    expect(() => switchGeneration(profile, null)).toThrow(
      'no profile version older than the current (1) exists',
    )
    profile = addGeneration(profile, 'd', now)
    expect(profile.current).toBe(4)
    expect(profile.generations.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are not made twice for the same path', () => {
    const once = addGeneration(emptyProfile, 'a', now)
    expect(addGeneration(once, 'a', now + 1)).toEqual(once)
  })

  it('are chosen to be deleted as nix-env chooses them', () => {
    const profile = made(4, 40, 30, 20, 10, 5)
    expect(select(profile, 'old')).toEqual([1, 2, 3, 5])
    // The third was current 15 days ago.
    expect(select(profile, '15d')).toEqual([1, 2])
    expect(select(profile, '50d')).toEqual([])
    expect(select(profile, '1d')).toEqual([1, 2, 3])
    expect(select(profile, '+2')).toEqual([1, 2])
    expect(select(profile, '+9')).toEqual([])
    expect(select(profile, '1', '5', '9')).toEqual([1, 5])
    expect(() => select(profile, '4')).toThrow(ProfileError)
    expect(select(made(1, 40, 30, 20), '15d')).toEqual([2])
  })

  it('are gone when they are deleted, and the current one stays', () => {
    expect(deleteGenerations(made(2, 3, 2, 1), { kind: 'old' }, now)).toMatchObject({
      current: 2,
      generations: [{ number: 2 }],
    })
  })

  it.each(['0d', 'xd', '+0', '+x', 'x', '-1'])('are not chosen by %s', (word) => {
    expect(() => parseGenerationSelection([word])).toThrow(/invalid|at least one/)
  })
})
