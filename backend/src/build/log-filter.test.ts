import { describe, expect, it } from 'vitest'
import { LogFilter } from './log-filter'

/** Filters bytes all at once and one by one, which must give the same. */
function filter(text: string): string {
  const bytes = Buffer.from(text, 'utf8')
  const whole = new LogFilter()
  const all = whole.write(bytes) + whole.end()
  const single = new LogFilter()
  const pieces = [...bytes].map((byte) => single.write(Uint8Array.of(byte))).join('')
  expect(pieces + single.end()).toBe(all)
  return all
}

describe('the filter of logs', () => {
  it('keeps text, line breaks and tabs', () => {
    expect(filter('Grüße 🎉\tx\r\n\n')).toBe('Grüße 🎉\tx\r\n\n')
  })

  it('keeps colours', () => {
    for (const colour of ['\x1b[m', '\x1b[1;31m', '\x1b[38;5;200m', '\x1b[38:2::1:2:3m'])
      expect(filter(`a${colour}b`)).toBe(`a${colour}b`)
  })

  it.each([
    ['cursor movement', '\x1b[2J\x1b[H\x1b[10A\x1b[?25l'],
    ['questions', '\x1b[c\x1b[6n\x1b[>c'],
    ['titles', '\x1b]0;title\x07'],
    ['titles ended by ST', '\x1b]2;title\x1b\\'],
    ['the clipboard', '\x1b]52;c;ZXZpbA==\x07'],
    ['links', '\x1b]8;;http://evil\x1b\\'],
    ['device control strings', '\x1bP+q544e\x1b\\'],
    ['other strings', '\x1b_x\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\'],
    ['character sets', '\x1b(0\x1b#8'],
    ['a reset', '\x1bc'],
    ['the same in C1', '\x9b2J\x9d0;title\x9c\x90x\x9c'],
    ['control characters', '\x00\x07\x08\x0b\x0c\x0e\x7f\x85'],
    ['what only looks like a colour', '\x1b[?1m\x1b[>4m\x1b[1 m'],
  ])('drops %s', (_, sequence) => {
    expect(filter(`a${sequence}b`)).toBe('ab')
  })

  it('does not let an unfinished string hide what follows', () => {
    expect(filter('a\x1b]0;never ended\nb\n')).toBe('a\nb\n')
    expect(filter('a\x1b[12\nb')).toBe('a\nb')
    expect(filter('a\x1b\nb')).toBe('a\nb')
  })

  it('does not wait forever for the end of parameters', () => {
    expect(filter(`a\x1b[${'1'.repeat(1000)}mb`)).toMatch(/^a1+mb$/)
  })

  it('replaces bytes that are not UTF-8', () => {
    const log = new LogFilter()
    expect(log.write(Uint8Array.of(0x61, 0xff, 0x62)) + log.end()).toBe('a\ufffdb')
    expect(new LogFilter().write(Uint8Array.of(0x61, 0xc3))).toBe('a')
  })
})
