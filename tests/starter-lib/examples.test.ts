/**
 * What the documentation of the starter collection's `lib` says is so: every function has an example, and
 * every example gives what it says, in Snowglobe and in real Nix.
 */
import { beforeAll, describe, expect, it } from 'vitest'
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

/** Groups that hold data, or groups of their own, rather than functions. */
const notFunctions = new Set(['licensesSpdx', 'maintainers', 'mergeAttrBy', 'platforms', 'teams'])

describe('the documentation of lib', () => {
  it('has every function that is not one of Nix itself, with a type and an example', () => {
    const expression = `
      let
        # Functions, each once: what is there under two names is one function.
        functionsOf = group: lib.filterAttrs (_: lib.isFunction) group;
        own = group: lib.filterAttrs (name: _: !builtins ? \${name}) (functionsOf group);
        groups = lib.filterAttrs (name: value: lib.isAttrs value) lib;
      in
      { "" = builtins.attrNames (own (removeAttrs lib [ "extend" ])); } // lib.mapAttrs (_: group: builtins.attrNames (own group)) groups`
    const { status, stdout, stderr } = evaluateWithLibrary(evaluators[0], expression)
    expect(status, stderr).toBe(0)
    const groups = JSON.parse(stdout) as Record<string, string[]>
    const documented = new Set(
      files.flatMap(({ documented }) =>
        documented
          .filter(({ type, examples }) => type !== null && examples.length > 0)
          .map(({ name }) => name),
      ),
    )
    const missing = Object.entries(groups).flatMap(([group, names]) =>
      notFunctions.has(group) ? [] : names.filter((name) => !documented.has(name)),
    )
    expect(missing).toEqual([])
  })
})
