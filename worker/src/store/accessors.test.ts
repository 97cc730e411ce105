import { describe, expect, it } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { dumpTree } from './dump-tree'
import { MemoryAccessor } from './memory-accessor'
import { MountAccessor } from './mount-accessor'
import { NarAccessor } from './nar-accessor'

const workspace = new MemoryAccessor([
  { path: 'src/main.c', contents: 'int main;' },
  { path: 'default.nix', contents: '{ }' },
  { path: 'run', contents: '#!/bin/sh', executable: true },
])

describe('files in memory', () => {
  it('have the directories that their paths say', () => {
    expect(workspace.status('/')).toEqual({ type: 'directory', executable: false, size: 0 })
    expect(workspace.readDirectory('/')).toEqual(
      new Map([
        ['default.nix', 'regular'],
        ['run', 'regular'],
        ['src', 'directory'],
      ]),
    )
    expect(workspace.status('/src/main.c')).toEqual({
      type: 'regular',
      executable: false,
      size: 9,
    })
    expect(workspace.status('/run')?.executable).toBe(true)
    expect(workspace.status('/default.nix/below')).toBeNull()
    expect(bytesToByteString(workspace.readFile('/src/main.c'))).toBe('int main;')
  })

  it('refuse names that would lead out of the workspace or collide', () => {
    const file = (path: string) => ({ path, contents: '' })
    for (const path of ['', '/etc/passwd', '../up', 'a//b', './a', 'a\0b']) {
      expect(() => new MemoryAccessor([file(path)])).toThrow('not a relative path of plain names')
    }
    expect(() => new MemoryAccessor([file('a'), file('a')])).toThrow("'a' is there twice")
    expect(() => new MemoryAccessor([file('a'), file('a/b')])).toThrow(
      "needs 'a' to be a directory",
    )
    expect(() => new MemoryAccessor([file('a/b'), file('a')])).toThrow("'a' is there twice")
  })
})

describe('the files of a NAR', () => {
  const files = new NarAccessor({
    type: 'directory',
    entries: new Map([['link', { type: 'symlink', target: 'file' }]]),
  })

  it('show links as links', () => {
    expect(files.status('/link')?.type).toBe('symlink')
    expect(files.readLink('/link')).toBe('file')
    expect(files.status('/link/file')).toBeNull()
  })

  it('say what is wrong with a request', () => {
    expect(() => files.readFile('/absent')).toThrow("path '/absent' does not exist")
    expect(() => files.readFile('/')).toThrow("'/' is not a regular file")
    expect(() => files.readDirectory('/link')).toThrow("'/link' is not a directory")
    expect(() => files.readLink('/')).toThrow("'/' is not a symbolic link")
  })
})

describe('mounts', () => {
  const inner = new MemoryAccessor([{ path: 'only', contents: 'inner' }])
  const files = new MountAccessor([
    { at: '/home/nix/project', files: workspace },
    { at: '/home/nix/project/src', files: inner },
    { at: '/nix/store', files: new MemoryAccessor([]) },
  ])

  it('let the longest prefix answer', () => {
    expect(bytesToByteString(files.readFile('/home/nix/project/default.nix'))).toBe('{ }')
    expect(bytesToByteString(files.readFile('/home/nix/project/src/only'))).toBe('inner')
    expect(files.status('/home/nix/project/src/main.c')).toBeNull()
  })

  it('do not answer for names that merely begin alike', () => {
    expect(files.status('/home/nix/project2')).toBeNull()
    expect(files.status('/nix/store2/x')).toBeNull()
  })

  it('make the directories that lead to them', () => {
    expect(files.readDirectory('/')).toEqual(
      new Map([
        ['home', 'directory'],
        ['nix', 'directory'],
      ]),
    )
    expect(files.status('/home/nix')?.type).toBe('directory')
    expect([...files.readDirectory('/home/nix').keys()]).toEqual(['project'])
    expect(files.status('/home/other')).toBeNull()
  })

  it('list a mounted directory together with what is mounted below it', () => {
    expect([...files.readDirectory('/home/nix/project').keys()].sort()).toEqual([
      'default.nix',
      'run',
      'src',
    ])
  })

  it('name the whole path in errors', () => {
    expect(() => files.readFile('/home/nix/project/absent')).toThrow(
      "path '/home/nix/project/absent' does not exist",
    )
    expect(() => files.readFile('/home')).toThrow("'/home' is a directory")
    expect(() => files.readFile('/etc/passwd')).toThrow("path '/etc/passwd' does not exist")
  })

  it('can cover everything', () => {
    const all = new MountAccessor([
      { at: '/', files: workspace },
      { at: '/deep/er', files: inner },
    ])
    expect(all.status('/')?.type).toBe('directory')
    expect([...all.readDirectory('/').keys()].sort()).toEqual(['deep', 'default.nix', 'run', 'src'])
    expect(all.status('/deep/er/only')?.type).toBe('regular')
  })
})

describe('dumping a tree', () => {
  it('asks the filter about everything but the root, in order, and not below what it refuses', () => {
    const asked: string[] = []
    const node = dumpTree(workspace, '/', (path, type) => {
      asked.push(`${path} ${type}`)
      return path !== '/src'
    })
    expect(asked).toEqual(['/default.nix regular', '/run regular', '/src directory'])
    expect(node.type === 'directory' && [...node.entries.keys()]).toEqual(['default.nix', 'run'])
  })

  it('takes a single file', () => {
    expect(dumpTree(workspace, '/run')).toMatchObject({ type: 'regular', executable: true })
  })

  it('refuses what is not there', () => {
    expect(() => dumpTree(workspace, '/absent')).toThrow("path '/absent' does not exist")
  })
})
