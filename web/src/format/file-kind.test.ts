import { describe, expect, it } from 'vitest'
import { fileKind, hexDump } from './file-kind'
import { describeSize } from './size'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('fileKind', () => {
  it('takes UTF-8 for text and everything else for binary', () => {
    expect(fileKind('a', bytes('snö\n'), true)).toEqual({ kind: 'text', text: 'snö\n' })
    expect(fileKind('a', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0]), true).kind).toBe('binary')
    expect(fileKind('a', new Uint8Array([0xff, 0xfe]), true).kind).toBe('binary')
  })

  it('does not mind a character cut in two at the end of what was read', () => {
    expect(fileKind('a', bytes('snö').subarray(0, 3), false).kind).toBe('text')
    expect(fileKind('a', bytes('snö').subarray(0, 3), true).kind).toBe('binary')
  })

  it('shows images only if they are whole', () => {
    expect(fileKind('a.PNG', bytes('x'), true)).toEqual({ kind: 'image', type: 'image/png' })
    expect(fileKind('a.png', bytes('x\0'), false).kind).toBe('binary')
  })
})

it('hexDump shows bytes beside characters', () => {
  expect(hexDump(bytes('Hi\n'))).toBe(`00000000  48 69 0a${' '.repeat(39)}  Hi.`)
})

it.each([
  [312, '312 B'],
  [4300, '4.2 KiB'],
  [19_000_000, '18 MiB'],
])('describeSize(%d) is %s', (size, text) => {
  expect(describeSize(size)).toBe(text)
})
