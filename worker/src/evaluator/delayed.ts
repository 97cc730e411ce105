/**
 * Delayed code: what gives a slot for a node without evaluating it, a thunk where that is not possible.
 */
import type { Node } from '../language/tree'
import { NodeKind } from '../language/tree'
import { strict } from './compile'
import { ancestor, slotIn, type Environment } from './environment'
import { piecesOf } from './pieces'
import { Code, Thunk } from './thunk'
import type { Slot, Value } from './values'
import { fixedGlobal, globalSlot } from './variables'

/** Gives a slot for a node in an environment: as code, a thunk of it. */
export type Delayed = Code | ((environment: Environment) => Slot)

/** The slot of a node in an environment. */
export function slotOf(delayed: Delayed, environment: Environment): Slot {
  return typeof delayed === 'function' ? delayed(environment) : new Thunk(delayed, environment)
}

/** A slot for a node: its value where that is there without evaluating, else a thunk. */
export function delayed(node: Node): Delayed {
  switch (node.kind) {
    case NodeKind.Int:
    case NodeKind.Float:
    case NodeKind.String:
    case NodeKind.Path:
      return strict(node)
    case NodeKind.Global: {
      const { name } = node
      const value = fixedGlobal(name)
      return value === undefined ? () => globalSlot(name) : constant(value)
    }
    case NodeKind.List:
      if (node.items.length === 0) return () => emptyList
      break
    case NodeKind.Local:
      return delayedLocal(node, node.level, node.slot)
  }
  return codeOf(node)
}

// What closures capture here are parameters: V8 checks captured constants each time they are used, as
// they might not have been initialised yet.

/** Gives the same value in every environment. */
export function constant<T extends Value>(value: T): () => T {
  return () => value
}

function delayedLocal(node: Node, level: number, slot: number): Delayed {
  // While a recursive environment is being filled, a later slot is not there yet.
  return level === 0
    ? (environment) => slotIn(environment, slot) ?? pendingSlot(node, environment, level, slot)
    : (environment) =>
        slotIn(ancestor(environment, level), slot) ?? pendingSlot(node, environment, level, slot)
}

const emptyList: readonly Slot[] = []

function pendingSlot(node: Node, environment: Environment, level: number, slot: number): Slot {
  if (slotIn(ancestor(environment, level), slot) === null) return null
  return new Thunk(treeCode(node), environment)
}

/** The code of a thunk that evaluates a node. */
export function codeOf(node: Node): Code {
  return new Code(runFirst, node, null)
}

/** Compiles the node of a thunk that is forced for the first time. */
function runFirst(this: Code, environment: never): Value {
  this.run = strict(this.node as Node)
  return this.run(environment)
}

/** The code of a thunk for a whole tree: compiled once, however many evaluators share the tree. */
export function treeCode(node: Node): Code {
  return (piecesOf(node).code ??= codeOf(node))
}

/** A list of the slots of several nodes. */
export function delayedAll(nodes: readonly Node[]): (environment: Environment) => Slot[] {
  const items = nodes.map(delayed)
  switch (items.length) {
    case 0:
      return () => []
    case 1:
      return listOf1(items[0])
    case 2:
      return listOf2(items[0], items[1])
  }
  return listOf(items, items.length)
}

function listOf1(a: Delayed): (environment: Environment) => Slot[] {
  return (environment) => [slotOf(a, environment)]
}

function listOf2(a: Delayed, b: Delayed): (environment: Environment) => Slot[] {
  return (environment) => [slotOf(a, environment), slotOf(b, environment)]
}

function listOf(items: readonly Delayed[], count: number): (environment: Environment) => Slot[] {
  return (environment) => {
    const slots = new Array<Slot>(count)
    for (let i = 0; i < count; i++) slots[i] = slotOf(items[i], environment)
    return slots
  }
}
