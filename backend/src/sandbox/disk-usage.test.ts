import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { diskUsage } from './disk-usage'

const mebibyte = 1024 * 1024

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-usage-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const write = (path: string, bytes: number) =>
  writeFileSync(join(directory, path), Buffer.alloc(bytes, 1))

it('is that of all files below a directory, but not of what links lead to', async () => {
  mkdirSync(join(directory, 'deep/er'), { recursive: true })
  write('file', mebibyte)
  write('deep/er/file', mebibyte)
  symlinkSync('/', join(directory, 'link'))
  const bytes = await diskUsage(directory, Infinity)
  expect(bytes).toBeGreaterThanOrEqual(2 * mebibyte)
  expect(bytes).toBeLessThan(3 * mebibyte)
})

it('is none where there is nothing, and is not counted beyond what is enough', async () => {
  expect(await diskUsage(join(directory, 'nothing'), Infinity)).toBe(0)
  for (let i = 0; i < 9; i++) write(String(i), mebibyte)
  const bytes = await diskUsage(directory, mebibyte)
  expect(bytes).toBeGreaterThan(mebibyte)
  expect(bytes).toBeLessThan(3 * mebibyte)
})

it('counts what stays where other files come and go all the time', async () => {
  for (let i = 0; i < 40; i++) write(`stays-${i}`, 65_536)
  const churn = 'echo; while :; do for i in 1 2 3 4 5 6 7 8 9; do : > c$i; rm c$i; done; done'
  const child = spawn('sh', ['-c', churn], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  try {
    await once(child.stdout, 'data')
    for (let i = 0; i < 100; i++)
      expect(await diskUsage(directory, Infinity)).toBeGreaterThanOrEqual(40 * 65_536)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
})
