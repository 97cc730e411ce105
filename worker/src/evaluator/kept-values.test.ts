import { beforeEach, describe, expect, it } from 'vitest'
import { BudgetExhausted, NixError } from './errors'
import { Evaluator } from './evaluator'
import { TestHost } from './testing/test-host'
import { force } from './thunk'
import type { Slot, Value } from './values'

/** Lists without thunks. */
function plain(value: Value): Value {
  return Array.isArray(value) ? value.map((slot: Slot) => plain(force(slot))) : value
}

describe('an evaluator that keeps values', () => {
  let host: TestHost
  let evaluator: Evaluator

  beforeEach(() => {
    host = new TestHost('/test')
    evaluator = new Evaluator(host, { keepsValues: true })
  })

  const stored = (text: string) => host.store.addText('file.nix', text, [])
  const evaluate = (text: string): Value => {
    evaluator.enter(evaluator.newEvaluation())
    const value = evaluator.evaluateString(text, { kind: 'string' }, '/test')
    return plain(evaluator.forceDeep(value))
  }
  /** How often `tell` was called since the last time. */
  const told = () => host.messages.splice(0).length

  it('evaluates a file of the store once, and other files in each evaluation', () => {
    const file = stored('builtins.trace "evaluated" { a = 1; }')
    host = new TestHost('/test', [{ path: 'a.nix', contents: 'builtins.trace "here" 2' }])
    evaluator = new Evaluator(host, { keepsValues: true })
    stored('builtins.trace "evaluated" { a = 1; }')

    expect(evaluate(`[ (import ${file}).a (import ${file}).a ]`)).toEqual([1, 1])
    expect(told()).toBe(1)
    expect(evaluate(`(import ${file}).a`)).toBe(1)
    expect(told()).toBe(0)
    for (let i = 0; i < 2; i++) {
      expect(evaluate('import ./a.nix + import ./a.nix')).toBe(4)
      expect(told()).toBe(1)
    }
  })

  it.each([
    ['nothing', '{ }'],
    ['scalars', '{ a = 1; b = "x"; c = null; d = true; }'],
    ['what a variable holds', '{ inherit v; b = v; }'],
    ['sets and lists of them', '{ config = { allowUnfree = true; l = [ 1 [ "x" ] ]; }; }'],
  ])('keeps calls with %s', (_, argument) => {
    const file = stored('let it = "called"; in { ... }: builtins.trace it { a = 1; }')
    const text = `let v = { a = 1; }; in (import ${file} ${argument}).a`
    expect(evaluate(text)).toBe(1)
    expect(told()).toBe(1)
    expect(evaluate(text)).toBe(1)
    expect(told()).toBe(0)
  })

  it.each([
    ['functions', '{ f = x: x; }'],
    ['paths', '{ p = ./a; }'],
    ['texts that may be paths', '{ p = "/test/a"; }'],
    ['what has to be evaluated', '{ n = 1 + 1; }'],
    ['what refers to the store', '{ s = "${builtins.toFile "a" "b"}"; }'],
  ])('makes calls with %s again', (_, argument) => {
    const file = stored('{ ... }: builtins.trace "called" { a = 1; }')
    for (let i = 0; i < 2; i++) {
      expect(evaluate(`(import ${file} ${argument}).a`)).toBe(1)
      expect(told()).toBe(1)
    }
  })

  it('tells arguments apart', () => {
    const file = stored('argument: argument')
    const texts = ['{ a = 1; }', '{ a = "1"; }', '{ b = 1; }', '{ a = [ 1 ]; }', '{ a = null; }']
    for (let i = 0; i < 2; i++) {
      for (const text of texts) {
        expect(evaluate(`import ${file} ${text} == ${text}`)).toBe(true)
      }
    }
  })

  it('gives two calls of one evaluation two values', () => {
    const file = stored('{ }: { f = x: x; }')
    const text = `let a = import ${file} { }; b = import ${file} { }; in [ (a == b) (a == a) ]`
    for (let i = 0; i < 3; i++) expect(evaluate(text)).toEqual([false, true])
  })

  it('keeps no calls that the program makes of its own functions', () => {
    const file = stored('n: builtins.trace "called" n')
    const text = `let f = n: import ${file} n; in map f [ 1 2 ]`
    expect(evaluate(text)).toEqual([1, 2])
    expect(told()).toBe(2)
    expect(evaluate(`(x: builtins.trace "own" x) 1`)).toBe(1)
    expect(evaluate(`(x: builtins.trace "own" x) 1`)).toBe(1)
    expect(told()).toBe(2)
  })

  it('evaluates what has failed once more, with the frames of its own', () => {
    const file = stored('{ }: rec { a = builtins.trace "tried" (throw "no"); b = a; }')
    const framesOf = (text: string): string[] => {
      try {
        evaluate(text)
      } catch (error) {
        if (error instanceof NixError) return error.frames.map(({ message }) => message)
        throw error
      }
      return []
    }
    const text = `(import ${file} { }).b`
    const frames = framesOf(`let mine = ${text}; in { inherit mine; }`)
    expect(told()).toBe(1)
    expect(framesOf(`builtins.addErrorContext "other" (${text})`)).toContain('other')
    expect(told()).toBe(1)
    expect(framesOf(`let mine = ${text}; in { inherit mine; }`)).toEqual(frames)
  })

  it('goes on where the budget of an evaluation ended', () => {
    const file = stored(
      "{ }: { a = builtins.foldl' (x: y: x + y) 0 (builtins.genList (n: n) 2000); }",
    )
    const text = `let set = import ${file} { }; in set.a + builtins.length (map (n: n) [ 1 2 ])`
    evaluator.setBudget(100)
    expect(() => evaluate(text)).toThrow(BudgetExhausted)
    evaluator.setBudget(100_000)
    expect(evaluate(text)).toBe(1999002)
    evaluator.setBudget(100)
    expect(evaluate(text)).toBe(1999002)
  })

  it('lets go after many calls', () => {
    expect(evaluator.kept?.mayGoOn).toBe(true)
    evaluate("builtins.foldl' (x: y: x + y) 0 (builtins.genList (n: n) 10)")
    expect(evaluator.kept?.callsMade).toBeGreaterThan(10)
  })
})
