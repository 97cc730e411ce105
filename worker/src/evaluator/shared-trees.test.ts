/** Evaluators of one worker share the trees of files, and nothing else. */
import { describe, expect, it } from 'vitest'
import type { MemoryFile } from '../store/memory-accessor'
import { NixError } from './errors'
import { Evaluator } from './evaluator'
import { TestHost } from './testing/test-host'

function evaluatorOf(files: MemoryFile[], variable = '', nativeLimit = 250): Evaluator {
  const host = new TestHost('/test', files)
  host.environment.set('VARIABLE', variable)
  return new Evaluator(host, { nativeLimit })
}

const text = `{
  variable = builtins.getEnv "VARIABLE";
  fail = 1 + true;
  line = __curPos.line;
}
`
const files = [{ path: 'a.nix', contents: text }]

describe('evaluators that share trees', () => {
  it.each([0, 250])('have values of their own, at native limit %i', (limit) => {
    const [one, other] = ['one', 'other'].map((value) => evaluatorOf(files, value, limit))
    const of = (evaluator: Evaluator) =>
      evaluator.selectPath(evaluator.evaluateFile('/test/a.nix'), 'variable')
    const first = one.evaluateFile('/test/a.nix')
    expect(of(other)).toBe('other')
    expect(one.selectPath(first, 'variable')).toBe('one')
    expect(of(other)).toBe('other')
  })

  it('know where its expressions stand', () => {
    for (let i = 0; i < 3; i++) {
      const evaluator = evaluatorOf(files)
      const value = evaluator.evaluateFile('/test/a.nix')
      expect(evaluator.selectPath(value, 'line')).toBe(4)
      try {
        evaluator.selectPath(value, 'fail')
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(NixError)
        expect(evaluator.positions.place((error as NixError).position)).toMatchObject({
          origin: { kind: 'file', path: '/test/a.nix' },
          line: 3,
        })
      }
    }
  })

  it('read relative paths from where the file lies', () => {
    const contents = './b'
    const same = ['x/a.nix', 'y/a.nix'].map((path) => ({ path, contents }))
    const evaluator = evaluatorOf(same)
    const paths = same.map(({ path }) => evaluator.evaluateFile(`/test/${path}`))
    expect(paths).toMatchObject([{ path: '/test/x/b' }, { path: '/test/y/b' }])
  })

  it('see a file that has changed', () => {
    const of = (contents: string) =>
      evaluatorOf([{ path: 'a.nix', contents }]).evaluateFile('/test/a.nix')
    expect(['1', '2', '1'].map(of)).toEqual([1, 2, 1])
  })

  it('tell the warnings of the parser each', () => {
    const host = () => new TestHost('/test', [{ path: 'a.nix', contents: '[ http://a.b ]' }])
    const lints = { absolutePaths: 'ignore', shortPaths: 'ignore', urls: 'warn' } as const
    for (const each of [host(), host()]) {
      new Evaluator(each, { lints }).evaluateFile('/test/a.nix')
      expect(each.messages).toHaveLength(1)
    }
  })
})
