/**
 * Arguments that are computed at once, where the function that is called demands them: what would have
 * been a thunk has its value before anything can see that it was one.
 */
import { NodeKind, type CallNode, type Node } from '../language/tree'
import { Builtin } from './builtin'
import { strictOnce, type Strict } from './compile'
import { ancestor, slotIn, type Environment } from './environment'
import { native } from './native-stack'
import { quickSum, type Quick } from './number-code'
import { Thunk } from './thunk'
import { Lambda, type Slot, type Value } from './values'

/** Gives a value if it takes no forcing and cannot fail, else undefined. */
export type AtOnce = (environment: Environment) => Value | undefined

/** Bit i: argument i is forced before anything else can be told of it. */
export function demandedBy(callee: Value): number {
  if (callee instanceof Lambda) return callee.code.forced
  return callee instanceof Builtin ? callee.strict : 0
}

/** Code that computes a node at once; null where that may fail, or take forcing. */
export function atOnce(node: Node): AtOnce | null {
  switch (node.kind) {
    case NodeKind.Lambda:
    case NodeKind.List:
      return compiledLater(node)
    case NodeKind.AttributeSet:
      return node.recursive || node.dynamic.length > 0 ? null : compiledLater(node)
    case NodeKind.Call:
      return quickCall(node)
    default:
      return quickSum(node)
  }
}

function compiledLater(node: Node): AtOnce {
  let code: Strict | null = null
  return (environment) => (code ??= strictOnce(node))(environment)
}

/** `stringLength s`, where s is there. */
function quickCall({ fn, args }: CallNode): Quick<number> | null {
  if (fn.kind !== NodeKind.Local || args.length !== 1 || args[0].kind !== NodeKind.Local)
    return null
  return callOfVariable(fn.level, fn.slot, args[0].level, args[0].slot)
}

function callOfVariable(
  fnLevel: number,
  fnSlot: number,
  level: number,
  slot: number,
): Quick<number> {
  return (environment) => {
    const fn = valueIn(environment, fnLevel, fnSlot)
    if (!(fn instanceof Builtin) || fn.quick === null) return undefined
    // It is a call within the call that demands it.
    if (native.callDepth >= native.maxCallDepth || native.budget <= 0) return undefined
    const argument = valueIn(environment, level, slot)
    const value = argument === undefined ? undefined : fn.quick(argument)
    if (value !== undefined) native.budget--
    return value
  }
}

/** The value that a variable holds; undefined if it has not been forced. */
function valueIn(environment: Environment, level: number, index: number): Value | undefined {
  const slot = slotIn(ancestor(environment, level), index) as Slot
  if (!(slot instanceof Thunk)) return slot
  return slot.code === null ? (slot.payload as Value) : undefined
}
