import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { utf8ToByteString, byteStringToBytes } from '@snowglobe/shared/bytes'
import { fileTree, type SyntaxCache } from '../language/file-tree'
import { PositionTable } from '../language/positions'
import { printTree } from '../language/print-tree'
import { DiskSyntaxCache, syntaxCacheFile } from './syntax-cache'

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'syntax-cache-'))
  file = syntaxCacheFile(directory)
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Long enough to be kept. */
const text = `{ a = 1; b = x: [ ${'x.y "z" '.repeat(100)}]; }`
const bytes = byteStringToBytes(utf8ToByteString(text))

function read(cache: SyntaxCache, contents = bytes, fingerprint = 1) {
  return fileTree(
    contents,
    { beside: null, cache, fingerprint },
    {
      origin: { kind: 'string' },
      basePath: '/',
      homeDirectory: null,
      positions: new PositionTable(),
      globals: () => true,
    },
  )
}

function fill(): void {
  const cache = new DiskSyntaxCache(file)
  read(cache)
  cache.close()
}

describe('the syntax cache on disk', () => {
  it('has nothing of what it never saw', () => {
    const cache = new DiskSyntaxCache(file)
    expect(cache.load(bytes, 1)).toBeNull()
    cache.close()
  })

  it('gives the trees that were saved before', () => {
    fill()
    const cache = new DiskSyntaxCache(file)
    expect(cache.load(bytes, 1)).not.toBeNull()
    expect(printTree(read(cache).node)).toBe(
      printTree(read({ load: () => null, save: () => {} }).node),
    )
    cache.close()
  })

  it('gives them for the same text and settings only', () => {
    fill()
    const cache = new DiskSyntaxCache(file)
    expect(cache.load(bytes, 2)).toBeNull()
    expect(cache.load(bytes.slice(1), 1)).toBeNull()
    cache.close()
  })

  it('touches no disk for small texts', () => {
    const cache = new DiskSyntaxCache(file)
    read(cache, byteStringToBytes('1 + 2'))
    cache.close()
    expect(existsSync(file)).toBe(false)
  })

  it('begins anew where its file is damaged', () => {
    fill()
    writeFileSync(file, 'this is no database, but long enough to be one '.repeat(100))
    const cache = new DiskSyntaxCache(file)
    expect(read(cache).node).toBeDefined()
    cache.close()
    fill()
    const again = new DiskSyntaxCache(file)
    expect(again.load(bytes, 1)).not.toBeNull()
    again.close()
  })

  it('does not mind damage within', () => {
    fill()
    const damaged = readFileSync(file)
    for (let i = 4096; i < damaged.length; i += 7) damaged[i] = damaged[i]! ^ 0x55
    writeFileSync(file, damaged)
    const cache = new DiskSyntaxCache(file)
    expect(printTree(read(cache).node)).toContain('a = 1;')
    cache.close()
  })

  it('does without where nothing can be written', () => {
    writeFileSync(join(directory, 'snowglobe'), 'a file where the directory should be')
    const cache = new DiskSyntaxCache(file)
    expect(read(cache).node).toBeDefined()
    cache.close()
  })

  it('begins anew when it is full', () => {
    fill()
    const other = byteStringToBytes(utf8ToByteString(`${text} // { c = 3; }`))
    const cache = new DiskSyntaxCache(file, 1000)
    read(cache, other)
    cache.close()
    const after = new DiskSyntaxCache(file)
    expect(after.load(bytes, 1)).toBeNull()
    expect(after.load(other, 1)).not.toBeNull()
    after.close()
  })

  it('waits while another process writes', async () => {
    fill()
    const program = `
      const { DatabaseSync } = require('node:sqlite')
      const database = new DatabaseSync(${JSON.stringify(file)})
      database.exec('begin immediate')
      console.log('locked')
      setTimeout(() => database.exec('commit'), 50)`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const cache = new DiskSyntaxCache(file)
    read(cache, byteStringToBytes(utf8ToByteString(`${text} // { d = 4; }`)))
    cache.close()
    await new Promise((resolve) => child.once('exit', resolve))
    const after = new DiskSyntaxCache(file)
    expect(after.load(bytes, 1)).not.toBeNull()
    after.close()
  })
})
