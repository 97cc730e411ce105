import { AttributeSet } from '../evaluator/attribute-set'
import { describeType } from '../evaluator/type-names'
import { Lambda, type Value } from '../evaluator/values'
import type { Evaluation } from './api'
import { isKnownDerivation } from './value-view'

/**
 * What Build would make of a value, as far as that shows without evaluating more of it: opening the
 * value is the person's business. Null where it does not show.
 */
export function buildableAtSight(value: Value): Evaluation['buildable'] {
  if (isKnownDerivation(value)) return { derivations: 1 }
  if (value instanceof AttributeSet) {
    // A functor is called, and what that gives is not known.
    return value.size === 0 ? { reason: 'The set is empty: there is no derivation in it.' } : null
  }
  if (Array.isArray(value)) {
    return value.length === 0
      ? { reason: 'The list is empty: there is no derivation in it.' }
      : null
  }
  if (value instanceof Lambda) {
    const { formals } = value.code.node
    if (formals === null) {
      return { reason: 'The value is a function: call it to get a derivation.' }
    }
    const needed = formals.formals.find((formal) => formal.default === null)
    if (needed === undefined || formals.ellipsis) return null
    return {
      reason: `The function needs an argument '${needed.name}': give it a default value, or call it.`,
    }
  }
  return {
    reason: `The value is ${describeType(value)}; only a derivation, or a set or list of them, can be built.`,
  }
}
