import type { Problem } from './api'

/** A problem that has no place in a program. */
export function plainProblem(code: string, message: string): Problem {
  return {
    severity: 'error',
    code,
    message,
    range: null,
    place: null,
    frames: [],
    text: `error: ${message}`,
  }
}
