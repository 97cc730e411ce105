import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { RepositoryClones } from './repository-clones'
import { ProgramKilled } from './run-program'

describe('clones that are kept', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'snowglobe-clones-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  /** Makes one that takes so many blocks of a disk, if it is not there. Gives where it is. */
  const make = (clones: RepositoryClones, key: string, blocks = 1) =>
    clones.use(key, async (clone) => {
      mkdirSync(clone.directory, { recursive: true })
      writeFileSync(join(clone.directory, 'pack'), Buffer.alloc(blocks * 4096 - 1))
      return clone.directory
    })
  const fail = (clones: RepositoryClones, key: string, error: Error) =>
    expect(clones.use(key, () => Promise.reject(error))).rejects.toThrow(error.message)

  it('stay after what is asked for in vain', async () => {
    const clones = new RepositoryClones(directory, 10 * 4096)
    const clone = await make(clones, 'a')
    await fail(clones, 'a', new HostError('no such revision'))
    expect(existsSync(clone)).toBe(true)
  })

  it.each([new Error('whoever asked has gone'), new ProgramKilled('killed')])(
    'are given up where its program was ended in the middle: %s',
    async (error) => {
      const clones = new RepositoryClones(directory, 10 * 4096)
      const clone = await make(clones, 'a')
      await fail(clones, 'a', error)
      expect(existsSync(clone)).toBe(false)
    },
  )

  it('stay whatever happens where others may use them', async () => {
    const clones = new RepositoryClones(directory)
    const clone = await make(clones, 'a')
    await fail(clones, 'a', new Error('gone'))
    expect(existsSync(clone)).toBe(true)
  })

  it('go when they have no room, those first that were used longest ago, but none in use', async () => {
    const clones = new RepositoryClones(directory, 2 * 4096)
    const [oldest, used] = [await make(clones, 'oldest'), await make(clones, 'used')]
    utimesSync(oldest, 1, 1)
    utimesSync(used, 2, 2)
    await clones.use('used', async () => {
      const newest = await make(clones, 'newest', 2)
      expect([oldest, used, newest].map((path) => existsSync(path))).toEqual([false, true, true])
    })
    expect(existsSync(used)).toBe(true)
  })

  it('are changed by one at a time', async () => {
    const clones = new RepositoryClones(directory, 10 * 4096)
    const order: string[] = []
    const change = (name: string) =>
      clones.use('a', (clone) =>
        clone.update(async () => {
          order.push(`${name} begins`)
          await new Promise((resolve) => setTimeout(resolve))
          order.push(`${name} ends`)
        }),
      )
    await Promise.all([change('one'), change('two')])
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends'])
  })
})
