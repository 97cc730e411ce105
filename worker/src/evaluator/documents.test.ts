import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Evaluator } from './evaluator'
import { toJson } from './json'
import { TestHost } from './testing/test-host'
import { toXml } from './xml'

const source = `let d = { type = "derivation"; drvPath = "/d.drv"; outPath = "/o"; }; in {
  f = a: b: a;
  g = args@{ y, x ? 1, ... }: x;
  list = [ 1 (1 + 1) "s" ];
  nested.attribute = d;
  again = d;
}
`

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'documents-'))
  writeFileSync(join(directory, 'values.nix'), source)
  writeFileSync(join(directory, 'data.txt'), 'data\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

function evaluator(options = {}): Evaluator {
  const files = [
    { path: 'values.nix', contents: source },
    { path: 'data.txt', contents: 'data\n' },
  ]
  return new Evaluator(new TestHost(directory, files), options)
}

function realNix(...args: string[]): string {
  const store = ['--store', join(directory, 'store')]
  return execFileSync('nix-instantiate', ['--eval', '--read-write-mode', ...store, ...args], {
    cwd: directory,
    encoding: 'latin1',
    stdio: 'pipe',
  })
}

const withNix = it.skipIf(!existsSync('/usr/bin/nix-instantiate'))

describe('XML', () => {
  for (const [strict, location] of [
    [true, true],
    [true, false],
    [false, true],
  ]) {
    const how = `${strict ? 'strict' : 'lazy'}, ${location ? 'with' : 'without'} locations`
    withNix(`is what real Nix prints, ${how}`, () => {
      const ours = evaluator()
      const value = ours.evaluateFile(`${directory}/values.nix`)
      const flags = [...(strict ? ['--strict'] : []), ...(location ? [] : ['--no-location'])]
      expect(toXml(ours, value, { strict, location })).toBe(
        realNix('--xml', ...flags, 'values.nix'),
      )
    })
  }
})

describe('JSON', () => {
  withNix('copies paths to the store that real Nix copies them to', () => {
    for (const nativeLimit of [0, 200]) {
      const ours = evaluator({ nativeLimit })
      const value = ours.evaluateString('{ a = [ ./data.txt ]; }', { kind: 'string' }, directory)
      const json = toJson(ours, value, true)
      expect(json).toBe(realNix('--strict', '--json', '-E', '{ a = [ ./data.txt ]; }').trimEnd())
      expect(ours.host.store.isValidPath(JSON.parse(json).a[0])).toBe(true)
    }
  })

  it('refuses what is not evaluated yet, unless it is strict', () => {
    const ours = evaluator()
    const value = ours.evaluateString('{ a = 1 + 1; }', { kind: 'string' }, directory)
    expect(() => toJson(ours, value, false)).toThrow('cannot convert a thunk to JSON')
    expect(toJson(ours, value, true)).toBe('{"a":2}')
    expect(toJson(ours, value, false)).toBe('{"a":2}')
  })

  it('says which byte of a string is not UTF-8, when all has been evaluated', () => {
    const ours = evaluator()
    const strings: [string, string][] = [
      ['_invalid UTF-8: \xff_', 'invalid UTF-8 byte at index 16: 0xFF'],
      ['\xed\xa0\x80', 'invalid UTF-8 byte at index 1: 0xA0'],
      ['a\xe2\x82', 'incomplete UTF-8 string; last byte: 0x82'],
    ]
    for (const [text, problem] of strings) {
      expect(() => toJson(ours, [text], true)).toThrow(
        `JSON serialization error: [json.exception.type_error.316] ${problem}`,
      )
    }
    const thrown = ours.evaluateString('x: [ x (throw "later") ]', { kind: 'string' }, directory)
    expect(() => toJson(ours, ours.call(thrown, '\xff'), true)).toThrow('later')
  })

  it('tells of a string that is too long for JavaScript', () => {
    const long = 'builtins.foldl\' (s: _: s + s) "0123456789abcdef" (builtins.genList (n: n) 30)'
    expect(() => evaluator().evaluateString(long, { kind: 'string' }, directory)).toThrow(
      'a string of more than half a gigabyte cannot be made here',
    )
  })

  it('tells the way to an error', () => {
    const ours = evaluator()
    const value = ours.evaluateString(
      '{ a = [ 1 { b = throw "deep"; } ]; }',
      { kind: 'string' },
      directory,
    )
    try {
      toJson(ours, value, true)
      expect.unreachable()
    } catch (error) {
      const frames = (error as { frames: { message: string }[] }).frames.map((f) => f.message)
      expect(frames).toEqual([
        "while calling the 'throw' builtin",
        "while evaluating attribute 'b'",
        'while evaluating list element at index 1',
        "while evaluating attribute 'a'",
      ])
    }
  })
})
