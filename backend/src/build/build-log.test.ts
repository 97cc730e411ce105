import { describe, expect, it } from 'vitest'
import { asShown, BuildLog } from './build-log'

const bytes = (text: string) => Buffer.from(text)

function readAll(log: BuildLog, from = 0): { start: number; text: string } {
  const first = log.read(from)
  let text = first.text
  for (let next = first.start + text.length; ; next = first.start + text.length) {
    const piece = log.read(next)
    if (piece.text === '') return { start: first.start, text }
    text += piece.text
  }
}

describe('the log of a build', () => {
  it('is read from any place, at any pace', () => {
    const log = new BuildLog()
    let written = ''
    for (let line = 0; line < 20_000; line++) {
      const text = `line ${line} ünd\n`
      log.write(bytes(text))
      written += text
    }
    expect(log.length).toBe(written.length)
    for (const from of [0, 1, 65_535, 65_536, 65_537, 200_000, written.length])
      expect(readAll(log, from)).toEqual({ start: from, text: written.slice(from) })
    expect(log.read(100, 7).text).toBe(written.slice(100, 107))
    expect(log.read(written.length).text).toBe('')
  })

  it('forgets its beginning where it is told to', () => {
    const log = new BuildLog(100_000)
    let written = ''
    for (let line = 0; line < 50_000; line++) {
      const text = `line ${line}\n`
      log.write(bytes(text))
      written += text
    }
    const { start, text } = readAll(log)
    expect(start).toBeGreaterThan(0)
    expect(text).toBe(written.slice(start))
    expect(text.length).toBeGreaterThanOrEqual(100_000)
    expect(text.length).toBeLessThan(100_000 + 3 * 65_536)
  })

  it('tells of more, and of messages', () => {
    const log = new BuildLog()
    let times = 0
    const messages: unknown[] = []
    log.onMessage((message) => messages.push(message))
    const end = log.onMore(() => times++)
    log.write(bytes('one\n'))
    log.write(bytes('@nix {"action":"setPhase","phase":"checkPhase"}\n'))
    expect(times).toBe(1)
    expect(messages).toEqual([{ action: 'setPhase', phase: 'checkPhase' }])
    end()
    log.write(bytes('two\n'))
    expect(times).toBe(1)
  })

  it('has last lines as a terminal shows them', () => {
    const log = new BuildLog()
    log.write(bytes('first\r\n10%\r100%\r\nlast'))
    log.end()
    expect(log.lastLines(2)).toEqual(['100%', 'last'])
    expect(new BuildLog().lastLines(3)).toEqual([])
  })

  it.each([
    ['plain', 'plain'],
    ['ends\r\n', 'ends\n'],
    ['long\rab', 'abng'],
    ['a\r\r\nb\rc\n', 'a\nc\n'],
  ])('writes over what is before a carriage return: %j', (written, shown) => {
    expect(asShown(written)).toBe(shown)
  })
})
