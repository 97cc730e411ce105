/** Random expressions on both evaluators and on real Nix. */
import { runCommand } from './command'
import { RandomExpressions } from './random-expressions'
import { RealNix } from './real-evaluation'

export interface FuzzResult {
  /** Expressions that evaluate, and that fail, on all three. */
  values: number
  failures: number
  problems: string[]
}

/** Compares `count` expressions of a seed. Failures must be failures everywhere, whatever is said. */
export async function fuzz(count: number, seed: number): Promise<FuzzResult> {
  const random = new RandomExpressions(seed)
  const expressions = Array.from({ length: count }, () => random.next())
  const real = new RealNix()
  const result: FuzzResult = { values: 0, failures: 0, problems: [] }
  try {
    const expected = real.evaluate(expressions)
    for (const [index, expression] of expressions.entries()) {
      const [fast, deep] = [await evaluate(expression), await evaluate(expression, 0)]
      if (fast.value !== deep.value || fast.errors !== deep.errors) {
        result.problems.push(
          `the two evaluators differ: ${expression}\n${show(fast)}\n${show(deep)}`,
        )
      } else if (fast.value !== expected[index]) {
        const there = expected[index] ?? 'a failure'
        result.problems.push(`${expression}\n  Nix: ${there}\n  here: ${show(fast)}`)
      } else if (fast.value === null) result.failures++
      else result.values++
    }
  } finally {
    real.close()
  }
  return result
}

interface Evaluation {
  value: string | null
  errors: string
}

function show({ value, errors }: Evaluation): string {
  return value ?? errors
}

async function evaluate(expression: string, nativeLimit?: number): Promise<Evaluation> {
  const { status, output, errors } = await runCommand({
    args: ['--eval', '--strict', '--show-trace', '--expr', expression],
    workingDirectory: '/',
    ...(nativeLimit === undefined ? {} : { nativeLimit }),
  })
  return { value: status === 0 ? output.trimEnd() : null, errors }
}
