/** A whole line of a builder's output, or what setup hooks say in one. */
export type LogLine =
  | { kind: 'text'; derivation: string; text: string }
  | { kind: 'phase'; derivation: string; phase: string }

const hookMessage = /^@nix (\{.*\})\r?$/

/**
 * Cuts builders' output into lines, derivation by derivation: pieces of several builders arrive
 * mixed, and a piece may end anywhere. Setup hooks' `@nix {…}` lines become phases.
 */
export class LogLines {
  private readonly unfinished = new Map<string, string>()

  /** The lines that this piece completes. */
  add(derivation: string, text: string): LogLine[] {
    const pieces = ((this.unfinished.get(derivation) ?? '') + text).split('\n')
    this.unfinished.set(derivation, pieces.pop()!)
    return pieces.flatMap((line) => lineOf(derivation, line))
  }

  /** What the builders left without a line break. */
  end(): LogLine[] {
    const rest = [...this.unfinished].filter(([, text]) => text !== '')
    this.unfinished.clear()
    return rest.flatMap(([derivation, text]) => lineOf(derivation, text))
  }
}

function lineOf(derivation: string, line: string): LogLine[] {
  const message = hookMessage.exec(line)
  if (message === null) return [{ kind: 'text', derivation, text: line.replace(/\r$/, '') }]
  const phase = phaseOf(message[1]!)
  // Other things hooks say (progress, counts) are not for reading.
  return phase === null ? [] : [{ kind: 'phase', derivation, phase }]
}

function phaseOf(json: string): string | null {
  try {
    const said: unknown = JSON.parse(json)
    if (typeof said !== 'object' || said === null) return null
    const { action, phase } = said as { action?: unknown; phase?: unknown }
    return action === 'setPhase' && typeof phase === 'string' ? phase : null
  } catch {
    return null
  }
}
