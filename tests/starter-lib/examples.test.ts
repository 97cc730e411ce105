/**
 * What the documentation of the starter collection's `lib` says is so: every function has an example, and
 * every example gives what it says, in Snowglobe and in real Nix.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  describeLibrary,
  positionsExpression,
  type AttributePosition,
} from '../../worker/src/intelligence/library-functions'
import { evaluatorsOfTests, plainText, type EvaluatorOfTests } from '../evaluators'
import { library, libraryFiles } from './examples'

const files = libraryFiles()
const evaluators = evaluatorsOfTests()

// Paths in examples are relative to the library.
const evaluateWithLibrary = ({ evaluate }: EvaluatorOfTests, expression: string) =>
  evaluate(`let lib = import ${library}; in ${expression}`, library)

describe.each(evaluators)('examples in $name', (evaluator) => {
  // One evaluation of them all: most of the time goes into starting one.
  let results: Record<string, { name: string; agrees: boolean }[]> = {}
  beforeAll(() => {
    const cases = files.map(({ path, documented }) => {
      const ofFile = documented.flatMap(({ name, examples }) =>
        examples.flatMap(({ expression, result }) =>
          'value' in result
            ? `{ name = ${JSON.stringify(name)}; agrees = (${expression}) == (${result.value}); }`
            : [],
        ),
      )
      return `${JSON.stringify(path)} = [ ${ofFile.join('\n')} ];`
    })
    const { status, stdout, stderr } = evaluateWithLibrary(evaluator, `{ ${cases.join('\n')} }`)
    expect(status, stderr).toBe(0)
    results = JSON.parse(stdout) as typeof results
  }, 60_000)

  it.each(files)('of $path give their values', ({ path }) => {
    expect(results[path]?.filter(({ agrees }) => !agrees)).toEqual([])
  })

  const errors = files.flatMap(({ path, documented }) =>
    documented.flatMap(({ name, examples }) =>
      examples.flatMap(({ expression, result }) =>
        'error' in result ? [{ path, name, expression, error: result.error }] : [],
      ),
    ),
  )
  it.each(errors)('of $name in $path fails as it says', ({ expression, error }) => {
    const { status, stderr } = evaluateWithLibrary(evaluator, expression)
    expect(status).not.toBe(0)
    expect(stderr).toContain(plainText(error))
  })
})

/** Groups that hold data rather than functions, and old names of groups. */
const notFunctions = [
  'licensesSpdx',
  'maintainers',
  'mergeAttrBy',
  'platforms',
  'predicates',
  'teams',
]

describe('the documentation of lib', () => {
  it('has every function that is not one of Nix itself, with a type and an example', () => {
    // By its place: what is reached by several names is one function, and a name alone proves nothing.
    const functions = `
      let
        inherit (builtins) concatMap isAttrs isFunction tryEval;
        data = [ ${notFunctions.map((name) => `"${name}"`).join(' ')} ];
        within = depth: path: set: concatMap (name:
          let
            try = tryEval set.\${name};
            value = try.value;
            isCalled = isFunction value || value ? __functor;
            isGroup = isAttrs value && !(value ? __functor) && !(value ? _type) && !(builtins.elem name data);
          in
          if !try.success then [ ]
          else if isCalled && !(builtins ? \${name}) then [ (path + name) ]
          else if isGroup && depth > 1 then within (depth - 1) (path + name + ".") value
          else [ ]) (builtins.attrNames set);
      in
      within 3 "" (removeAttrs lib [ "__unfix__" "extend" ])`
    const json = (expression: string) => {
      const { status, stdout, stderr } = evaluateWithLibrary(evaluators[0], expression)
      expect(status, stderr).toBe(0)
      return JSON.parse(stdout) as unknown
    }
    const positions = json(positionsExpression('lib')) as AttributePosition[]
    const described = describeLibrary(positions, (file) => readFileSync(file, 'utf8'))
    const documented = new Set(
      described
        .filter(({ type, examples }) => type !== null && examples.length > 0)
        .flatMap(({ names }) => names),
    )
    const missing = (json(functions) as string[]).filter((path) => !documented.has(`lib.${path}`))
    expect(missing).toEqual([])
  })
})
