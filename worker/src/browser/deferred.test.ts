import { describe, expect, it } from 'vitest'
import { deferred } from './deferred'

describe('a deferred object', () => {
  class Counter {
    private count = 0
    async add(by: number): Promise<number> {
      return (this.count += by)
    }
  }

  it('takes calls before the real one is there, and makes them in order', async () => {
    let arrive = (_: Counter) => {}
    const counter = deferred<Counter>(new Promise((resolve) => (arrive = resolve)))
    const calls = [counter.add(1), counter.add(2)]
    arrive(new Counter())
    expect(await Promise.all(calls)).toEqual([1, 3])
    expect(await counter.add(4)).toBe(7)
  })

  it('tells every caller why the real one could not be loaded', async () => {
    const counter = deferred<Counter>(Promise.reject(new Error('no such script')))
    await expect(counter.add(1)).rejects.toThrow('no such script')
    await expect(counter.add(1)).rejects.toThrow('no such script')
  })
})
