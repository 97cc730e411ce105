import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet } from '../evaluator/attribute-set'
import { Builtin } from '../evaluator/builtin'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { printForError } from '../evaluator/print-value'
import { force } from '../evaluator/thunk'
import { Lambda, PartialApplication, type Slot, type Value } from '../evaluator/values'
import type { TextPosition } from './answers'
import { isolate, wantedAt } from './isolate'
import { readSketch } from './read-sketch'
import { occurrenceAt } from './sketch'
import { TextPositions } from './text-positions'

/** Attributes or elements whose values are shown, too. */
const maxParts = 10

/**
 * The value of the name at a position, as it is wherever the file is evaluated: of a binding that is
 * in no function, a variable that means one, or an attribute of such.
 *
 * @param file the absolute path of the file whose text is given
 * @returns null where it has no such value, or evaluating it fails
 * @throws Interruption, where it takes too long or something must be loaded first
 */
export function valueAt(
  evaluator: Evaluator,
  file: ByteString,
  text: string,
  position: TextPosition,
): ByteString | null {
  const positions = new TextPositions(text)
  const sketch = readSketch(positions.bytes)
  const occurrence = occurrenceAt(sketch, positions.offset(position))
  const wanted = occurrence === null ? null : wantedAt(sketch, occurrence)
  if (wanted === null) return null
  try {
    const node = isolate(evaluator.parseFile(file), wanted, (place) => {
      return evaluator.positions.place(place)?.offset ?? -1
    })
    if (node === null) return null
    return evaluator.run(() => {
      const value = force(evaluator.delayNode(node))
      if (isFunction(value)) return null
      for (const part of partsOf(value)) tryForce(part)
      return printForError(value)
    })
  } catch (error) {
    if (error instanceof NixError) return null
    throw error
  }
}

function isFunction(value: Value): boolean {
  return value instanceof Lambda || value instanceof Builtin || value instanceof PartialApplication
}

function partsOf(value: Value): readonly Slot[] {
  const parts = value instanceof AttributeSet ? value.slots : Array.isArray(value) ? value : []
  // A derivation's attributes are many, and its path is written when it is asked for.
  if (value instanceof AttributeSet && value.has('drvPath')) return []
  return (parts as readonly Slot[]).slice(0, maxParts)
}

function tryForce(slot: Slot): void {
  try {
    force(slot)
  } catch (error) {
    // It is shown as not evaluated.
    if (!(error instanceof NixError)) throw error
  }
}
