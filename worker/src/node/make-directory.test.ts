import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { makeDirectory } from './make-directory'

const root = mkdtempSync(join(tmpdir(), 'snowglobe-directories-'))
afterAll(() => rmSync(root, { recursive: true }))

it('makes a directory with those that it lies in, and leaves what is there', () => {
  makeDirectory(join(root, 'a/b/c'), 0o700)
  makeDirectory(join(root, 'a/b/c'), 0o755)
  expect(statSync(join(root, 'a/b/c')).mode & 0o777).toBe(0o700)
})

it('says which directory cannot be made, and why', () => {
  expect(() => makeDirectory('/proc/none/store')).toThrow(
    "creating directory '/proc/none': No such file or directory",
  )
  writeFileSync(join(root, 'file'), '')
  expect(() => makeDirectory(join(root, 'file'))).toThrow('File already exists')
  expect(() => makeDirectory(join(root, 'file/inside'))).toThrow('Not a directory')
})
