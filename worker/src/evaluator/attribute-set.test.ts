import { describe, expect, it } from 'vitest'
import { AttributeSet, AttributeSetBuilder } from './attribute-set'

type Entries = Map<string, { slot: number; position: number }>

function setOf(entries: Entries): AttributeSet {
  const builder = new AttributeSetBuilder()
  for (const [name, { slot, position }] of entries) builder.set(name, slot, position)
  return builder.build()
}

/** Numbers that are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648
    yield state
  }
}

describe('merging sets of the same shapes again', () => {
  const entriesOf = (count: number, every: number, base: number): Entries =>
    new Map(
      Array.from({ length: count }, (_, i) => [
        `name${i * every}`,
        { slot: base + i, position: base + 2 * i },
      ]),
    )

  // What is remembered at once, when it is met again, and never.
  it.each([10, 300, 2000])('gives what it gave the first time: %i attributes', (count) => {
    const left = setOf(entriesOf(count, 2, 1))
    const others = [entriesOf(count, 3, 5000), entriesOf(7, 3, 9000)]
    const rights = others.map(setOf)
    for (const other of [0, 0, 1, 0, 1, 1, 0, 0]) {
      const merged = left.update(rights[other])
      const expected = new Map([...entriesOf(count, 2, 1), ...others[other]])
      expect(merged.names).toEqual([...expected.keys()].sort())
      for (const [name, { slot, position }] of expected) {
        expect(merged.get(name)).toBe(slot)
        expect(merged.positionOf(name)).toBe(position)
      }
    }
  })
})

describe('updating sets', () => {
  const names = Array.from({ length: 400 }, (_, i) => `name${i}`)
  // Sets that are copied, sets that become layers, and more layers than are kept.
  it.each([1, 2, 3, 4, 5, 6])('gives what a map would hold: updates %i', (seed) => {
    const next = numbers(seed)
    const number = (limit: number) => next.next().value % limit
    let set = AttributeSet.empty
    let model: Entries = new Map()
    for (let step = 0; step < 60; step++) {
      const entries: Entries = new Map()
      const count = number(4) === 0 ? number(300) : number(5)
      for (let i = 0; i < count; i++) {
        entries.set(names[number(400)], { slot: step * 1000 + i, position: number(1000) })
      }
      const beneath = number(4) === 0
      set = beneath ? setOf(entries).update(set) : set.update(setOf(entries))
      model = beneath ? new Map([...entries, ...model]) : new Map([...model, ...entries])

      const name = names[number(400)]
      expect(set.get(name)).toBe(model.get(name)?.slot)
      expect(set.has(name)).toBe(model.has(name))
      expect(set.positionOf(name)).toBe(model.get(name)?.position ?? 0)
      if (number(8) === 0) expect(set.size).toBe(model.size)
    }
    const sorted = [...model.keys()].sort()
    expect(set.names).toEqual(sorted)
    expect(set.slots).toEqual(sorted.map((name) => model.get(name)?.slot))
  })

  it('gives the same of a layered set, however often it is asked', () => {
    const large = setOf(new Map(names.map((name, i) => [name, { slot: i, position: i }])))
    const layered = large.update(setOf(new Map([['name7', { slot: -1, position: 5 }]])))

    for (let i = 0; i < 3000; i++)
      expect(layered.get(names[i % 400])).toBe(i % 400 === 7 ? -1 : i % 400)
    expect(layered.flat).not.toBeNull()
    expect(layered.get('other')).toBeUndefined()
    expect(layered.positionOf('name7')).toBe(5)
  })

  it('gives the shape of before for what is merged as before, whatever was merged meanwhile', () => {
    const set = setOf(new Map([['a', { slot: 0, position: 1 }]]))
    const others = names
      .slice(0, 50)
      .map((name, i) => setOf(new Map([[name, { slot: i, position: i + 2 }]])))
    const shapes = others.map((other) => set.update(other).shape)

    for (let round = 0; round < 2; round++) {
      expect(others.map((other) => set.update(other).shape)).toEqual(shapes)
    }
    const again = others.flatMap((other) => [set.update(other).shape, set.update(others[0]).shape])
    expect(again.every((shape, i) => shape === (i % 2 === 0 ? shapes[i / 2] : shapes[0]))).toBe(
      true,
    )
  })

  it('intersects and removes without regard to layers', () => {
    const large = setOf(new Map(names.map((name, i) => [name, { slot: i, position: i }])))
    const small = setOf(new Map([['name7', { slot: -1, position: 5 }]]))
    const layered = large.update(small)
    const wanted = setOf(new Map([['name7', { slot: 0, position: 0 }]]))

    expect(layered.intersect(wanted).slots).toEqual([-1])
    expect(wanted.intersect(layered).slots).toEqual([0])
    expect(layered.remove(new Set(['name7'])).size).toBe(399)
    expect(layered.get('name7')).toBe(-1)
  })
})

describe('looking for names', () => {
  it('finds them in whatever order they are asked for', () => {
    const names = Array.from({ length: 40 }, (_, i) => `name${10 + i}`)
    const set = setOf(new Map(names.map((name, i) => [name, { slot: i, position: 0 }])))
    const next = numbers(7)
    const orders = [
      names.map((_, i) => i),
      names.map((_, i) => 39 - i),
      names.map(() => next.next().value % 40),
    ]
    for (const order of orders) {
      expect(order.map((i) => set.get(names[i]))).toEqual(order)
      expect(set.get('name')).toBeUndefined()
      expect(set.get('name5')).toBeUndefined()
    }
  })
})
