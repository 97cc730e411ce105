import type { Problem } from '@snowglobe/worker/browser/api'
import type { BuildProgress } from './build-progress'

/** What Problems lists of a build: why it failed, with the builder's last lines. */
export function problemsOfBuild(progress: BuildProgress | null): Problem[] {
  if (progress === null) return []
  const { failure, reason, problems } = progress
  if (failure !== null) {
    const { kind, message, derivation, lastLines } = failure
    return [problem(`build-${kind}`, message, derivation, textOf(message, lastLines))]
  }
  if (problems.length > 0 || reason === null) return problems
  return [problem('not-buildable', reason, null, `error: ${reason}`)]
}

function problem(code: string, message: string, place: string | null, text: string): Problem {
  return { severity: 'error', code, message, range: null, place, frames: [], text }
}

/** As nix-build says it. */
function textOf(message: string, lastLines: readonly string[]): string {
  if (lastLines.length === 0) return `error: ${message}`
  const lines = lastLines.map((line) => `       > ${withoutEscapes(line)}`)
  return [`error: ${message};`, `       last ${lastLines.length} log lines:`, ...lines].join('\n')
}

/** Text without terminal colours: only the terminal shows them. */
export function withoutEscapes(text: string): string {
  return text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')
}
