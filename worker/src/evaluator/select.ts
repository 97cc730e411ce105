/** Selecting attributes: `subject.path`, `subject.path or default`, `subject ? path`. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { HasAttributeNode, LocalNode, Position, SelectNode } from '../language/tree'
import { AttributeSet } from './attribute-set'
import type { Strict } from './compile'
import { hasContext, selectContext } from './contexts'
import { slotIn, type Environment } from './environment'
import { NixError } from './errors'
import { attributeMissing, describeSelection, expectSet } from './expect'
import { operandFrame } from './operand-frames'
import { Shape } from './shape'
import { force, forceAt, Thunk } from './thunk'
import type { Slot, Value } from './values'

/** Gives a name of an attribute path. */
export type NameCode = ByteString | Strict

const noShape = new Shape([], null)

/**
 * A place in a program where an attribute is looked up. Most meet sets of one shape or two: it
 * remembers where those have the attribute, or that they have it not.
 */
export class Site {
  private shape = noShape
  private index = -1
  private otherShape = noShape
  private otherIndex = -1

  constructor(readonly name: ByteString) {}

  /** The attribute's slot; undefined where there is none. */
  slotIn(set: AttributeSet): Slot | undefined {
    const { flat } = set
    if (flat === this.shape) return this.index < 0 ? undefined : set.slotAt(this.index)
    if (flat === this.otherShape) {
      return this.otherIndex < 0 ? undefined : set.slotAt(this.otherIndex)
    }
    return flat === null ? set.get(this.name) : this.learn(set, flat)
  }

  private learn(set: AttributeSet, flat: Shape): Slot | undefined {
    const index = this.indexIn(flat)
    this.otherShape = this.shape
    this.otherIndex = this.index
    this.shape = flat
    this.index = index
    return index < 0 ? undefined : set.slotAt(index)
  }

  /** Shapes of one kind often differ in positions alone: most have the name where others had it. */
  private indexIn(shape: Shape): number {
    const { name, index, otherIndex } = this
    const { names } = shape
    if (index >= 0 && index < names.length && names[index] === name) return index
    if (otherIndex >= 0 && otherIndex < names.length && names[otherIndex] === name) {
      return otherIndex
    }
    return shape.find(name)
  }
}

/** `subject.name` */
export function selectOne(subject: Strict, name: ByteString, node: SelectNode): Strict {
  return selectAt(subject, new Site(name), node)
}

function selectAt(subject: Strict, site: Site, node: SelectNode): Strict {
  return (environment) => {
    let set: Value
    try {
      set = subject(environment)
    } catch (error) {
      throw operandFrame(error, selectContext, node.subject)
    }
    return attributeAt(site, set, node)
  }
}

/** `variable.name` */
export function selectOfVariable(
  { level, slot, position }: LocalNode,
  name: ByteString,
  node: SelectNode,
): Strict {
  return selectOfSlot(level, slot, position, new Site(name), node)
}

function selectOfSlot(
  level: number,
  index: number,
  position: Position,
  site: Site,
  node: SelectNode,
): Strict {
  return (environment) => {
    let scope = environment
    for (let i = level; i > 0; i--) scope = scope.parent as Environment
    const slot = slotIn(scope, index) as Slot
    if (!(slot instanceof Thunk)) return attributeAt(site, slot, node)
    if (slot.code === null) return attributeAt(site, slot.payload as Value, node)
    let set: Value
    try {
      set = forceAt(slot, position)
    } catch (error) {
      throw operandFrame(error, selectContext, node.subject)
    }
    return attributeAt(site, set, node)
  }
}

function attributeAt(site: Site, set: Value, node: SelectNode): Value {
  if (!(set instanceof AttributeSet)) throw selectFailed(node, set, site.name)
  const slot = site.slotIn(set)
  if (slot === undefined) throw selectFailed(node, set, site.name)
  if (!(slot instanceof Thunk)) return slot
  if (slot.code === null) return slot.payload as Value
  try {
    return forceAt(slot, node.position)
  } catch (error) {
    if (error instanceof NixError) {
      describeSelection(error, [site.name], node, set.positionOf(site.name))
    }
    throw error
  }
}

function selectFailed(node: SelectNode, subject: Value, name: ByteString): NixError {
  let error: NixError
  try {
    const set = expectSet(subject, node.position, selectContext)
    error = attributeMissing(set, name)
  } catch (thrown) {
    error = thrown as NixError
  }
  return describeSelection(error, [], node, 0)
}

