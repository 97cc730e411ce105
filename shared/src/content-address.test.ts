import { describe, expect, it } from 'vitest'
import { formatContentAddress, parseContentAddress, pathOfContentAddress } from './content-address'
import { hashBytes, HashError, type Hash } from './hash'
import { makeFixedOutputPath, makeTextPath } from './store-path'

const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', 'hello') }
const digest = '094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic'
const other = '/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-other'

describe('content addresses', () => {
  it.each([
    ['text', `text:sha256:${digest}`],
    ['flat', `fixed:sha256:${digest}`],
    ['recursive', `fixed:r:sha256:${digest}`],
  ] as const)('are written and read: %s', (method, text) => {
    expect(formatContentAddress({ method, hash })).toBe(text)
    expect(parseContentAddress(text)).toEqual({ method, hash })
  })

  it.each([
    '',
    'sha256:' + digest,
    `fixed:${digest}`,
    `fixed:git:sha1:${digest}`,
    `text:sha256:${digest}:`,
    `text:sha256-${digest}`,
    'fixed:r:sha256:short',
    `fixed:r:md5:${digest}`,
  ])('are refused: %j', (text) => {
    expect(() => parseContentAddress(text)).toThrow(HashError)
  })

  it('decide store paths', () => {
    const path = (method: 'text' | 'flat' | 'recursive', references: string[]) =>
      pathOfContentAddress('/nix/store', { method, hash }, 'a', references)
    expect(path('text', [other])).toBe(makeTextPath('/nix/store', 'a', hash, [other]))
    expect(path('flat', [])).toBe(makeFixedOutputPath('/nix/store', 'flat', hash, 'a'))
    expect(path('recursive', [other])).toBe(
      makeFixedOutputPath('/nix/store', 'recursive', hash, 'a', [other]),
    )
    expect(() => path('flat', [other])).toThrow('is not allowed to refer to other store paths')
  })

  it('count a reference of a path to itself as such', () => {
    const self = makeFixedOutputPath('/nix/store', 'recursive', hash, 'a', [other], true)
    const address = { method: 'recursive' as const, hash }
    expect(pathOfContentAddress('/nix/store', address, 'a', [other, self])).toBe(self)
    const namesake = other.replace('other', 'a')
    expect(pathOfContentAddress('/nix/store', address, 'a', [namesake])).toBe(
      makeFixedOutputPath('/nix/store', 'recursive', hash, 'a', [namesake]),
    )
  })
})
