/** What is told about the starter collection: for search, and beside what is being typed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtinDocumentation } from '../../worker/src/evaluator/builtin-documentation'
import {
  describeLibrary,
  positionsExpression,
  type AttributePosition,
} from '../../worker/src/intelligence/library-functions'
import {
  collectionExpression,
  describeBuiltins,
  describeFunctions,
  describePackages,
  type CollectionFacts,
} from '../../worker/src/intelligence/package-documentation'
import { programOf } from '../../web/src/reference/example-code'
import { evaluatorsOfTests } from '../evaluators'
import { library } from './examples'

const [snowglobe] = evaluatorsOfTests()

const evaluate = (expression: string): unknown =>
  JSON.parse(snowglobe.evaluate(expression, library).stdout)
const read = (file: string) => readFileSync(file, 'utf8')

describe('the functions of lib', () => {
  const positions = evaluate(positionsExpression(`import ${library}`)) as AttributePosition[]
  const functions = describeLibrary(positions, read)
  const find = (name: string) => functions.find(({ names }) => names.includes(name))

  it('are found by their long and their short names', () => {
    expect(find('lib.last')).toBe(find('lib.lists.last'))
    expect(find('lib.path.subpath.join')?.type).toBe('[subpath] -> subpath')
    expect(find('lib.systems.parse.mkSystemFromString')?.file).toBe(
      join(library, 'systems/parse/default.nix'),
    )
  })

  it('tell where they stand', () => {
    const found = find('lib.evalModules')
    const line = readFileSync(found?.file ?? '', 'utf8').split('\n')[(found?.line ?? 0) - 1]
    expect(line).toBe('  evalModules =')
  })

  it('are all there is, but for what Nix has built in', () => {
    const known = new Set(functions.flatMap(({ names }) => names))
    const names = evaluate(`
      let lib = import ${library}; in
      builtins.filter
        (name: builtins.isFunction lib.\${name} && !(builtins ? \${name}))
        (builtins.attrNames lib)`) as string[]
    expect(names.length).toBeGreaterThan(300)
    // `makeExtensible` has made them: they stand nowhere.
    expect(names.filter((name) => !known.has(`lib.${name}`))).toEqual(['__unfix__', 'extend'])
  })
})

describe('examples that read files', () => {
  const functions = describeLibrary(
    evaluate(positionsExpression(`import ${library}`)) as AttributePosition[],
    read,
  )
  const cases = functions.flatMap(({ names, examples }) =>
    examples.flatMap(({ expression, result }) =>
      'value' in result && programOf(expression).includes('(<nixpkgs/lib> + ')
        ? [{ name: names[0]!, program: programOf(expression), value: programOf(result.value) }]
        : [],
    ),
  )

  it('find them wherever they are tried', () => {
    expect(cases.length).toBeGreaterThan(20)
    const checks = cases.map(
      ({ name, program, value }) => `{ name = "${name}"; ok = (${program}) == (${value}); }`,
    )
    const differ = evaluate(`
      let
        __nixPath = [ { prefix = "nixpkgs"; path = "${join(library, '..')}"; } ];
        lib = import <nixpkgs/lib>;
      in
      builtins.filter ({ ok, ... }: !ok) [ ${checks.join('\n')} ]`)
    expect(differ).toEqual([])
  })
})

describe('the packages of the collection', () => {
  const collection = join(library, '..')
  const facts = evaluate(
    collectionExpression(`import ${collection} { system = "x86_64-linux"; }`),
  ) as CollectionFacts
  const packages = describePackages(facts)

  it('are all that have a directory, each with version, description, licence and place', () => {
    const names = readdirSync(join(collection, 'packages'))
    const known = new Map(packages.map((entry) => [entry.name, entry]))
    expect(names.filter((name) => !known.has(name))).toEqual([])
    for (const name of names) {
      const { version, description, licenses, platforms, file, line } = known.get(name)!
      expect({ name, version, description, licenses, file, line }).toEqual({
        name,
        version: expect.stringMatching(/\d/) as string,
        description: expect.stringMatching(/[^.]$/) as string,
        licenses: expect.arrayContaining([expect.objectContaining({ free: true })]) as object[],
        file: expect.stringContaining(`/packages/${name}/`) as string,
        line: expect.any(Number) as number,
      })
      expect(platforms).toContain('x86_64-linux')
    }
  })

  it('come with what lib passes on of the builtins', () => {
    const found = describeBuiltins(facts, builtinDocumentation.values(), [])
    const inLib = (name: string) => found.find((entry) => entry.name === name)?.inLib
    expect(inLib('head')).toEqual(['lib.head', 'lib.lists.head', 'lib.strings.head'])
    expect(inLib('import')).toEqual([])
  })

  const files = ['build-support', 'stdenv', 'top-level'].flatMap((folder) =>
    readdirSync(join(collection, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.nix'))
      .map((file) => join(collection, folder, file)),
  )
  const functions = describeFunctions(facts, files, read)

  it('are joined by the functions that make some, each with a type and an example', () => {
    /** Variants of others, and the collection's own. */
    const untold = ['appendOverlays', 'callPackages', 'extend', 'mkShellNoCC', 'newScope']
    const told = functions
      .filter(({ type, examples }) => type !== null && examples.length > 0)
      .map(({ name }) => name)
    expect(facts.functions.filter((name) => !told.includes(name))).toEqual(untold)
    expect(functions.find(({ name }) => name === 'mkDerivation')).toMatchObject({
      names: ['pkgs.stdenv.mkDerivation', 'pkgs.mkDerivation'],
      file: join(collection, 'stdenv/make-derivation.nix'),
    })
  })

  it('have functions whose examples give what they say', () => {
    const checks = functions.flatMap(({ name, examples }) =>
      examples.flatMap(({ expression, result }) =>
        'value' in result
          ? `{ name = "${name}"; value = ${expression}; ok = (${expression}) == (${result.value}); }`
          : [],
      ),
    )
    const differ = evaluate(`
      let pkgs = import ${collection} { system = "x86_64-linux"; }; inherit (pkgs) lib; in
      builtins.filter ({ ok, ... }: !ok) [ ${checks.join('\n')} ]`)
    expect(differ).toEqual([])
  })
})
