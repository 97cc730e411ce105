/** Variables: those of environments, global ones, and those that a `with` may have. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { Builtin } from './builtin'
import type { Strict } from './compile'
import { withContext } from './contexts'
import { current } from './current'
import { ancestor, slotIn } from './environment'
import { expectSet, undefinedVariable } from './expect'
import { Site } from './select'
import { force, forceAt } from './thunk'
import type { Slot, Value } from './values'

/** What a global name means to every evaluator; undefined where each has its own. */
export function fixedGlobal(name: ByteString): Value | undefined {
  const slot = globalSlot(name)
  const isFixed = slot instanceof Builtin || typeof slot === 'boolean' || slot === null
  return isFixed ? slot : undefined
}

/** What a global name means to the evaluator at work. */
export function globalSlot(name: ByteString): Slot {
  const slot = current.evaluator.globals.get(name)
  if (slot === undefined) throw undefinedVariable(name, 0)
  return slot
}

/** The value of a variable. */
export function local(level: number, slot: number, position: Position): Strict {
  switch (level) {
    case 0:
      return (environment) => forceAt(slotIn(environment, slot) as Slot, position)
    case 1:
      return (environment) => forceAt(slotIn(environment.parent!, slot) as Slot, position)
    case 2:
      return (environment) => forceAt(slotIn(environment.parent!.parent!, slot) as Slot, position)
    default:
      return (environment) => forceAt(slotIn(ancestor(environment, level), slot) as Slot, position)
  }
}

/** The value of a variable of the nearest `with` that has it. */
export function withVariable(
  name: ByteString,
  levels: readonly number[],
  position: Position,
): Strict {
  const sites = levels.map(() => new Site(name))
  return (environment) => {
    for (let i = 0; i < levels.length; i++) {
      const subject = force(ancestor(environment, levels[i]).a as Slot)
      const slot = sites[i].slotIn(expectSet(subject, position, withContext))
      if (slot !== undefined) return forceAt(slot, position)
    }
    throw undefinedVariable(name, position)
  }
}
