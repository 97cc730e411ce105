/** Applications that wait until their value is needed: what map, mapAttrs, genList and the like make. */
import type { Position } from '../language/tree'
import { call, call1, call2 } from './call'
import { Apply, type Resumable } from './machine'
import { Code, force, Thunk } from './thunk'
import { Lambda, PartialApplication, type Slot, type Value } from './values'

/** Most functions that are applied to elements take one argument: its thunk needs no array. */
class Application1 {
  constructor(
    readonly fn: Slot,
    readonly a: Slot,
    readonly position: Position,
  ) {}
}

class Application {
  constructor(
    readonly fn: Slot,
    readonly args: readonly Slot[],
    readonly position: Position,
  ) {}
}

const application1 = new Code(
  ({ fn, a, position }: Application1) => call1(force(fn), a, position),
  null,
  function* ({ fn, a, position }: Application1): Resumable {
    return yield new Apply(fn, [a], position)
  },
)

const application = new Code(
  ({ fn, args, position }: Application): Value => {
    const callee = force(fn)
    return args.length === 2
      ? call2(callee, args[0], args[1], position)
      : call(callee, args, position)
  },
  null,
  function* ({ fn, args, position }: Application): Resumable {
    return yield new Apply(fn, args, position)
  },
)

/** A thunk of `fn a`. Neither the function nor the argument is forced before it is. */
export function applicationThunk1(fn: Slot, a: Slot, position: Position): Thunk {
  return new Thunk(application1, new Application1(fn, a, position))
}

/** A thunk of `fn arg …`. Neither the function nor the arguments are forced before it is. */
export function applicationThunk(fn: Slot, args: readonly Slot[], position: Position): Thunk {
  return new Thunk(application, new Application(fn, args, position))
}

/** Whether a slot holds an application that has not been made yet. */
export function isApplication(slot: Slot): boolean {
  return slot instanceof Thunk && (slot.code === application1 || slot.code === application)
}

/** Where the function is written whose value or result a slot holds, as far as that is known; or 0. */
export function placeOfSlot(slot: Slot): Position {
  if (slot instanceof Thunk) {
    return isApplication(slot) ? (slot.payload as Application | Application1).position : 0
  }
  return slot instanceof Lambda ? slot.code.node.position : 0
}

/** Where a function is written, for the frames of calls that have no place of their own; or 0. */
export function definitionOf(fn: Value): Position {
  if (fn instanceof Lambda) return fn.code.node.position
  if (fn instanceof PartialApplication && fn.fn instanceof Lambda) {
    return fn.fn.code.node.parameterPositions[fn.args.length] ?? 0
  }
  return 0
}
