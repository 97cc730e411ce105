/** The library of nixpkgs, attribute by attribute: here and on real Nix. */
import { NixError } from '../../worker/src/evaluator/errors'
import { Evaluator } from '../../worker/src/evaluator/evaluator'
import { featuresOf } from '../../worker/src/evaluator/evaluation-settings'
import { printAmbiguous } from '../../worker/src/evaluator/print-value'
import type { Value } from '../../worker/src/evaluator/values'
import { emptyStoreHost } from './command'
import { RealNix } from './real-evaluation'

export interface LibraryResult {
  /** Attributes that are alike. */
  same: number
  /** Attributes that evaluate here, and on real Nix, which may be older than the library, do not. */
  here: string[]
  problems: string[]
}

/** What an attribute is to some depth, as JSON: of functions the formals. */
function describe(library: string): string {
  return `
    let
      library = import ${library};
      walk = depth: value:
        let attempt = builtins.tryEval value; in
        if !attempt.success then "an error"
        else if builtins.isFunction value then { formals = builtins.functionArgs value; }
        else if builtins.isAttrs value then
          if depth == 0 then "a set"
          else { attributes = builtins.mapAttrs (_: walk (depth - 1)) value; }
        else if builtins.isList value then map (walk (depth - 1)) value
        else if builtins.isPath value then toString value
        else value;
    in
    name: builtins.hashString "sha256" (builtins.toJSON (walk 5 library.\${name}))`
}

/** Compares every attribute of a library, a directory with a default.nix, that evaluates on real Nix. */
export function compareLibrary(library: string): LibraryResult {
  const settings = { experimentalFeatures: featuresOf(['flakes']) }
  const evaluator = new Evaluator(emptyStoreHost(library), { settings })
  const evaluate = (expression: string) =>
    evaluator.evaluateString(expression, { kind: 'string' }, '/')
  const names = evaluator.forceDeep(evaluate(`builtins.attrNames (import ${library})`)) as Value[]
  const describeOne = evaluate(describe(library))
  const result: LibraryResult = { same: 0, here: [], problems: [] }
  const real = new RealNix()
  try {
    const expressions = names.map((name) => `(${describe(library)}) ${JSON.stringify(name)}`)
    const expected = real.evaluate(expressions, '--extra-experimental-features', 'flakes')
    names.forEach((name, index) => {
      let found: string
      try {
        found = printAmbiguous(evaluator.call(describeOne, name))
      } catch (error) {
        if (!(error instanceof NixError)) throw error
        found = `error: ${error.text}`
      }
      const there = expected[index]
      if (there === found || (there === null && found.startsWith('error: '))) result.same++
      else if (there === null) result.here.push(String(name))
      else result.problems.push(`${String(name)}\n  Nix: ${there}\n  here: ${found}`)
    })
  } finally {
    real.close()
  }
  return result
}
