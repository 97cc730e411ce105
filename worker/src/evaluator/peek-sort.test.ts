import { describe, expect, it } from 'vitest'
import { peekSort, peekSortAtOnce } from './peek-sort'

function sorted<T>(items: readonly T[], less: (a: T, b: T) => boolean) {
  const result = [...items]
  const steps = peekSort(result)
  let comparisons = 0
  for (let step = steps.next(); step.done !== true; comparisons++) {
    step = steps.next(less(step.value.left, step.value.right))
  }
  return { result, comparisons }
}

/** Numbers that look random and are the same each time. */
function numbers(count: number, below: number): number[] {
  let state = 12345
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state % below
  })
}

describe('peekSort', () => {
  it.each([0, 1, 2, 15, 16, 17, 33, 100, 1000])('sorts %i items stably', (count) => {
    for (const below of [3, 1_000_000]) {
      const items = numbers(count, below).map((key, index) => ({ key, index }))
      const { result } = sorted(items, (a, b) => a.key < b.key)
      expect(result).toEqual([...items].sort((a, b) => a.key - b.key))
    }
  })

  it('asks for the same comparisons where they need not wait', () => {
    const items = numbers(300, 50)
    const waiting: number[][] = []
    const { result } = sorted(items, (a, b) => {
      waiting.push([a, b])
      return a < b
    })
    const atOnce: number[][] = []
    peekSortAtOnce(items, (a, b) => {
      atOnce.push([a, b])
      return a < b
    })
    expect(items).toEqual(result)
    expect(atOnce).toEqual(waiting)
  })

  it('needs few comparisons for runs, rising and falling', () => {
    const rising = Array.from({ length: 1000 }, (_, i) => i)
    expect(sorted(rising, (a, b) => a < b).comparisons).toBeLessThan(1010)
    const falling = sorted([...rising].reverse(), (a, b) => a < b)
    expect(falling.comparisons).toBeLessThan(1010)
    expect(falling.result).toEqual(rising)
    const two = sorted([...rising, ...rising], (a, b) => a < b)
    expect(two.comparisons).toBeLessThan(6000)
  })

  it('gives every item once whatever the comparison says', () => {
    const items = Array.from({ length: 500 }, (_, i) => i)
    let flip = false
    const comparisons = [() => true, () => false, () => (flip = !flip), (a: number) => a % 3 === 0]
    for (const less of comparisons) {
      const { result } = sorted(items, less)
      expect([...result].sort((a, b) => a - b)).toEqual(items)
    }
  })
})
