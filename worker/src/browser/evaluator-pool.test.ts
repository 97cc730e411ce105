import { beforeEach, describe, expect, it } from 'vitest'
import { EvaluatorPool } from './evaluator-pool'
import type { EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

interface FakeWorker {
  generation: number
  terminated: boolean
  known: string[]
  /** How often it was told to give up what it waits for. */
  givenUp: number
  fail(reason: string): void
}

describe('the evaluator pool', () => {
  let workers: FakeWorker[]
  let pool: EvaluatorPool

  /** Pools of earlier tests may still hire: each has its own list. */
  const spawnInto = (list: FakeWorker[]) => (): EvaluatorConnection => {
    const worker: FakeWorker = {
      generation: 0,
      terminated: false,
      known: [],
      givenUp: 0,
      fail: () => {},
    }
    list.push(worker)
    return {
      api: {
        start: async ({ generation }: { generation: number }) => {
          worker.generation = generation
        },
        addKnown: async (paths: string[]) => {
          worker.known.push(...paths)
        },
        giveUp: async () => {
          worker.givenUp++
        },
        // Stands for any task: says which worker did it.
        check: async () => worker.generation,
      } as unknown as EvaluatorApi,
      terminate: () => {
        worker.terminated = true
      },
      onFailure: (callback) => {
        worker.fail = callback
      },
    }
  }
  const who = (api: EvaluatorApi) => api.check(null as never, '') as unknown as Promise<number>
  const never = () => new Promise<never>(() => {})

  beforeEach(() => {
    workers = []
    pool = new EvaluatorPool(spawnInto(workers), (api, generation) =>
      api.start({ generation, storeDir: '', knownPaths: [] }, never),
    )
  })

  /** The spare is loaded a little later than the first. */
  const spareStarted = () =>
    expect.poll(() => workers.map(({ generation }) => generation)).toEqual([1, 2])

  it('keeps a spare that is started before it is needed', async () => {
    expect(await pool.run(who)).toBe(1)
    await spareStarted()
  })

  it('puts new evaluators in the place of both when their work is done', async () => {
    await spareStarted()
    const work = Promise.withResolvers<void>()
    const task = pool.run(() => work.promise)
    const renewed = pool.renew()
    expect(workers.some(({ terminated }) => terminated)).toBe(false)
    work.resolve()
    await task
    await renewed
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, true, false, false])
    expect(await pool.run(who)).toBe(3)
  })

  it('does one task at a time, in order', async () => {
    const log: string[] = []
    const task = (name: string) => async () => {
      log.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 2))
      log.push(`${name} ends`)
    }
    await Promise.all([pool.run(task('a')), pool.run(task('b'))])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('goes on after a task that failed', async () => {
    const failing = pool.run(async () => {
      throw new Error('bad')
    })
    const next = pool.run(who)
    await expect(failing).rejects.toThrow('bad')
    expect(await next).toBe(1)
  })

  it('drops replaceable tasks that wait when a newer one comes', async () => {
    let finish = () => {}
    const running = pool.run(() => new Promise<void>((resolve) => (finish = resolve)), {
      replaceable: true,
    })
    const stale = pool.run(who, { replaceable: true, replaces: true })
    const between = pool.run(who)
    const newest = pool.run(who, { replaceable: true, replaces: true })
    await expect(stale).rejects.toThrow('superseded')
    finish()
    await running
    expect(await between).toBe(1)
    expect(await newest).toBe(1)
    expect(workers[0].terminated).toBe(false)
  })

  it('tells the evaluator at work when something newer is to be done', async () => {
    const work = Promise.withResolvers<void>()
    const asked = pool.run(() => work.promise)
    const typed = pool.run(() => work.promise, { replaceable: true, replaces: true })
    expect(workers[0].givenUp).toBe(0)
    work.resolve()
    await asked
    const more = Promise.withResolvers<void>()
    await typed
    const waiting = pool.run(() => more.promise, { replaceable: true, replaces: true })
    const newer = pool.run(who, { replaces: true })
    await expect.poll(() => workers[0].givenUp).toBe(1)
    more.resolve()
    await waiting
    await newer
    await pool.run(who, { replaces: true })
    expect(workers[0].givenUp).toBe(1)
  })

  it('does not drop tasks that a person asked for', async () => {
    const tasks = [pool.run(who), pool.run(who), pool.run(who, { replaces: true })]
    expect(await Promise.all(tasks)).toEqual([1, 1, 1])
  })

  it('stops whatever runs or waits, and answers with the spare at once', async () => {
    await spareStarted()
    const endless = pool.run(never)
    const waiting = pool.run(who)
    pool.stop()
    expect(workers.length).toBe(3)
    await expect(endless).rejects.toThrow('stopped')
    await expect(waiting).rejects.toThrow('stopped')
    expect(workers[0].terminated).toBe(true)
    expect(pool.generation).toBe(2)
    expect(await pool.run(who)).toBe(2)
    expect(workers.length).toBe(3)
  })

  it('keeps an idle evaluator and its values when there is nothing to stop', async () => {
    await pool.run(who)
    pool.stop()
    expect(pool.generation).toBe(1)
    expect(workers[0].terminated).toBe(false)
  })

  it('can be stopped before the spare is there', async () => {
    const endless = pool.run(never)
    pool.stop()
    await expect(endless).rejects.toThrow('stopped')
    expect(await pool.run(who)).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false, false])
  })

  it('can be stopped again and again', async () => {
    for (let i = 1; i <= 5; i++) {
      const endless = pool.run(never)
      pool.stop()
      await expect(endless).rejects.toThrow('stopped')
      expect(await pool.run(who)).toBe(i + 1)
    }
    expect(workers.filter(({ terminated }) => terminated).length).toBe(5)
  })

  it('tells both evaluators of new paths', async () => {
    await spareStarted()
    pool.addKnown(['/nix/store/x'])
    await pool.run(who)
    expect(workers.map(({ known }) => known)).toEqual([['/nix/store/x'], ['/nix/store/x']])
  })

  it('reports a worker that broke and goes on with the spare', async () => {
    const task = pool.run(never)
    await Promise.resolve()
    workers[0].fail('out of memory')
    await expect(task).rejects.toThrow('the evaluator has failed: out of memory')
    expect(await pool.run(who)).toBe(2)
  })

  it('reports an evaluator that could not be started', async () => {
    const broken = new EvaluatorPool(spawnInto(workers), async () => {
      throw new Error('no script')
    })
    await expect(broken.run(who)).rejects.toThrow('the evaluator has failed: no script')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await expect(broken.run(who)).rejects.toThrow('the evaluator has failed: no script')
  })

  it('does nothing before the evaluator is started', async () => {
    let started = () => {}
    const slow = new EvaluatorPool(
      spawnInto(workers),
      () => new Promise<void>((resolve) => (started = resolve)),
    )
    let ran = false
    const task = slow.run(async () => {
      ran = true
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(ran).toBe(false)
    slow.stop()
    await expect(task).rejects.toThrow('stopped')
    started()
  })
})
