import { describe, expect, it } from 'vitest'
import { builtinDocumentation } from './builtin-documentation'
import { builtinDefinitions } from './builtins/global-scope'
import { Evaluator } from './evaluator'
import { printAmbiguous } from './print-value'
import { TestHost } from './testing/test-host'

// All that settings and features bring.
const settings = {
  allowNativeCode: true,
  experimentalFeatures: new Set(builtinDefinitions.flatMap(({ feature }) => feature ?? [])),
}
const evaluator = new Evaluator(new TestHost(), { settings })
const valueOf = (expression: string) =>
  printAmbiguous(
    evaluator.forceDeep(evaluator.evaluateString(expression, { kind: 'string' }, '/test')),
  )

const atom = String.raw`(?:[A-Za-z]\w*)`
const arrows = `${atom}(?: -> ${atom})*`

/** A type with one name in place of each bracketed part, like `T -> T` for `(a -> b) -> [a]`. */
function withoutBrackets(type: string): string {
  let text = type.replaceAll('...', 'any')
  for (let before = ''; before !== text;) {
    before = text
    text = text
      .replace(new RegExp(String.raw`\[${atom}\]`, 'g'), 'T')
      .replace(new RegExp(String.raw`${atom}(?: \| ${atom})+`, 'g'), 'T')
      .replace(new RegExp(String.raw`\{(?: ${atom}(?: :: ${arrows})?;?)+ \}`, 'g'), 'T')
      .replace(new RegExp(String.raw`\(${arrows}\)`, 'g'), 'T')
  }
  return text
}

describe('the documentation of builtins', () => {
  it('is there for everything that `builtins` holds, and nothing else', () => {
    expect([...builtinDocumentation.keys()]).toEqual([...evaluator.builtins.names])
  })

  it('says which are global names', () => {
    for (const { name, global } of builtinDocumentation.values()) {
      expect(evaluator.globals.has(name), name).toBe(global)
    }
  })

  for (const { name, args, type, since, doc, example } of builtinDocumentation.values()) {
    describe(name, () => {
      it('has a type that takes what it takes', () => {
        const flat = withoutBrackets(type)
        expect(flat).toMatch(new RegExp(`^${arrows}$`))
        expect(flat.split('->').length).toBeGreaterThan(args.length)
      })

      it('has a text, and a version if one is told', () => {
        expect(doc).toMatch(/^[A-Z*`].*[.]$/s)
        if (since !== null) expect(since).toMatch(/^\d+\.\d+(\.\d+)?$/)
      })

      if (example === undefined) return
      it(`gives ${example.value} for ${example.expression}`, () => {
        expect(valueOf(example.expression)).toBe(valueOf(example.value))
      })
    })
  }
})
