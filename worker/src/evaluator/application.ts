/** Applications that wait until their value is needed: what map, mapAttrs, genList and the like make. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { call1, call2 } from './call'
import { Apply, type Resumable } from './machine'
import { Code, force, Thunk } from './thunk'
import { Lambda, PartialApplication, type Slot, type Value } from './values'

/**
 * The code of all thunks that apply one function: each holds nothing but its argument, or a Pair of
 * arguments. The function is not forced before the first of them is.
 */
class ApplicationCode extends Code {
  constructor(
    readonly fn: Slot,
    readonly position: Position,
    run: (payload: never) => Value,
    resume: (payload: never) => Resumable,
  ) {
    super(run, null, resume)
  }
}

class Pair {
  constructor(
    readonly a: Slot,
    readonly b: Slot,
  ) {}
}

function apply1(this: ApplicationCode, a: Slot): Value {
  return call1(force(this.fn), a, this.position)
}

function* apply1Resumable(this: ApplicationCode, a: Slot): Resumable {
  return yield new Apply(this.fn, [a], this.position)
}

function apply2(this: ApplicationCode, { a, b }: Pair): Value {
  return call2(force(this.fn), a, b, this.position)
}

function* apply2Resumable(this: ApplicationCode, { a, b }: Pair): Resumable {
  return yield new Apply(this.fn, [a, b], this.position)
}

/** Makes a thunk of `fn a` for each argument. */
export function applications1(fn: Slot, position: Position): (a: Slot) => Thunk {
  const code = new ApplicationCode(fn, position, apply1, apply1Resumable)
  return (a) => new Thunk(code, a)
}

/** Makes a thunk of `fn a b` for each two arguments. */
export function applications2(fn: Slot, position: Position): (a: Slot, b: Slot) => Thunk {
  const code = new ApplicationCode(fn, position, apply2, apply2Resumable)
  return (a, b) => new Thunk(code, new Pair(a, b))
}

/** What the elements that `mapAttrs` makes share; each holds but the place of its attribute. */
class AttributeCode extends ApplicationCode {
  constructor(
    fn: Slot,
    readonly names: readonly ByteString[],
    readonly slots: readonly Slot[],
  ) {
    super(fn, 0, applyAttribute, applyAttributeResumable)
  }
}

function applyAttribute(this: AttributeCode, index: number): Value {
  return call2(force(this.fn), this.names[index], this.slots[index], this.position)
}

function* applyAttributeResumable(this: AttributeCode, index: number): Resumable {
  return yield new Apply(this.fn, [this.names[index], this.slots[index]], this.position)
}

/** Thunks of `fn name slot` for each attribute. */
export function applicationsToAttributes(
  fn: Slot,
  names: readonly ByteString[],
  slots: readonly Slot[],
): Slot[] {
  const code = new AttributeCode(fn, names, slots)
  const applied = new Array<Slot>(slots.length)
  for (let i = 0; i < slots.length; i++) applied[i] = new Thunk(code, i)
  return applied
}

/** Whether a slot holds an application that has not been made yet. */
export function isApplication(slot: Slot): boolean {
  return slot instanceof Thunk && slot.code instanceof ApplicationCode
}

/** Where the function is written whose value or result a slot holds, as far as that is known; or 0. */
export function placeOfSlot(slot: Slot): Position {
  if (slot instanceof Thunk) {
    return slot.code instanceof ApplicationCode ? slot.code.position : 0
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
