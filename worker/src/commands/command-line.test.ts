import { describe, expect, it } from 'vitest'
import { eachArgument, expandLetters, UsageError } from './command-line'

describe('words of a command line', () => {
  it.each([
    ['-qR', ['-q', '-R']],
    ['-j8', ['-j', '8']],
    ['-kj auto', ['-k', '-j', ' auto']],
    ['-Ia=/b', ['-I', 'a=/b']],
    ['-I', ['-I']],
    ['-8', ['-8']],
    ['--all', ['--all']],
    ['path', ['path']],
    ['-', ['-']],
  ])('read %j as %j', (word, words) => {
    expect(expandLetters(word)).toEqual(words)
  })

  it('are gone through but for those that others take', () => {
    const seen: string[] = []
    for (const { word, next } of eachArgument(['a', '--b', 'c', 'd'])) {
      seen.push(word === '--b' ? `${word}=${next()}` : word)
    }
    expect(seen).toEqual(['a', '--b=c', 'd'])
  })

  it.each(['', 'flag '] as const)('may be missing (%j)', (prefix) => {
    const [last] = eachArgument(['--b'], prefix)
    expect(() => last!.next()).toThrow(new UsageError(`${prefix}'--b' requires an argument`))
  })
})
