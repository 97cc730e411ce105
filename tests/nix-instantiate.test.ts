/** The command nix-instantiate takes the arguments of real Nix's and answers the same. */
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from './real-nix'

const ours = join(import.meta.dirname, '../backend/bin/nix-instantiate')

const program = `
{ a ? 1, b ? "x" }:
{
  sum = a + 1;
  text = b;
  list = [ 1 (2 + 1) ];
  nested.deep = { x = null; };
  f = { y, z ? 1, ... }@all: y;
  drv = derivation { name = "option-\${b}"; system = "x86_64-linux"; builder = "/bin/sh"; };
  drvs = [ (derivation { name = "one"; system = "x86_64-linux"; builder = "/bin/sh"; }) { two = 2; } ];
}
`
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-options-')))
const env = storeEnvironment(directory)
mkdirSync(join(directory, 'lib'))
writeFileSync(join(directory, 'default.nix'), program)
writeFileSync(join(directory, 'lib', 'default.nix'), '{ name = "lib"; file = ./default.nix; }')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Real Nix warns of a machine without its users. */
const alone = ['--option', 'build-users-group', '']

function run(command: string, args: string[], more: { input?: string; NIX_PATH?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: directory,
    env: { ...env, NIX_PATH: more.NIX_PATH ?? '' },
    input: more.input ?? '',
    encoding: 'utf8',
  })
  return { status, output: stdout.trimEnd(), stderr }
}

