/**
 * Tests in text files: lines `expression ==> value as nix-instantiate --eval --strict prints it`, or
 * `expression ==> error: message`; newlines in messages are written `\n`. Lines that begin with `#`
 * and empty ones are comments.
 *
 * The directory that expressions are evaluated in, with the files given, is `/test` in values.
 *
 * Each case is run on the fast evaluator and wholly on the deep one, and values are compared with
 * what real Nix prints, if it is installed. A case that it is too old for begins with `(today) `.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { MemoryFile } from '../../store/memory-accessor'
import { NixSyntaxError } from '../../language/syntax-error'
import { NixError } from '../errors'
import { featuresOf } from '../evaluation-settings'
import { Evaluator } from '../evaluator'
import { printAmbiguous } from '../print-value'
import { TestHost } from './test-host'

interface Case {
  expression: ByteString
  expected: ByteString
  /** Real Nix 2.8 says something else. */
  today: boolean
}

/** What cases write for the directory they are evaluated in. */
const shownDirectory = '/test'
const separator = ' ==> '
const mark = '(today) '

/** The cases in a text. Throws where a line is none. */
export function readCases(text: ByteString): Case[] {
  const cases: Case[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const today = line.startsWith(mark)
    const end = line.lastIndexOf(separator)
    if (end < 0) throw new Error(`a case without '${separator}': ${line}`)
    cases.push({
      expression: line.slice(today ? mark.length : 0, end),
      expected: line.slice(end + separator.length),
      today,
    })
  }
  return cases
}

/** What a case's expression gives: the printed value or `error: …`. */
export function evaluateCase(
  evaluator: Evaluator,
  expression: ByteString,
  directory: ByteString,
): ByteString {
  try {
    const value = evaluator.evaluateString(expression, { kind: 'string' }, directory)
    return printAmbiguous(evaluator.forceDeep(value))
  } catch (error) {
    if (error instanceof NixError) return `error: ${error.text}`.replaceAll('\n', '\\n')
    if (error instanceof NixSyntaxError) return `error: ${error.message}`.replaceAll('\n', '\\n')
    throw error
  }
}

export interface CaseOptions {
  /** Files that the expressions may read, relative to the directory they are evaluated in. */
  files?: readonly MemoryFile[]
  /** Experimental features that are enabled, in real Nix as far as it knows them, too. */
  features?: readonly string[]
}

/** Declares the tests of the file `name` beside the module `url`. */
export function testCases(
  url: string,
  name: string,
  { files = [], features = [] }: CaseOptions = {},
): void {
  const cases = readCases(readFileSync(new URL(name, url), 'latin1'))
  describe(name, () => {
    let temporary = ''
    let directory = ''
    beforeAll(() => {
      temporary = mkdtempSync(join(tmpdir(), 'cases-'))
      directory = join(temporary, 'files')
      mkdirSync(directory)
      for (const { path, contents, executable } of files) {
        const real = join(directory, path)
        mkdirSync(dirname(real), { recursive: true })
        const bytes = typeof contents === 'string' ? Buffer.from(contents, 'latin1') : contents
        writeFileSync(real, bytes, { mode: executable === true ? 0o755 : 0o644 })
      }
    })
    afterAll(() => removeTree(temporary))

    for (const [engine, options] of [
      ['fast', {}],
      ['deep', { nativeLimit: 0 }],
    ] as const) {
      describe(`on the ${engine} evaluator`, () => {
        let evaluator: Evaluator
        beforeAll(() => {
          const host = new TestHost(utf8ToByteString(directory), files)
          const settings = { experimentalFeatures: featuresOf(features) }
          evaluator = new Evaluator(host, { ...options, settings })
        })
        it.each(cases)('$expression', ({ expression, expected }) => {
          const found = evaluateCase(evaluator, expression, directory)
          expect(found.replaceAll(directory, shownDirectory)).toBe(expected)
        })
      })
    }

    it.skipIf(!existsSync('/usr/bin/nix-instantiate'))('agrees with real Nix', () => {
      const comparable = cases.filter(({ expected, today }) => !today && !isError(expected))
      const printed = execFileSync(
        'nix-instantiate',
        [
          ...['--eval', '--strict', '--read-write-mode', '--option', 'system', 'x86_64-linux'],
          ...['--store', join(temporary, 'root')],
          ...['--experimental-features', features.join(' ')],
          ...['--expr', ...comparable.map(({ expression }) => argument(expression))],
        ],
        {
          cwd: directory,
          encoding: 'latin1',
          stdio: 'pipe',
          env: { PATH: process.env.PATH, HOME: '/home/test', NIX_PATH: '' },
        },
      )
      const expected = comparable.map(({ expected }) => expected)
      const lines = printed.trimEnd().replaceAll(directory, shownDirectory).split('\n')
      expect(lines).toEqual(expected)
    })
  })
}

/** Removes a directory with what is read-only in it. */
function removeTree(directory: string): void {
  execFileSync('chmod', ['-R', 'u+w', directory])
  rmSync(directory, { recursive: true })
}

function isError(expected: ByteString): boolean {
  return expected.startsWith('error: ')
}

/** Arguments of processes are text, which Node writes as UTF-8. */
function argument(expression: ByteString): string {
  return Buffer.from(expression, 'latin1').toString()
}
