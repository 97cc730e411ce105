import { describe, expect, it } from 'vitest'
import { readConfigurations, readNixConf } from './nix-conf'

describe('a nix.conf', () => {
  it('sets settings, one on each line, with comments', () => {
    const { settings, problems } = readNixConf(
      '# for a test\nmax-call-depth = 200000 # deep\n\nexperimental-features = flakes\n' +
        'extra-experimental-features = pipe-operators\n',
    )
    expect(problems).toEqual([])
    expect(settings.number('max-call-depth', 0)).toBe(200_000)
    expect(settings.list('experimental-features')).toEqual(['flakes', 'pipe-operators'])
  })

  it('is read to its end whatever is wrong with a line', () => {
    const { settings, problems } = readNixConf(
      'pure-eval = perhaps\nno-such = 1\nnonsense\ninclude other.conf\nrestrict-eval = true',
    )
    expect(problems).toEqual([
      {
        line: 1,
        message: "Boolean setting 'pure-eval' has invalid value 'perhaps'",
        isWarning: false,
      },
      { line: 2, message: "unknown setting 'no-such'", isWarning: true },
      {
        line: 3,
        message: "syntax error in configuration line 'nonsense': it is 'NAME = VALUE'",
        isWarning: false,
      },
      { line: 4, message: 'other files cannot be included here', isWarning: false },
    ])
    expect(settings.boolean('restrict-eval', false)).toBe(true)
  })
})

describe('the configuration of a machine', () => {
  const texts: Record<string, string> = {
    more: 'cores = 2\nextra-substituters = https://more\nzulu = 1',
    round: 'include round',
  }
  const read = (...given: string[]) =>
    readConfigurations(
      given.map((text, index) => ({ path: `/etc/${index}`, text })),
      {
        include: (path) => ({ path: `/etc/${path}`, text: texts[path] ?? null }),
        isFixed: (name) => name === 'nix-path',
      },
    )

  it('is read in order, with the files that it includes, and the last counts', () => {
    const settings = read(
      'substituters = https://one  https://two\ninclude more\n!include none\nkeep-going = true',
      'cores = 3 # of 4\nkeep-going = false\nnix-path = a=b\nalpha = 1\nzulu = 2',
    )
    expect(settings.number('cores', 0)).toBe(3)
    expect(settings.boolean('keep-going', true)).toBe(false)
    expect(settings.list('substituters')).toEqual(['https://one', 'https://two', 'https://more'])
    expect(settings.text('nix-path')).toBeUndefined()
    expect(settings.unknown).toEqual(['alpha', 'zulu'])
  })

  it.each([
    ['cores', `syntax error in configuration line 'cores' in "/etc/0"`],
    ['cores= 3', `syntax error in configuration line 'cores= 3' in "/etc/0"`],
    ['include a b', `syntax error in configuration line 'include a b' in "/etc/0"`],
    ['include none', 'file "/etc/none" included from "/etc/0" not found'],
    ['include round', 'file "/etc/round" includes itself'],
    ['keep-going = maybe', "Boolean setting 'keep-going' has invalid value 'maybe'"],
    ['cores = x', "setting 'cores' has invalid value 'x'"],
  ])('says what is wrong with %s', (line, message) => {
    expect(() => read(line)).toThrow(message)
  })
})
