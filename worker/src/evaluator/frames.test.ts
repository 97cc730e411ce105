import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Position } from '../language/tree'
import { NixError } from './errors'
import { Evaluator } from './evaluator'
import { readCases } from './testing/evaluate-cases'
import { TestHost } from './testing/test-host'

const cases = readCases(readFileSync(new URL('frames.cases.txt', import.meta.url), 'latin1'))

/** An error and its frames in one line, as the cases write them. */
function tell(evaluator: Evaluator, expression: string): string {
  const at = (position: Position) => {
    const place = evaluator.positions.place(position)
    return place === null ? '' : ` @${place.column}`
  }
  try {
    evaluator.evaluateString(expression, { kind: 'string' }, '/test')
  } catch (error) {
    if (!(error instanceof NixError)) throw error
    const frames = error.frames.map(
      ({ message, position, visibility }) =>
        (visibility === 'detail' ? '(detail) ' : '') + message + at(position),
    )
    return [error.text + at(error.position), ...frames].join(' < ')
  }
  return 'no error'
}

describe.each([
  ['fast', {}],
  ['deep', { nativeLimit: 0 }],
] as const)('frames on the %s evaluator', (_, options) => {
  it.each(cases)('$expression', ({ expression, expected }) => {
    expect(tell(new Evaluator(new TestHost(), options), expression)).toBe(expected)
  })
})