describe.skipIf(nixVersion === null)(`arguments, as ${nixVersion ?? withoutNix} takes them`, () => {
  it.each<[string, string[], { input?: string; NIX_PATH?: string }?]>([
    ['evaluates an expression', ['--eval', '-E', '1 + 2']],
    ['shows what is not evaluated', ['--eval', '-E', '{ a = 1; b = [ 1 ]; c = x: x; }']],
    [
      'evaluates everything if strict',
      ['--eval', '--strict', '-E', '{ a = 1 + 1; b = [ (2 * 3) ]; }'],
    ],
    ['marks what repeats', ['--eval', '--strict', '-E', 'let x = { a = x; }; in x']],
    ['escapes strings', ['--eval', '-E', '"a\\nb\\"\\${c}\\t"']],
    ['prints numbers', ['--eval', '--strict', '-E', '[ 1.5 (-3) 1.0e10 0.1 123456789012 ]']],
    ['prints JSON', ['--eval', '--strict', '--json', '-E', '{ b = [ 1 null true ]; a = "é\\n"; }']],
    [
      'prints the JSON of a set with outPath',
      ['--eval', '--json', '-E', '{ outPath = "x"; a = 1; }'],
    ],
    ['prints XML', ['--eval', '--strict', '--xml', '-E', '[ 1 "<&>" null true 1.5 ]']],
    ['prints the XML of functions and places', ['--eval', '--xml', '-A', 'f', 'default.nix']],
    ['prints the tree', ['--parse', '-E', 'a: with a; { b = c + 1; }.b or "x${a}"']],
    ['evaluates several', ['--eval', '-E', '1', '2 + 2']],
    ['reads standard input', ['--eval', '-'], { input: '{ a = 1; }.a' }],
    ['reads default.nix where nothing is named', ['--eval', '-A', 'sum']],
    ['reads the default.nix of a directory', ['--eval', './lib', '-A', 'name']],
    ['selects attributes', ['--eval', 'default.nix', '-A', 'text', '-A', 'sum']],
    ['selects in lists', ['--eval', '-A', 'list.1']],
    ['selects deep', ['--eval', '-A', 'nested.deep']],
    ['gives arguments', ['--eval', '-A', 'sum', '--arg', 'a', '40 + 1']],
    ['gives strings as arguments', ['--eval', '-A', 'text', '--argstr', 'b', '40 + 1']],
    ['looks in -I', ['--eval', '-I', 'here=.', '-E', '(import <here/lib>).name']],
    ['looks in every directory of -I', ['--eval', '-I', '.', '-E', '(import <lib>).name']],
    ['looks in NIX_PATH', ['--eval', '-E', '(import <l>).name'], { NIX_PATH: 'x=/nowhere:l=lib' }],
    ['finds files', ['--find-file', '-I', 'l=./lib', 'l/default.nix']],
    ['instantiates an attribute', ['-A', 'drv']],
    ['instantiates all that are in a list', ['-A', 'drvs.0']],
    [
      'instantiates a set of derivations',
      ['-E', 'let d = (import ./. { }).drv; in { b = d; a = d; }'],
    ],
    [
      'computes paths without writing them',
      ['--readonly-mode', '-A', 'drv', '--argstr', 'b', 'ro'],
    ],
    ['evaluates and writes if told to', ['--eval', '--read-write-mode', '-A', 'drv.drvPath']],
    ['takes options', ['--option', 'pure-eval', 'false', '--eval', '-E', '1']],
  ])('%s', (_, args, more) => {
    const { status, output, stderr } = run(ours, args, more)
    const real = run('nix-instantiate', args, more)
    expect(real.status, real.stderr).toBe(0)
    expect({ status, output }, stderr).toEqual({ status: 0, output: real.output })
  })

  it.each<[string, string[], string]>([
    ['an unknown flag', ['--nosuch'], "unrecognised flag '--nosuch'"],
    ['a missing file', ['--eval', 'nosuch.nix'], 'nosuch.nix'],
    [
      'a missing attribute',
      ['--eval', '-A', 'nosuch'],
      "attribute 'nosuch' in selection path 'nosuch' not found",
    ],
    ['what is no derivation', ['-E', '1'], 'does not evaluate to a derivation'],
    ['a throw', ['--eval', '-E', 'throw "boom"'], 'boom'],
    ['an undefined variable', ['--eval', '-E', 'let a = 1; in b'], "undefined variable 'b'"],
    [
      'a missing search path',
      ['--eval', '-E', '<nowhere>'],
      "file 'nowhere' was not found in the Nix search path",
    ],
    [
      'an infinite recursion',
      ['--eval', '-E', 'let x = x; in x'],
      'infinite recursion encountered',
    ],
  ])('refuses %s', (_, args, message) => {
    for (const command of ['nix-instantiate', ours]) {
      const { status, stderr } = run(command, args)
      expect(stderr, command).toContain(message)
      expect(status, command).toBe(1)
    }
  })

  it('shows the line, the column and a caret of a syntax error, as Nix does', () => {
    const [real, own] = ['nix-instantiate', ours].map((command) => {
      const { status, stderr } = run(command, ['--eval', '-E', '{\n  a = 1;\n  b = = 2;\n}'])
      const place = /at «string»:3:7:\n[^]*\^/.exec(stderr)
      // 2.8 puts an empty line before the code, today's Nix none.
      return { status, place: place?.[0].replaceAll('\n\n', '\n') }
    })
    expect(own!.place).toBeDefined()
    expect(own).toEqual(real)
  })

  it('makes the same roots', () => {
    const links = ['kept', 'kept-2'].map((name) => join(directory, name))
    const drvs = [...alone, '-A', 'drv', '-A', 'drvs.0']
    const [real, own] = ['nix-instantiate', ours].map((command) => {
      for (const link of links) rmSync(link, { force: true })
      const printed = run(command, ['--add-root', './lib/../kept', '--indirect', ...drvs])
      const { output } = run('nix-store', ['--gc', '--print-roots'])
      const targets = links.map((link) => readlinkSync(link))
      return { printed, roots: output, targets }
    })
    expect(own).toEqual(real)
    expect(own!.printed.output).toBe(links.join('\n'))
  })

  it('warns of derivations without roots, as Nix does', () => {
    for (const args of [[], ['--no-gc-warning'], ['--dry-run']]) {
      const [real, own] = ['nix-instantiate', ours].map((command) =>
        run(command, [...alone, '-A', 'drv', ...args]),
      )
      expect(own).toEqual(real)
    }
  })

  it('writes nothing in read-only mode', () => {
    run(ours, ['--readonly-mode', '-A', 'drv', '--argstr', 'b', 'never-written'])
    const written = readdirSync(join(directory, 'store'))
    expect(written.filter((name) => name.includes('never-written'))).toEqual([])
  })
})

describe('arguments that are newer than the Nix compared with', () => {
  it('prints a string as it is with --raw', () => {
    expect(run(ours, ['--eval', '--raw', '-E', '"a\\nb"']).output).toBe('a\nb')
  })

  it('refuses --raw for what is no string', () => {
    const { status, stderr } = run(ours, ['--eval', '--raw', '-E', '{ a = 1; }'])
    expect(stderr).toMatch(/cannot coerce a set to a string/)
    expect(status).toBe(1)
  })

  it('shows the way to an error with --show-trace', () => {
    const { stderr } = run(ours, [
      '--eval',
      '--show-trace',
      '-E',
      'let f = x: throw "boom"; in f 1',
    ])
    expect(stderr).toContain("while calling 'f'")
    expect(stderr).toContain('boom')
  })
})
