import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { FileSystemAccessor } from './file-system-accessor'

describe('the file system accessor', () => {
  const files = new FileSystemAccessor()
  let root = ''

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'accessor-'))
    writeFileSync(join(root, 'plain'), 'text')
    writeFileSync(join(root, 'tool'), '#!/bin/sh\n')
    chmodSync(join(root, 'tool'), 0o700)
    mkdirSync(join(root, 'directory'))
    symlinkSync('nowhere', join(root, 'link'))
    writeFileSync(Buffer.from(`${root}/caf\xe9`, 'latin1'), 'not UTF-8')
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('tells types, sizes and the owner’s executable bit without following links', () => {
    expect(files.status(`${root}/plain`)).toEqual({ type: 'regular', executable: false, size: 4 })
    expect(files.status(`${root}/tool`)).toMatchObject({ type: 'regular', executable: true })
    expect(files.status(`${root}/directory`)).toMatchObject({ type: 'directory', size: 0 })
    expect(files.status(`${root}/link`)).toMatchObject({ type: 'symlink', executable: false })
  })

  it('finds nothing where nothing is, also below a file', () => {
    expect(files.status(`${root}/absent`)).toBeNull()
    expect(files.status(`${root}/plain/below`)).toBeNull()
  })

  it('lists a directory with names that are not UTF-8, byte for byte, and reads such files', () => {
    const names = files.readDirectory(root)
    expect([...names.keys()].sort()).toEqual(['caf\xe9', 'directory', 'link', 'plain', 'tool'])
    expect(names.get('link')).toBe('symlink')
    expect(bytesToByteString(files.readFile(`${root}/caf\xe9`))).toBe('not UTF-8')
  })

  it('reads the target of a link', () => {
    expect(files.readLink(`${root}/link`)).toBe('nowhere')
  })

  it('says what failed, where and why', () => {
    expect(() => files.readFile(`${root}/absent`)).toThrow(
      `opening file '${root}/absent': No such file or directory`,
    )
    expect(() => files.readFile(`${root}/directory`)).toThrow(
      `opening file '${root}/directory': Is a directory`,
    )
    expect(() => files.readDirectory(`${root}/plain`)).toThrow(
      `opening directory '${root}/plain': Not a directory`,
    )
    expect(() => files.readLink(`${root}/plain`)).toThrow('reading symbolic link')
  })
})
