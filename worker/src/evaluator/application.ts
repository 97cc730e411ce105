/** Applications that wait until their value is needed: what map, mapAttrs, genList and the like make. */
import type { Position } from '../language/tree'
import { call, call1, call2 } from './call'
import { Apply, type Resumable } from './machine'
import { Code, force, Thunk } from './thunk'
import { Lambda, PartialApplication, type Slot, type Value } from './values'

interface Application {
  fn: Slot
  args: readonly Slot[]
  position: Position
}

const application = new Code(runNatively, null, runResumably)

/** A thunk of `fn arg …`. Neither the function nor the arguments are forced before it is. */
export function applicationThunk(fn: Slot, args: readonly Slot[], position: Position): Thunk {
  return new Thunk(application, { fn, args, position } satisfies Application)
}

function runNatively({ fn, args, position }: Application): Value {
  const callee = force(fn)
  switch (args.length) {
    case 1:
      return call1(callee, args[0], position)
    case 2:
      return call2(callee, args[0], args[1], position)
    default:
      return call(callee, args, position)
  }
}

function* runResumably({ fn, args, position }: Application): Resumable {
  return yield new Apply(fn, args, position)
}

/** Whether a slot holds an application that has not been made yet. */
export function isApplication(slot: Slot): boolean {
  return slot instanceof Thunk && slot.code === application
}

/** Where the function is written whose value or result a slot holds, as far as that is known; or 0. */
export function placeOfSlot(slot: Slot): Position {
  if (slot instanceof Thunk) {
    return slot.code === application ? (slot.payload as Application).position : 0
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
