import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import { Interruption } from '../evaluator/errors'
import type { NeededOutput } from '../evaluator/host'
import { baseDerivation } from '../evaluator/string-context'

/**
 * Outputs of derivations are needed that have to be built first (import from derivation). Whoever
 * began the evaluation has them built and begins it again; what it has found out so far is kept.
 */
export class MissingOutputs extends Interruption {
  override name = 'MissingOutputs'

  constructor(readonly needed: readonly NeededOutput[]) {
    super(`outputs of ${namesOf(needed)} have to be built`)
  }
}

/** The names of derivations, for people: `'a' and 'b'`. */
export function namesOf(needed: readonly NeededOutput[]): string {
  const names = needed.map(({ derivation }) => {
    const base = baseDerivation(derivation).replace(/^.*\//, '')
    return `'${byteStringToUtf8(base.slice(base.indexOf('-') + 1, -'.drv'.length))}'`
  })
  return [...new Set(names)].join(' and ')
}
