import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LocalQueue, type Turn } from './queue'

const entry = (drvPath: string, signal = new AbortController().signal) => ({ drvPath, signal })

/** Notes who gets a turn, in order. */
function enter(queue: LocalQueue, name: string, turns: [string, Turn][]): Promise<void> {
  return queue.enter(entry(name)).then((turn) => void turns.push([name, turn]))
}

describe('the queue', () => {
  it('gives so many turns at a time, first come, first served', async () => {
    const queue = new LocalQueue(2)
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
    const queue = new LocalQueue(1, (a, b) => a.drvPath < b.drvPath)
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
    const queue = new LocalQueue(1)
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
    const queue = new LocalQueue(1)
    const seen: [number, number][] = []
    queue.onChange(() => seen.push([queue.running, queue.waiting.length]))
    const turn = await queue.enter(entry('one'))
    const next = queue.enter(entry('two'))
    turn.leave()
    ;(await next).leave()
    expect(seen).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
      [0, 0],
    ])
  })
})
