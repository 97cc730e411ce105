import { describe, expect, it } from 'vitest'
import { BudgetExhausted, NixError } from './errors'
import { Evaluator, type EvaluatorOptions } from './evaluator'
import { renderError } from './render-error'
import { testCases } from './testing/evaluate-cases'
import { TestHost } from './testing/test-host'
import type { Value } from './values'

testCases(import.meta.url, 'language.cases.txt')
testCases(import.meta.url, 'quick-code.cases.txt')

function evaluatorOf(options: EvaluatorOptions = {}): Evaluator {
  return new Evaluator(new TestHost('/home/nix/test', []), options)
}

function evaluate(evaluator: Evaluator, text: string): Value {
  return evaluator.evaluateString(text, { kind: 'string' }, '/home/nix/test')
}

function failure(evaluator: Evaluator, text: string): NixError {
  try {
    evaluator.forceDeep(evaluate(evaluator, text))
  } catch (error) {
    if (error instanceof NixError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe.each<[string, EvaluatorOptions]>([
  ['the fast evaluator', {}],
  ['the deep evaluator', { nativeLimit: 0 }],
])('on %s', (_, options) => {
  it('raises the limit of nested calls where it is told to', () => {
    const evaluator = evaluatorOf({ ...options, maxCallDepth: 100_000 })
    const program = 'let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 90000'
    expect(evaluate(evaluator, program)).toBe(90_000)
  })

  it('forces chains of thunks that are far deeper than the native stack', () => {
    const program = `
      let
        steps = builtins.genList (n: n) 100000;
        lazily = builtins.foldl' (set: n: { value = set.value + 1; }) { value = 0; } steps;
      in lazily.value`
    expect(evaluate(evaluatorOf(options), program)).toBe(100_000)
  })

  it('evaluates a thunk that failed only once', () => {
    const host = new TestHost('/home/nix/test', [])
    const messages: string[] = []
    host.message = (_kind, text) => void messages.push(text)
    const program = `
      let x = builtins.trace "evaluated" (throw "a");
      in [ (builtins.tryEval x).success (builtins.tryEval x).success ]`
    const evaluator = new Evaluator(host, options)
    evaluator.forceDeep(evaluate(evaluator, program))
    expect(messages).toEqual(['evaluated'])
  })

  it('delays an argument that is not what its function needs first', () => {
    const host = new TestHost('/home/nix/test', [])
    const messages: string[] = []
    host.message = (_kind, text) => void messages.push(text)
    const program = `
      let
        shown = n: builtins.trace [ n ] n;
        compared = n: if n < 5 then builtins.trace [ n ] n else n;
        captured = n: let list = [ n ]; in builtins.trace list n;
        second = a: b: if a < 5 then builtins.trace [ b ] b else b;
        from = k: shown (k - 1) + compared (k - 1) + captured (k - 1) + second k (k - 1);
      in from 3`
    expect(evaluate(new Evaluator(host, options), program)).toBe(8)
    const delayed = '[ \xc2\xabthunk\xc2\xbb ]'
    expect(messages).toEqual([delayed, '[ 2 ]', delayed, delayed])
  })

  it('stops where the budget ends, and can go on afterwards', () => {
    const evaluator = evaluatorOf(options)
    const value = evaluate(evaluator, "{ sum = builtins.foldl' (a: b: a + b) 0 [ 1 2 3 4 5 6 ]; }")
    evaluator.setBudget(3)
    expect(() => evaluator.forceDeep(value)).toThrow(BudgetExhausted)
    evaluator.setBudget(null)
    expect(evaluator.selectPath(value, 'sum')).toBe(21)
  })

  it('tells the way to an error', () => {
    const evaluator = evaluatorOf(options)
    const error = failure(evaluator, 'let f = x: throw "boom"; in { a = f 1; }.a')
    expect(renderError(error, evaluator.positions, { showTrace: true })).toBe(
      `error:
       … while evaluating the attribute 'a'
         at «string»:1:29:
            1| let f = x: throw "boom"; in { a = f 1; }.a
             |                             ^

       … from the definition of 'a'
         at «string»:1:31:
            1| let f = x: throw "boom"; in { a = f 1; }.a
             |                               ^

       … from call site
         at «string»:1:35:
            1| let f = x: throw "boom"; in { a = f 1; }.a
             |                                   ^

       … while calling 'f'
         at «string»:1:9:
            1| let f = x: throw "boom"; in { a = f 1; }.a
             |         ^

       … while calling the 'throw' builtin
         at «string»:1:12:
            1| let f = x: throw "boom"; in { a = f 1; }.a
             |            ^

       error: boom`.replace(/[…«»]/g, (char) => Buffer.from(char).toString('latin1')),
    )
  })

  it('suggests names that are near', () => {
    const error = failure(evaluatorOf(options), '{ colour = 1; flavour = 2; }.color')
    expect(error.suggestions).toEqual(['colour'])
  })

  it('says where a value is needed that is just being computed', () => {
    const evaluator = evaluatorOf(options)
    const error = failure(evaluator, 'let\n  x = 1 + x;\nin x')
    expect(evaluator.positions.place(error.position)).toMatchObject({ line: 2, column: 11 })
  })
})
