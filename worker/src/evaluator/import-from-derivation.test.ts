import { describe, expect, it } from 'vitest'
import type { NarNode } from '@snowglobe/shared/nar'
import { writeNar } from '@snowglobe/shared/nar'
import { featuresOf, type EvaluationSettings } from './evaluation-settings'
import { Evaluator } from './evaluator'
import { HostError, type NeededOutput } from './host'
import { evaluateCase } from './testing/evaluate-cases'
import { TestHost } from './testing/test-host'

const text = (contents: string): NarNode => {
  return { type: 'regular', executable: false, contents: Buffer.from(contents) }
}

/** A host that "builds": what a derivation is to give is said by its environment. */
class BuildingHost extends TestHost {
  readonly built: NeededOutput[] = []

  realise(needed: readonly NeededOutput[]): string[] {
    return needed.map(({ derivation, output }) => {
      this.built.push({ derivation, output })
      const { environment, outputs } = this.store.readDerivation(derivation)
      if (environment.get('fails') === '1') {
        throw new HostError(`builder for '${derivation}' failed with exit code 1`)
      }
      const path = outputs.get(output)!.path || `/nix/store/${'a'.repeat(32)}-floating`
      const tree: NarNode =
        environment.get('tree') === '1'
          ? {
              type: 'directory',
              entries: new Map([
                ['default.nix', text('{ y = 2; }')],
                ['x', text('text')],
              ]),
            }
          : text(environment.get('contents') ?? '')
      this.preloaded.addKnown([path])
      this.preloaded.provide(path, writeNar(tree))
      return path
    })
  }
}

const prelude = `
  with {
    make = attributes: derivation ({ name = "d"; system = "s"; builder = "b"; } // attributes);
  };
`

function evaluate(
  expression: string,
  settings: Partial<EvaluationSettings> = {},
  nativeLimit?: number,
): { value: string; host: BuildingHost } {
  const host = new BuildingHost()
  const options = nativeLimit === undefined ? { settings } : { settings, nativeLimit }
  const evaluator = new Evaluator(host, options)
  return { value: evaluateCase(evaluator, prelude + expression, '/test'), host }
}

describe.each([undefined, 0])('import from derivation, with a native limit of %s', (limit) => {
  it.each([
    ['import (make { contents = "{ a = 1; }"; })', '{ a = 1; }'],
    ['import (make { tree = true; })', '{ y = 2; }'],
    ['import "${make { tree = true; }}/default.nix"', '{ y = 2; }'],
    ['scopedImport { z = 3; } (make { contents = "z"; })', '3'],
    ['builtins.readFile (make { contents = "hello"; })', '"hello"'],
    ['builtins.readFile (make { tree = true; } + "/x")', '"text"'],
    ['builtins.readDir (make { tree = true; })', '{ "default.nix" = "regular"; x = "regular"; }'],
    ['builtins.readFileType "${make { tree = true; }}/x"', '"regular"'],
    ['builtins.pathExists "${make { tree = true; }}/x"', 'true'],
    ['builtins.pathExists "${make { tree = true; }}/none"', 'false'],
    ['builtins.hashFile "md5" (make { contents = ""; })', '"d41d8cd98f00b204e9800998ecf8427e"'],
    [
      'builtins.findFile [ { prefix = "p"; path = make { tree = true; }; } ] "p/x"',
      '/nix/store/lbd798iil0nkyq597hgb1z9j3407j925-d/x',
    ],
    [
      'builtins.readFile (builtins.path { name = "x"; path = "${make { tree = true; }}/x"; })',
      '"text"',
    ],
    [
      'builtins.readDir (builtins.filterSource (p: t: baseNameOf p == "x") (make { tree = true; }))',
      '{ x = "regular"; }',
    ],
  ])('%s', (expression, expected) => {
    const { value, host } = evaluate(expression, {}, limit)
    expect(value).toBe(expected)
    expect(host.built).toHaveLength(1)
  })

  it('builds only what is not there', () => {
    const expression = 'let d = make { contents = "1"; }; in import d + import "${d}"'
    const { value, host } = evaluate(expression, {}, limit)
    expect(value).toBe('2')
    expect(host.built).toHaveLength(1)
  })

  it('puts the paths of floating outputs in place of what stands for them', () => {
    const settings = { experimentalFeatures: featuresOf(['ca-derivations']) }
    const expression = 'import "${make { __contentAddressed = true; tree = true; }}/default.nix"'
    expect(evaluate(expression, settings, limit).value).toBe('{ y = 2; }')
  })

  it('is refused where the setting says so, and told where it is traced', () => {
    const refused = evaluate(
      'import (make { contents = "1"; })',
      { allowImportFromDerivation: false },
      limit,
    )
    expect(refused.value).toMatch(
      /^error: cannot build '\/nix\/store\/[0-9a-z]{32}-d.drv\^out' during evaluation because the option 'allow-import-from-derivation' is disabled$/,
    )
    expect(refused.host.built).toEqual([])
    const traced = evaluate(
      'import (make { contents = "1"; })',
      { traceImportFromDerivation: true },
      limit,
    )
    expect(traced.host.messages[0]).toMatch(
      /^warning: built '.*-d.drv\^out' during evaluation due to an import from derivation$/,
    )
  })

  it('may be read in pure evaluation', () => {
    const { value } = evaluate('builtins.readFile (make { contents = "x"; })', { pureEval: true })
    expect(value).toBe('"x"')
  })

  it('tells why a build failed, and where it was needed', () => {
    const host = new BuildingHost()
    const evaluator = new Evaluator(host, limit === undefined ? {} : { nativeLimit: limit })
    const expression = `${prelude} import (make { fails = true; })`
    try {
      evaluator.evaluateString(expression, { kind: 'string' }, '/test')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ kind: 'file' })
      const { text, frames } = error as { text: string; frames: { message: string }[] }
      expect(text).toMatch(/^builder for '.*-d.drv' failed with exit code 1$/)
      expect(frames[0].message).toMatch(/^while realising the context of path '.*-d'$/)
    }
  })

  it('is an error where nothing is written', () => {
    const evaluator = new Evaluator(new TestHost())
    const expression = `${prelude} import (make { })`
    expect(evaluateCase(evaluator, expression, '/test')).toMatch(
      /^error: path '\/nix\/store\/[0-9a-z]{32}-d.drv' is not valid$/,
    )
  })
})
