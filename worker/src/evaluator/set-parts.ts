/** Sets, made in the steps that both evaluators share. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSetNode, Binding, Position } from '../language/tree'
import { AttributeSet, AttributeSetBuilder } from './attribute-set'
import { current } from './current'
import { codeOf, delayed, slotOf, type Delayed } from './delayed'
import { environmentOf, setSlot, slotIn, type Environment } from './environment'
import { NixError } from './errors'
import { expectPlainString, expectSet } from './expect'
import { makeLater, wideSet } from './late-slots'
import { piecesOf } from './pieces'
import { recursiveEnvironment } from './scopes'
import { Shape } from './shape'
import { force } from './thunk'
import type { Slot, Value } from './values'

/** The steps in which a set is made. */
export interface SetParts {
  /** The environment that recursive bindings and `inherit (e)` see; the outer one if there is none. */
  environment(outer: Environment): Environment
  /** The static attributes. */
  make(outer: Environment, inner: Environment): AttributeSet
  /** With the dynamic ones, whose names (null: left out) have been evaluated. */
  extend(set: AttributeSet, inner: Environment, names: readonly (ByteString | null)[]): AttributeSet
}

export function setParts(node: AttributeSetNode): SetParts {
  return (piecesOf(node).set ??= node.recursive ? recursiveParts(node) : plainParts(node))
}

function shapeOf(bindings: readonly Binding[]): Shape {
  return new Shape(
    bindings.map((binding) => binding.name),
    bindings.map((binding) => binding.position),
  )
}

function plainParts(node: AttributeSetNode): SetParts {
  const shape = shapeOf(node.bindings)
  const slots = node.bindings.map((binding) => delayed(binding.value))
  const count = slots.length
  const from = node.inheritedFrom.map(delayed)
  const fromInner = node.fromInherit
  const extend = dynamicAttributes(node)
  if (count >= wideSet) {
    const slotAt = (i: number, outer: Environment, inner: Environment): Slot =>
      slotOf(slots[i], fromInner[i] === 1 ? inner : outer)
    const there = [...slots.keys()].filter((i) => typeof slots[i] === 'function')
    return {
      environment: from.length === 0 ? (outer) => outer : inheritedEnvironment(from),
      make(outer, inner) {
        const values = new Array<Slot>(count)
        for (const i of there) values[i] = slotAt(i, outer, inner)
        makeLater(values, (i) => slotAt(i, outer, inner))
        return new AttributeSet(shape, values)
      },
      extend,
    }
  }
  if (from.length === 0) {
    return {
      environment: (outer) => outer,
      make(outer) {
        const values = new Array<Slot>(count)
        for (let i = 0; i < count; i++) values[i] = slotOf(slots[i], outer)
        return new AttributeSet(shape, values)
      },
      extend,
    }
  }
  return {
    environment: inheritedEnvironment(from),
    make(outer, inner) {
      const values = new Array<Slot>(count)
      for (let i = 0; i < count; i++) {
        values[i] = slotOf(slots[i], fromInner[i] === 1 ? inner : outer)
      }
      return new AttributeSet(shape, values)
    },
    extend,
  }
}

function inheritedEnvironment(from: readonly Delayed[]): (outer: Environment) => Environment {
  return (outer) =>
    environmentOf(
      outer,
      from.map((slot) => slotOf(slot, outer)),
    )
}

function recursiveParts(node: AttributeSetNode): SetParts {
  const shape = shapeOf(node.bindings)
  const count = node.bindings.length
  const overrides = shape.find('__overrides')
  // What is overridden later must not have been looked up already.
  const environment = recursiveEnvironment(
    node.bindings,
    node.inheritedFrom,
    overrides < 0 ? delayed : codeOf,
  )
  return {
    environment,
    make(_outer, inner) {
      const values = new Array<Slot>(count)
      for (let i = 0; i < count; i++) values[i] = slotIn(inner, i + 1) as Slot
      const set = new AttributeSet(shape, values)
      return overrides < 0 ? set : applyOverrides(set, inner, values[overrides])
    },
    extend: dynamicAttributes(node),
  }
}

/** `rec { __overrides = { … }; }`: the overriding attributes are seen by the others, too. */
function applyOverrides(set: AttributeSet, inner: Environment, slot: Slot): AttributeSet {
  const overrides = expectSet(force(slot), 0, 'while evaluating the `__overrides` attribute')
  for (const name of overrides.names) {
    const index = set.shape.find(name)
    if (index >= 0) setSlot(inner, index + 1, overrides.get(name) as Slot)
  }
  return set.update(overrides)
}

function dynamicAttributes(node: AttributeSetNode): SetParts['extend'] {
  const values = node.dynamic.map((binding) => delayed(binding.value))
  // Names are often the same as the last time: then the shape is, too, and it may be shared.
  let lastNames: readonly (ByteString | null)[] = []
  let lastShape: Shape | null = null
  return (set, inner, names) => {
    const builder = new AttributeSetBuilder()
    for (let i = 0; i < set.names.length; i++) {
      builder.set(set.names[i], set.slots[i], set.shape.positionOf(i))
    }
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      if (name === null) continue
      const { position } = node.dynamic[i]
      if (builder.has(name)) throw duplicateAttribute(builder.positionOf(name), name, position)
      builder.set(name, slotOf(values[i], inner), position)
    }
    const same = lastShape !== null && names.every((name, i) => name === lastNames[i])
    const result = same ? builder.buildAs(lastShape as Shape) : builder.build()
    lastNames = names
    lastShape = result.shape
    return result
  }
}

function duplicateAttribute(first: Position, name: ByteString, position: Position): NixError {
  const place = current.evaluator.describePosition(first)
  const where = place === null ? '' : ` at ${place}`
  return new NixError(
    'duplicate-attribute',
    `dynamic attribute '${name}' already defined${where}`,
    position,
  )
}

/** The name of a dynamic attribute; null leaves the attribute out. */
export function dynamicName(value: Value, position: Position): ByteString | null {
  const context = 'while evaluating the name of a dynamic attribute'
  return value === null ? null : expectPlainString(value, position, context)
}
