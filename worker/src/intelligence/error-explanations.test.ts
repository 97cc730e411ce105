import { describe, expect, it } from 'vitest'
import { problemsOf } from '../browser/problems'
import { Evaluator } from '../evaluator/evaluator'
import { TestHost } from '../evaluator/testing/test-host'
import { errorExplanations, explanationOf } from './error-explanations'

/** What evaluating a program, with all it holds, gives: its first problem, or null. */
function problemOf(program: string) {
  const evaluator = new Evaluator(new TestHost())
  try {
    evaluator.forceDeep(evaluator.evaluateString(program, { kind: 'string' }, '/test'))
    return null
  } catch (error) {
    return problemsOf(error, { positions: evaluator.positions, directory: '/test' })[0]
  }
}

describe('an explanation', () => {
  it('is there for the twenty errors that people meet most', () => {
    expect(errorExplanations.length).toBeGreaterThanOrEqual(20)
    expect(explanationOf('internal', 'the evaluator itself has failed')).toBeNull()
  })

  for (const explanation of errorExplanations) {
    const { example, repair } = explanation
    it(`of ${example} is found for it, and what mends it does`, () => {
      const problem = problemOf(example)
      expect(problem).not.toBeNull()
      expect(`${problem!.code}: ${problem!.message}`).toMatch(new RegExp(`^${explanation.code}: `))
      expect(explanationOf(problem!.code, problem!.message)).toBe(explanation)
      expect(problemOf(repair)).toBeNull()
    })
  }
})
