import { describe, expect, it } from 'vitest'
import type { Derivation } from '@snowglobe/shared/derivation'
import { findDerivations } from '../commands/find-derivations'
import { AttributeSet } from '../evaluator/attribute-set'
import { Evaluator } from '../evaluator/evaluator'
import { TestHost } from '../evaluator/testing/test-host'
import { forecastBuild } from './build-forecast'
import { explainBuilds, type BuildReason, type Known } from './explain-builds'
import { packageName } from './pair-by-name'

/** A small collection: `app` needs `png`, which needs `zlib`; all need `tool` to be built. */
const collection = `rec
  {
    tool = derivation { name = "tool-1"; system = "s"; builder = "b"; };
    make = attributes: derivation ({ system = "s"; builder = "\${packages.tool}/sh"; } // attributes);
    source = derivation {
      name = "zlib.tar.gz"; system = "builtin"; builder = "builtin:fetchurl"; urls = [ "x" ];
      outputHashMode = "flat"; outputHashAlgo = "sha256";
      outputHash = "0000000000000000000000000000000000000000000000000000000000000000";
    };
    zlib = packages.make { name = "zlib-1.2"; version = "1.2"; src = packages.source; patches = [ ]; outputs = [ "out" "dev" ]; };
    png = packages.make { name = "png-1.6"; buildInputs = [ packages.zlib.dev ]; };
    app = packages.make { name = "app-2"; buildInputs = [ packages.png ]; script = "one\\ntwo\\n"; };
    other = packages.make { name = "other-1"; };
  }`
const host = new TestHost('/test', [{ path: 'fix.patch', contents: 'x' }])
const evaluator = new Evaluator(host)

/** Paths of derivations, by name, in the collection with some packages changed. */
function instantiate(changed: string, names: readonly string[]): string[] {
  return evaluator.run(() =>
    names.map((name) => {
      const text = `let packages = ${collection} // (${changed}); in packages.${name}`
      const value = evaluator.evaluateString(text, { kind: 'string' }, '/test')
      return findDerivations(evaluator, value, AttributeSet.empty)[0]!.drvPath
    }),
  )
}

const read = (path: string) => host.store.readDerivation(path)

/** All that a derivation is made from, itself last. */
function closure(path: string, found = new Map<string, Derivation>()): Map<string, Derivation> {
  const derivation = read(path)
  for (const input of derivation.inputDerivations.keys()) closure(input, found)
  return found.set(path, derivation)
}

/** The reasons to build `app` and what it needs, by package, where only the collection as it was is there. */
function reasons(changed: string, known = ['app', 'png', 'zlib', 'tool']): Record<string, unknown> {
  const before = instantiate('{ }', known)
  const there = new Set<string>()
  for (const path of instantiate('{ }', ['app', 'tool']))
    for (const derivation of closure(path).values())
      for (const output of derivation.outputs.values()) there.add(output.path)
  const [app] = instantiate(changed, ['app'])
  const derivations = closure(app!)
  const wanted = [{ derivation: app!, output: 'out' }]
  const forecast = forecastBuild(wanted, derivations, (path) => !there.has(path))
  const toBuild = [...derivations.keys()].filter((path) => forecast.get(path) === 'build')
  const channel: Known = {
    origin: 'channel',
    byPackage: new Map(before.map((path) => [packageName(read(path).name), path])),
    closure: new Set(before.flatMap((path) => [...closure(path).keys()])),
  }
  return named(explainBuilds(toBuild, [channel], read))
}

function named(found: ReadonlyMap<string, BuildReason>): Record<string, unknown> {
  const brief = (reason: BuildReason) => {
    if (reason.kind !== 'changed') return reason.kind
    return reason.changes.map(({ what, name, change, removed, added }) =>
      [what, name, change, ...removed.map((word) => `-${word}`), ...added.map((word) => `+${word}`)]
        .filter((word) => word !== '')
        .join(' '),
    )
  }
  return Object.fromEntries(
    [...found].map(([path, reason]) => [packageName(read(path).name), brief(reason)]),
  )
}