/** `subject.a.b` */
export function selectPath(subject: Strict, path: readonly ByteString[], node: SelectNode): Strict {
  const sites = path.map((name) => new Site(name))
  return (environment) => {
    let value: Value
    try {
      value = subject(environment)
    } catch (error) {
      throw operandFrame(error, selectContext, node.subject)
    }
    let reached = 0
    let within: AttributeSet | null = null
    try {
      for (let i = 0; i < sites.length; i++) {
        const set = expectSet(value, node.position, selectContext)
        const slot = sites[i].slotIn(set)
        if (slot === undefined) throw attributeMissing(set, path[i])
        reached = i + 1
        within = set
        value = force(slot)
      }
      return value
    } catch (error) {
      if (error instanceof NixError) {
        const definition = within === null ? 0 : within.positionOf(path[reached - 1])
        describeSelection(error, path.slice(0, reached), node, definition)
      }
      throw error
    }
  }
}

function nameIn(name: NameCode, environment: Environment): ByteString {
  return typeof name === 'string' ? name : (name(environment) as ByteString)
}

/** `subject.${a}.b` */
export function selectComputed(
  subject: Strict,
  path: readonly NameCode[],
  node: SelectNode,
): Strict {
  return (environment) => {
    let value: Value
    try {
      value = subject(environment)
    } catch (error) {
      throw operandFrame(error, selectContext, node.subject)
    }
    // Most paths are of one name: no array is made of it unless it is told of.
    const reached: ByteString[] | null = path.length > 1 ? [] : null
    let name = ''
    let within: AttributeSet | null = null
    try {
      for (const step of path) {
        name = nameIn(step, environment)
        const set = expectSet(value, node.position, selectContext)
        const slot = set.get(name)
        if (slot === undefined) throw attributeMissing(set, name)
        reached?.push(name)
        within = set
        value = force(slot)
      }
      return value
    } catch (error) {
      if (error instanceof NixError) {
        const names = reached ?? (within === null ? [] : [name])
        const definition = within === null ? 0 : within.positionOf(names[names.length - 1])
        describeSelection(error, names, node, definition)
      }
      throw error
    }
  }
}

/** Finds the attribute of one step of a path: by what it remembers where the name is known. */
type Step = Site | Strict

function stepsOf(path: readonly NameCode[]): Step[] {
  return path.map((name) => (typeof name === 'string' ? new Site(name) : name))
}

/** `subject.path or otherwise` */
export function selectOr(
  subject: Strict,
  path: readonly NameCode[],
  otherwise: Strict,
  node: SelectNode,
): Strict {
  const steps = stepsOf(path)
  const isComputed = path.some((name) => typeof name !== 'string')
  return (environment) => {
    let value: Value
    try {
      value = subject(environment)
    } catch (error) {
      throw operandFrame(error, selectContext, node.subject)
    }
    const computed: ByteString[] | null = isComputed && steps.length > 1 ? [] : null
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]
      const name = step instanceof Site ? step.name : (step(environment) as ByteString)
      computed?.push(name)
      if (!(value instanceof AttributeSet)) return otherwise(environment)
      const set = value
      const slot = step instanceof Site ? step.slotIn(set) : set.get(name)
      if (slot === undefined) return otherwise(environment)
      try {
        value = force(slot)
      } catch (error) {
        if (error instanceof NixError) {
          const reached = computed ?? (isComputed ? [name] : (path.slice(0, i + 1) as ByteString[]))
          describeSelection(error, reached, node, set.positionOf(name))
        }
        throw error
      }
    }
    return value
  }
}

/** `subject ? path` */
export function hasPath(
  subject: Strict,
  path: readonly NameCode[],
  node: HasAttributeNode,
): Strict {
  const steps = stepsOf(path)
  const last = steps.length - 1
  return (environment) => {
    let value: Value
    try {
      value = subject(environment)
    } catch (error) {
      throw operandFrame(error, hasContext, node.subject)
    }
    for (let i = 0; ; i++) {
      const step = steps[i]
      const name = step instanceof Site ? step.name : (step(environment) as ByteString)
      if (!(value instanceof AttributeSet)) return false
      const slot = step instanceof Site ? step.slotIn(value) : value.get(name)
      if (slot === undefined) return false
      if (i === last) return true
      value = force(slot)
    }
  }
}
