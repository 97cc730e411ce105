/** What an evaluation made is freed once nobody holds its evaluator. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { BudgetExhausted, NixError } from './errors'
import { Evaluator } from './evaluator'
import { TestHost } from './testing/test-host'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const library = `{
  numbers = builtins.genList (n: n * 2) 1000;
  f = { x, y ? x }@both: both // { z = builtins.toString x; };
  fix = g: let x = g x; in x;
}`

const texts = {
  'gives a value': 'let l = import ./l.nix; in map (n: l.f { x = n; }) l.numbers',
  fails: '(import ./l.nix).fix (self: { a = throw "no"; b = self.a; }).b',
  'nests too deep': 'let f = n: 1 + f (n + 1); in f (builtins.length (import ./l.nix).numbers)',
  'has no budget left': 'let f = n: f (n + 1); in f (import ./l.nix)',
}

describe('an evaluation that', () => {
  it.each(
    Object.entries(texts).flatMap(([what, text]) => [
      [what, text, 0] as const,
      [what, text, 250] as const,
    ]),
  )('%s is freed: %s, native limit %i', async (_, text, nativeLimit) => {
    const files = [{ path: 'l.nix', contents: library }]
    const begin = () => {
      const evaluator = new Evaluator(new TestHost('/test', files), { nativeLimit })
      evaluator.setBudget(20_000)
      const references: WeakRef<object>[] = [new WeakRef(evaluator)]
      try {
        const value = evaluator.forceDeep(
          evaluator.evaluateString(text, { kind: 'string' }, '/test'),
        )
        if (typeof value === 'object' && value !== null) references.push(new WeakRef(value))
      } catch (error) {
        if (!(error instanceof NixError) && !(error instanceof BudgetExhausted)) throw error
      }
      return references
    }
    const references = begin()
    // A WeakRef holds its target until the turn has ended, and the compiler may be busy with it.
    const held = () => {
      collectGarbage()
      return references.filter((reference) => reference.deref() !== undefined).length
    }
    await expect.poll(held).toBe(0)
  })
})
