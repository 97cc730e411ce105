import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FairLine } from './fair-line'
import { LocalQueue, type QueueEntry, type Turn } from './queue'
import { SortedLine } from './sorted-line'

const entry = (
  drvPath: string,
  signal = new AbortController().signal,
  visitors = ['somebody'],
): QueueEntry => ({ drvPath, signal, visitors: () => visitors })

/** Notes who gets a turn, in order. */
function enter(queue: LocalQueue, name: string, turns: [string, Turn][]): Promise<void> {
  return queue.enter(entry(name)).then((turn) => void turns.push([name, turn]))
}

describe('the queue', () => {
  it("gives so many turns at a time, one visitor's own in the order in which they come", async () => {
    const queue = new LocalQueue(2, new FairLine())
    const turns: [string, Turn][] = []
    for (const name of ['c', 'b', 'a']) void enter(queue, name, turns)
    await setImmediate()
    expect(turns.map(([name, { slot }]) => [name, slot])).toEqual([
      ['c', 0],
      ['b', 1],
    ])
    expect(queue.running).toBe(2)
    expect(queue.waiting.map(({ drvPath }) => drvPath)).toEqual(['a'])
    turns[1]![1].leave()
    turns[1]![1].leave()
    await setImmediate()
    expect(turns[2]?.[0]).toBe('a')
    expect(turns[2]?.[1].slot).toBe(1)
    expect(queue.running).toBe(2)
  })

  it('gives turns in an order of its own, also to those who come at the same moment', async () => {
    const queue = new LocalQueue(1, new SortedLine((a, b) => a.drvPath < b.drvPath))
    const turns: [string, Turn][] = []
    for (const name of ['c', 'a', 'b']) void enter(queue, name, turns)
    for (let i = 0; i < 3; i++) {
      await setImmediate()
      await setImmediate()
      turns[i]![1].leave()
    }
    expect(turns.map(([name]) => name)).toEqual(['a', 'b', 'c'])
  })

  it('forgets who gives up waiting', async () => {
    const queue = new LocalQueue(1, new FairLine())
    const first = await queue.enter(entry('first'))
    const stop = new AbortController()
    const second = queue.enter(entry('second', stop.signal))
    const third = queue.enter(entry('third'))
    stop.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    await expect(queue.enter(entry('fourth', stop.signal))).rejects.toThrow('enough')
    first.leave()
    expect((await third).slot).toBe(0)
    expect(queue.waiting).toEqual([])
  })

  it('tells of every change', async () => {
    const queue = new LocalQueue(1, new FairLine())
    const seen: [number, number][] = []
    queue.onChange(() => seen.push([queue.running, queue.waiting.length]))
    const turn = await queue.enter(entry('one'))
    const next = queue.enter(entry('two'))
    await setImmediate()
    turn.leave()
    ;(await next).leave()
    await setImmediate()
    expect(seen).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
      [0, 0],
    ])
  })

  describe('with several visitors', () => {
    /** Lets these come at once, then ends turns one after another. Gives who had them, in order. */
    async function order(capacity: number, names: string[], queue = fair(capacity)) {
      const turns: [string, Turn][] = []
      for (const name of names) comes(queue, name, turns)
      await setImmediate()
      const told = [...turns.map(([name]) => name), ...queue.waiting.map(({ drvPath }) => drvPath)]
      for (let i = 0; i < names.length; i++) {
        turns[i]![1].leave()
        await setImmediate()
        await setImmediate()
      }
      return { had: turns.map(([name]) => name).join(' '), told: told.join(' ') }
    }
    const fair = (capacity: number) => new LocalQueue(capacity, new FairLine())
    /** Everybody wants things named for them: `a1` is of a, `ab1` of a and b. */
    const comes = (queue: LocalQueue, name: string, turns: [string, Turn][]) => {
      const visitors = name.replace(/\d+/, '').split('')
      const signal = new AbortController().signal
      void queue.enter(entry(name, signal, visitors)).then((turn) => turns.push([name, turn]))
    }

    it('takes turns among them, however much each of them wants', async () => {
      const { had, told } = await order(1, ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
      expect(had).toBe('a1 b1 c1 a2 b2 a3 a4')
      expect(told).toBe(had)
    })

    it('leaves a place to each of them while one has long builds', async () => {
      const queue = fair(2)
      const turns: [string, Turn][] = []
      const names = () => turns.map(([name]) => name).join(' ')
      for (const name of ['a1', 'a2', 'a3', 'a4']) comes(queue, name, turns)
      await setImmediate()
      for (const name of ['b1', 'b2', 'b3']) comes(queue, name, turns)
      for (let i = 1; i < 4; i++) {
        // All of a's but the first go on for ever.
        turns.find(([name]) => name === (i === 1 ? 'a1' : `b${i - 1}`))![1].leave()
        await setImmediate()
        await setImmediate()
      }
      expect(names()).toBe('a1 a2 b1 b2 b3')
    })

    it('builds once what several want, and counts it for each of them', async () => {
      const { had, told } = await order(1, ['a1', 'a2', 'b1', 'ab2', 'c1', 'c2'])
      expect(had).toBe('a1 b1 c1 a2 ab2 c2')
      expect(told).toBe(had)
    })

    it('prefers nobody for coming again and again', async () => {
      const queue = fair(1)
      const turns: [string, Turn][] = []
      for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']) comes(queue, name, turns)
      for (let i = 0; i < 9; i++) {
        await setImmediate()
        await setImmediate()
        turns[i]![1].leave()
        // Always one at a time.
        if (i % 3 === 0) comes(queue, `c${i}`, turns)
      }
      expect(turns.map(([name]) => name[0]).join('')).toBe('abcabcabc')
    })
  })
})