describe('why something has to be built', () => {
  it('is a change of its own, and for what depends on it that change', () => {
    expect(
      reasons(`{ zlib = packages.make { name = "zlib-1.2"; version = "1.2"; src = packages.source;
        patches = [ ./fix.patch ]; outputs = [ "out" "dev" ]; }; }`),
    ).toEqual({
      zlib: ['attribute patches changed +fix.patch'],
      png: ['input zlib-1.2 changed'],
      app: ['input png-1.6 changed'],
    })
  })

  it('is found for inputs that are known by no name of their own', () => {
    const changed = `{ zlib = packages.make { name = "zlib-1.3"; version = "1.3"; src = packages.source;
      patches = [ ]; outputs = [ "out" "dev" ]; }; }`
    expect(reasons(changed, ['app'])).toEqual({
      zlib: ['attribute version changed -1.2 +1.3'],
      png: ['input zlib-1.3 changed'],
      app: ['input png-1.6 changed'],
    })
  })

  it('names words and lines of attributes, packages by their names', () => {
    expect(
      reasons(`{ app = packages.make { name = "app-2"; buildInputs = [ packages.png packages.other ];
        script = "one\\nthree\\n"; flag = true; }; }`),
    ).toEqual({
      app: [
        'attribute buildInputs changed +other-1',
        'attribute flag added +1',
        'attribute script changed -two +three',
      ],
      other: 'new',
    })
  })

  it('is the tool that everything is built with, where that is another one', () => {
    const all = reasons(
      `{ tool = derivation { name = "tool-1"; system = "s"; builder = "b"; x = 1; }; }`,
    )
    expect(all).toEqual({
      tool: ['attribute x added +1'],
      zlib: ['input tool-1 changed'],
      png: ['input tool-1 changed', 'input zlib-1.2 changed'],
      app: ['input png-1.6 changed', 'input tool-1 changed'],
    })
  })

  it('is that it was never built, where it is the one that is known', () => {
    const [app] = instantiate('{ }', ['app'])
    const made = closure(app!)
    const known: Known = { origin: 'before', byPackage: new Map(), closure: made }
    const toBuild = [...made.keys()]
    expect(named(explainBuilds(toBuild, [known], read))).toMatchObject({
      app: 'not-built',
      tool: 'not-built',
    })
  })

  it('is not sought in a package that has its name, where the channel uses it as it is', () => {
    // Both are called zlib; only one of them is the package of that name.
    const [zlib] = instantiate('{ }', ['zlib'])
    const inside = instantiate(
      `{ tool = derivation { name = "zlib-0"; system = "s"; builder = "b"; }; }`,
      ['tool'],
    )
    const known: Known = {
      origin: 'channel',
      byPackage: new Map([['zlib', zlib!]]),
      closure: new Set([zlib!, ...inside]),
    }
    expect(named(explainBuilds(inside, [known], read))).toEqual({ zlib: 'not-built' })
  })

  it('names own outputs in attributes', () => {
    const make = (flags: string) =>
      instantiate(`{ app = packages.make { name = "app-2"; flags = ${flags}; }; }`, ['app'])[0]!
    const before = make('"--a"')
    const known: Known = {
      origin: 'before',
      byPackage: new Map([['app', before]]),
      closure: new Set([before]),
    }
    const after = make('"--a --prefix=${placeholder "out"}"')
    expect(named(explainBuilds([after], [known], read))).toEqual({
      app: ['attribute flags changed +--prefix=$out'],
    })
  })

  it('is told by structured attributes as by others', () => {
    const make = (value: string) =>
      instantiate(
        `{ app = packages.make { name = "app-2"; __structuredAttrs = true; ${value} }; }`,
        ['app'],
      )[0]!
    const [before, after] = [make('list = [ "a" ];'), make('list = [ "a" "b" ]; n = 1;')]
    const known: Known = {
      origin: 'before',
      byPackage: new Map([['app', before]]),
      closure: new Set([before]),
    }
    expect(named(explainBuilds([after], [known], read))).toEqual({
      app: ['attribute list changed +b', 'attribute n added +1'],
    })
  })
})

describe('what a build will take', () => {
  it('is what is missing; sources are fetched, and what only needs what is there is left out', () => {
    const [app, zlib] = instantiate('{ }', ['app', 'zlib'])
    const derivations = closure(app!)
    const there = new Set([...read(zlib!).outputs.values()].map(({ path }) => path))
    const forecast = (isMissing: (path: string) => boolean) =>
      Object.fromEntries(
        [...forecastBuild([{ derivation: app!, output: 'out' }], derivations, isMissing)].map(
          ([path, what]) => [read(path).name, what],
        ),
      )
    expect(forecast(() => true)).toEqual({
      'tool-1': 'build',
      'zlib.tar.gz': 'fetch',
      'zlib-1.2': 'build',
      'png-1.6': 'build',
      'app-2': 'build',
    })
    expect(forecast((path) => !there.has(path))).toMatchObject({
      'zlib-1.2': 'present',
      'zlib.tar.gz': 'unneeded',
      'tool-1': 'build',
    })
    expect(forecast(() => false)).toMatchObject({ 'app-2': 'present', 'png-1.6': 'unneeded' })
  })
})
