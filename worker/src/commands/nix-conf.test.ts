import { describe, expect, it } from 'vitest'
import { readNixConf } from './nix-conf'

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
