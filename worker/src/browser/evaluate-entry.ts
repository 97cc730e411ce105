import { AttributeSet } from '../evaluator/attribute-set'
import { NixError } from '../evaluator/errors'
import { force } from '../evaluator/thunk'
import type { Slot, Value } from '../evaluator/values'
import type { EvaluationSession } from './evaluation-session'

/** What the entry of a workspace gives. Throws NixError. */
export function evaluateEntry({ evaluator, host }: EvaluationSession): Value {
  const value = evaluator.evaluateFile(host.entry)
  // What a derivation is shows in its type, which is a literal in all of them.
  if (value instanceof AttributeSet && value.has('type')) {
    const type = value.get('type') as Slot
    try {
      force(type)
    } catch (error) {
      if (!(error instanceof NixError)) throw error
    }
  }
  return value
}
