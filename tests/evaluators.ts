/** Evaluators whose answers tests compare: Snowglobe's own, and real Nix where it is installed. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { nixVersion, storeEnvironment } from './real-nix'

const snowglobe = join(import.meta.dirname, '../backend/bin/nix-instantiate')

export interface Evaluated {
  status: number | null
  stdout: string
  stderr: string
}

export interface EvaluatorOfTests {
  name: string
  /** Evaluates strictly to JSON. Paths in the expression are relative to `directory`. */
  evaluate(expression: string, directory: string): Evaluated
}

/**
 * The evaluators, each with the same empty store, which is gone after the tests of the file that
 * called this.
 */
export function evaluatorsOfTests(): [EvaluatorOfTests, ...EvaluatorOfTests[]] {
  const store = mkdtempSync(join(tmpdir(), 'snowglobe-evaluators-'))
  afterAll(() => rmSync(store, { recursive: true, force: true }))
  const env = storeEnvironment(store)
  const evaluator = (name: string, command: string): EvaluatorOfTests => ({
    name,
    evaluate(expression, directory) {
      const args = ['--eval', '--strict', '--json', '--read-write-mode', '-']
      const { status, stdout, stderr } = spawnSync(command, args, {
        cwd: directory,
        env,
        input: expression,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      })
      return { status, stdout: stdout.trim(), stderr: plainText(stderr) }
    },
  })
  const real = nixVersion === null ? [] : [evaluator(nixVersion, 'nix-instantiate')]
  return [evaluator('Snowglobe', snowglobe), ...real]
}

/** Without colours, and with single spaces, since messages are wrapped in different ways. */
export function plainText(text: string): string {
  return text.replaceAll(/\x1b\[[0-9;]*m/g, '').replaceAll(/\s+/g, ' ')
}
