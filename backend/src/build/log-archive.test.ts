import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { LogArchive } from './log-archive'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-logs-'))
afterAll(() => rmSync(directory, { recursive: true }))

const derivation = (name: string) => `/nix/store/00000000000000000000000000000000-${name}.drv`
const place = join(directory, '00')
const base = (name: string) => `000000000000000000000000000000-${name}.drv`

async function keep(archive: LogArchive, name: string, ...pieces: string[]): Promise<void> {
  const recorder = archive.record(derivation(name))
  for (const piece of pieces) void recorder.write(Buffer.from(piece, 'latin1'))
  await recorder.end()
}

async function readBack(archive: LogArchive, name: string): Promise<string | null> {
  const stream = archive.read(derivation(name))
  return stream === null ? null : (await buffer(stream)).toString('latin1')
}

const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`)

describe('kept logs', () => {
  const archive = new LogArchive(directory)

  it('are there as they were written', async () => {
    await keep(archive, 'short', 'a\x1b[31m\xff', '\0b')
    expect(await readBack(archive, 'short')).toBe('a\x1b[31m\xff\0b')
    expect(await readBack(archive, 'none')).toBeNull()
  })

  it('lie in files of their own if they are short, compressed by bzip2 if they are long', async () => {
    await keep(archive, 'tiny', 'x')
    await keep(archive, 'long', ...lines)
    expect(readFileSync(join(place, base('tiny')), 'latin1')).toBe('x')
    const file = join(place, `${base('long')}.bz2`)
    expect(execFileSync('bzip2', ['-dc', file], { encoding: 'latin1' })).toBe(lines.join(''))
    expect(await readBack(archive, 'long')).toBe(lines.join(''))
  })

  it('replace those of earlier builds, whatever form these have', async () => {
    for (const text of [['short'], lines, ['shorter']]) {
      await keep(archive, 'again', ...text)
      expect(await readBack(archive, 'again')).toBe(text.join(''))
    }
    expect(readdirSync(place).filter((name) => name.startsWith(base('again')))).toHaveLength(1)
  })

  it('are not compressed where that is not wanted', async () => {
    await keep(new LogArchive(directory, false), 'plain', ...lines)
    expect(readFileSync(join(place, base('plain')), 'latin1')).toBe(lines.join(''))
  })

  it('lose what a terminal would obey when they are shown', async () => {
    await keep(archive, 'escapes', 'a\x1b]0;title\x07b\x1b[2Jc')
    let text = ''
    for await (const piece of archive.text(derivation('escapes')) ?? []) text += piece
    expect(text).toBe('abc')
  })
})
