import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { waitForLock } from '../store/file-lock'
import { OutputLocker } from './output-locks'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-locks-'))
afterAll(() => rmSync(directory, { recursive: true }))

const signal = new AbortController().signal
const never = () => {
  throw new Error('nobody else has it')
}
/** Whether somebody has locked a file, as another process sees it. */
const isLocked = (file: string) => spawnSync('flock', ['--nonblock', file, 'true']).status === 1

describe('locks on outputs', () => {
  it('are those that flock(2) gives, and leave nothing behind', async () => {
    const locker = new OutputLocker()
    const paths = ['one', 'two with a space'].map((name) => join(directory, name))
    const { release } = await locker.lock(paths, never, signal)
    for (const path of paths) expect(isLocked(`${path}.lock`)).toBe(true)
    release()
    const again = await locker.lock(paths, never, signal)
    again.release()
    locker.close()
    await expect.poll(() => paths.some((path) => existsSync(`${path}.lock`))).toBe(false)
  })

  it('are waited for, and not with what others have removed', async () => {
    const locker = new OutputLocker()
    const path = join(directory, 'busy')
    const file = `${path}.lock`
    const other = await waitForLock(file, 'exclusive')
    let waited = 0
    const locked = locker.lock([path], () => waited++, signal)
    await expect.poll(() => waited).toBe(1)
    // As Nix gives one back.
    rmSync(file)
    writeSync(other.descriptor, 'd')
    other.release()
    const { release } = await locked
    expect(waited).toBe(1)
    expect(isLocked(file)).toBe(true)
    release()
    locker.close()
  })

  it('are not waited for any more by who gives up', async () => {
    const locker = new OutputLocker()
    const [free, busy] = [join(directory, 'a-free'), join(directory, 'b-busy')]
    const other = await waitForLock(`${busy}.lock`, 'exclusive')
    const stop = new AbortController()
    const locked = locker.lock([busy, free], () => stop.abort(), stop.signal)
    await expect(locked).rejects.toThrow()
    other.release()
    await expect.poll(() => existsSync(`${free}.lock`)).toBe(false)
    locker.close()
  })

  it('are given back when their process ends', async () => {
    const locker = new OutputLocker()
    const path = join(directory, 'ended')
    await locker.lock([path], never, signal)
    locker.close()
    await expect.poll(() => isLocked(`${path}.lock`)).toBe(false)
  })

  it('cannot be taken where nothing can be written', async () => {
    const locker = new OutputLocker()
    await expect(locker.lock([join(directory, 'none/x')], never, signal)).rejects.toThrow(
      /cannot lock .*No such file/,
    )
    locker.close()
  })
})
