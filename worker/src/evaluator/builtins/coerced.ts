/** Builtins of anything that can be coerced to a string. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { coerceDirectly, coerceResumable, ContextBuilder, type CoercionOptions } from '../coerce'
import { deferred } from '../deferred'
import type { Evaluator } from '../evaluator'
import { ContextString, type Context, type Slot, type Value } from '../values'

/** Coerces a forced value to a string and gives what `use` makes of it; at once where it is one. */
export function coerced(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  use: (text: ByteString, context: Context | null) => Slot,
): Slot {
  if (typeof value === 'string') return use(value, null)
  if (value instanceof ContextString) return use(value.text, value.context)
  return coercedOther(evaluator, value, options, use)
}

/** Apart from `coerced`: what a closure captures is put on the heap even where the closure is not made. */
function coercedOther(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  use: (text: ByteString, context: Context | null) => Slot,
): Slot {
  const own = new ContextBuilder()
  const direct = coerceDirectly(evaluator, value, options, own)
  if (direct !== undefined) return use(direct, own.build())
  return deferred(function* () {
    const context = new ContextBuilder()
    const text = (yield coerceResumable(evaluator, value, options, context, 0)) as ByteString
    return use(text, context.build())
  })
}
