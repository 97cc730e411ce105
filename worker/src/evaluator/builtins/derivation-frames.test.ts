import { describe, expect, it } from 'vitest'
import { NixError } from '../errors'
import { Evaluator } from '../evaluator'
import { TestHost } from '../testing/test-host'
import { ContextString } from '../values'

/** The error of an expression with its frames, outermost last. */
function framesOf(expression: string, nativeLimit?: number): string[] {
  const evaluator = new Evaluator(new TestHost(), nativeLimit === undefined ? {} : { nativeLimit })
  try {
    evaluator.forceDeep(evaluator.evaluateString(expression, { kind: 'string' }, '/test'))
  } catch (error) {
    if (!(error instanceof NixError)) throw error
    return [error.text, ...error.frames.map((frame) => frame.message)]
  }
  throw new Error('there was no error')
}

describe.each([undefined, 0])('with a native limit of %s', (limit) => {
  it('tells the attribute, the derivation and where its name is', () => {
    const frames = framesOf(
      '(derivation { name = "x"; system = "s"; builder = "b"; y = throw "no"; }).drvPath',
      limit,
    )
    expect(frames[0]).toBe('no')
    expect(frames).toContain("while evaluating attribute 'y' of derivation 'x'")
    expect(frames).toContain(
      "while evaluating derivation 'x'\n  whose name attribute is located at " +
        '\u00c2\u00abstring\u00c2\u00bb:1:15',
    )
    expect(frames).toContain("while calling the 'derivationStrict' builtin")
  })

  it('tells of a name that is not one', () => {
    const frames = framesOf('derivationStrict { name = [ ]; }', limit)
    expect(frames.slice(0, 3)).toEqual([
      'expected a string but found a list: [ ]',
      'while evaluating the `name` attribute passed to builtins.derivationStrict',
      "while evaluating the derivation attribute 'name'",
    ])
  })

  it('tells which argument of a builtin could not be evaluated', () => {
    expect(framesOf('builtins.hashString (throw "no") ""', limit)).toEqual(
      [
        'no',
        'while evaluating the first argument passed to builtins.hashString',
        "while calling the 'hashString' builtin",
      ].flatMap((frame) =>
        frame === 'no' ? [frame, "while calling the 'throw' builtin"] : [frame],
      ),
    )
  })

  it('takes chains of derivations and nested lists of any depth', () => {
    const evaluator = new Evaluator(
      new TestHost(),
      limit === undefined ? {} : { nativeLimit: limit },
    )
    const chain = `
      let
        step = previous: derivation { name = "x"; system = "s"; builder = previous; };
        chain = builtins.genList (n: if n == 0 then "b" else step (builtins.elemAt chain (n - 1))) 1500;
      in
      (builtins.elemAt chain 1499).outPath`
    const value = evaluator.evaluateString(chain, { kind: 'string' }, '/test')
    expect(value).toBeInstanceOf(ContextString)
    const nested = `
      let
        lists = builtins.genList (n: if n == 0 then [ "b" ] else [ (builtins.elemAt lists (n - 1)) ]) 50000;
      in
      toString (builtins.elemAt lists 49999)`
    expect(evaluator.evaluateString(nested, { kind: 'string' }, '/test')).toBe('b')
  })

  it('asks a filter about each file once, a directory before what is in it', () => {
    const host = new TestHost('/test', [
      { path: 'a/b', contents: '' },
      { path: 'a/c/d', contents: '' },
      { path: 'e', contents: '' },
    ])
    const evaluator = new Evaluator(host, limit === undefined ? {} : { nativeLimit: limit })
    const filter = 'path: type: builtins.trace "${path} ${type}" (baseNameOf path != "c")'
    evaluator.evaluateString(`builtins.filterSource (${filter}) ./.`, { kind: 'string' }, '/test')
    expect(host.messages).toEqual([
      'trace: /test/a directory',
      'trace: /test/a/b regular',
      'trace: /test/a/c directory',
      'trace: /test/e regular',
    ])
  })
})
