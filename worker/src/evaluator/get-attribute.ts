import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from './attribute-set'
import { NixError } from './errors'
import type { Slot } from './values'

/** An attribute that a builtin cannot do without; `context` is said where it is missing. */
export function getAttribute(set: AttributeSet, name: ByteString, context: ByteString): Slot {
  const slot = set.get(name)
  if (slot !== undefined) return slot
  throw new NixError('missing-attribute', `attribute '${name}' missing`).addFrame(context, 0)
}
