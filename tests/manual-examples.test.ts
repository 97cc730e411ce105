/** The examples of nixpkgs' manual: the same values and derivations in Snowglobe and in real Nix. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluatorsOfTests } from './evaluators'
import { withoutNix } from './real-nix'

const collection = join(import.meta.dirname, '../pkgs')
const [snowglobe, real] = evaluatorsOfTests()

/** Everything, with derivations as the paths of their files. */
const expression = `
  let
    inherit (import ${collection}/lib) isAttrs isDerivation isList mapAttrs;
    plain = value:
      if isDerivation value then value.drvPath
      else if isAttrs value then mapAttrs (_: plain) value
      else if isList value then map plain value
      else value;
  in plain (import ./manual-examples ${collection})`

interface Subject {
  evaluated: Record<string, unknown>
  built: Record<string, string>
}

function evaluate({ evaluate }: typeof snowglobe): Record<string, Subject> {
  const { stdout, stderr } = evaluate(expression, import.meta.dirname)
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout) as Record<string, Subject>
}

describe("what nixpkgs' manual shows", () => {
  const ours = evaluate(snowglobe)
  const evaluated = (subject: string) => ours[subject]?.evaluated

  it.skipIf(real === undefined)(
    `gives what it gives in real Nix${real === undefined ? ` (${withoutNix})` : ''}`,
    () => {
      expect(ours).toEqual(evaluate(real!))
    },
  )

  it('is so of attributes that refer to the finished ones, and of meta', () => {
    expect(evaluated('stdenv')).toMatchObject({
      finalAttrs: [['--with-feature']],
      passthru: ['package-cache-1', 'package-cache-setup', 'package-cache-setup'],
      meta: { exe: true, broken: false, unfree: false },
      portable: expect.stringMatching(/-renamed-1-1\.drv$/) as string,
    })
  })

  it('is so of overriding', () => {
    const overriding = evaluated('overriding')
    expect(overriding).toMatchObject({
      makeOverridable: [3, 6, 11],
      callPackages: { one: 'one', two: 'two' },
    })
    expect(overriding?.['override']).toBe(overriding?.['overrideByFunction'])
    expect(overriding?.['overrideBoth']).toBe(overriding?.['overrideTwice'])
  })

  it('is so of overlays: what depends on a changed package is another one, and nothing else', () => {
    expect(evaluated('overlays')).toMatchObject({
      dependents: [
        'bash',
        'bc',
        'cmatrix',
        'less',
        'lua5_4',
        'nano',
        'ncurses',
        'readline',
        'sl',
        'sqlite',
        'units',
      ],
      dependentsOfZlib: ['file', 'libpng', 'sqlite', 'tcl', 'zlib'],
      composed: 3,
      appended: 2,
      usesFinal: 'later',
      packageOverrides: expect.stringMatching(/^hullo-/) as string,
    })
  })

  it('is so of shells, modules and images', () => {
    expect(evaluated('shells')).toMatchObject({ shellHook: 'export DEBUG=1\n' })
    expect(evaluated('modules')).toMatchObject({
      config: { greeting: 'from example.org by args', settings: { port: 80 }, lines: 'first' },
      extended: { settings: { port: 8080, on: true }, lines: 'first\nsecond', choice: 'b' },
      asType: 'inner',
      wrongChoice: false,
    })
    expect(evaluated('docker')).toMatchObject({
      names: ['redis', 'latest', 'latest'],
      tags: [true, true],
      refused: [false, false, false, true],
    })
    expect(evaluated('fetchers')).toMatchObject({ withoutHash: false, withLfs: false })
  })
})
