/**
 * Attribute sets: a shared shape (sorted names and their positions) and an array of slots.
 *
 * Sets made at one place of a program have one shape, so names are stored once, and what `//`,
 * removeAttrs and intersectAttrs do to names is worked out once for each pair of shapes and replayed
 * as plain copying of slots.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import type { Slot } from './values'

/** Up to this many names are found by a linear scan, which beats a Map. */
const linearScan = 8

/** A shape gets an index when it has been asked once for every so many names. */
const lookupsPerName = 8

/** How the slots of `left // right` are gathered: i ≥ 0 is right[i], else left[~i]. */
interface MergePlan {
  shape: Shape
  sources: Int32Array
}

export class Shape {
  private index: Map<ByteString, number> | null = null
  private lookups = 0
  private merges: Map<Shape, MergePlan> | null = null
  private lastMerged: Shape | null = null

  constructor(
    /** In byte order, without duplicates. */
    readonly names: readonly ByteString[],
    /** Where each attribute is defined; null if none has a position. */
    readonly positions: readonly Position[] | null,
  ) {}

  /** The slot of a name, or -1. */
  find(name: ByteString): number {
    const names = this.names
    const count = names.length
    if (count <= linearScan) {
      for (let i = 0; i < count; i++) if (names[i] === name) return i
      return -1
    }
    return this.index === null ? this.search(name) : (this.index.get(name) ?? -1)
  }

  /** Finds a name by halving; a shape that is asked often gets an index instead. */
  private search(name: ByteString): number {
    const names = this.names
    if (++this.lookups * lookupsPerName > names.length) {
      const index = new Map<ByteString, number>()
      for (let i = 0; i < names.length; i++) index.set(names[i], i)
      this.index = index
      return index.get(name) ?? -1
    }
    let low = 0
    let high = names.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = names[middle]
      if (found === name) return middle
      if (found < name) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  positionOf(slot: number): Position {
    return this.positions === null ? 0 : this.positions[slot]
  }

  /** How to merge with a shape. Kept when the same two meet again: most pairs never do. */
  mergePlan(right: Shape): MergePlan {
    const known = this.merges?.get(right)
    if (known !== undefined) return known
    const plan = planMerge(this, right)
    if (this.lastMerged === right) {
      this.merges ??= new Map()
      this.merges.set(right, plan)
    } else this.lastMerged = right
    return plan
  }
}

function planMerge(left: Shape, right: Shape): MergePlan {
  const names: ByteString[] = []
  const positions: Position[] = []
  const sources: number[] = []
  const take = (from: Shape, slot: number, source: number) => {
    names.push(from.names[slot])
    positions.push(from.positionOf(slot))
    sources.push(source)
  }
  let i = 0
  let j = 0
  while (i < left.names.length || j < right.names.length) {
    const a = left.names[i]
    const b = right.names[j]
    if (j === right.names.length || (i < left.names.length && a < b)) take(left, i, ~i++)
    else {
      if (a === b) i++
      take(right, j, j++)
    }
  }
  const havePositions = left.positions !== null || right.positions !== null
  // A set that is updated again and again keeps one shape: so its plans are found again.
  const known = [left, right].find((shape) => isShape(shape, names, positions))
  return {
    shape: known ?? new Shape(names, havePositions ? positions : null),
    sources: Int32Array.from(sources),
  }
}

function isShape(
  shape: Shape,
  names: readonly ByteString[],
  positions: readonly Position[],
): boolean {
  if (shape.names.length !== names.length) return false
  return names.every((name, i) => shape.names[i] === name && shape.positionOf(i) === positions[i])
}

export class AttributeSet {
  constructor(
    readonly shape: Shape,
    /** One for each name of the shape. */
    readonly slots: readonly Slot[],
  ) {}

  static readonly empty = new AttributeSet(new Shape([], null), [])

  get size(): number {
    return this.slots.length
  }

  /** In byte order. */
  get names(): readonly ByteString[] {
    return this.shape.names
  }

  get(name: ByteString): Slot | undefined {
    const slot = this.shape.find(name)
    return slot < 0 ? undefined : this.slots[slot]
  }

  has(name: ByteString): boolean {
    return this.shape.find(name) >= 0
  }

  /** Where an attribute is defined, or 0. */
  positionOf(name: ByteString): Position {
    const slot = this.shape.find(name)
    return slot < 0 ? 0 : this.shape.positionOf(slot)
  }

  /** `this // right` */
  update(right: AttributeSet): AttributeSet {
    if (right.slots.length === 0) return this
    if (this.slots.length === 0 || this.shape === right.shape) return right
    const plan = this.shape.mergePlan(right.shape)
    const sources = plan.sources
    const count = sources.length
    const a = this.slots
    const b = right.slots
    const slots = new Array<Slot>(count)
    for (let i = 0; i < count; i++) {
      const source = sources[i]
      slots[i] = source >= 0 ? b[source] : a[~source]
    }
    return new AttributeSet(plan.shape, slots)
  }

  /** Without the attributes of these names. */
  remove(names: ReadonlySet<ByteString>): AttributeSet {
    let found = false
    for (const name of names) if (this.shape.find(name) >= 0) found = true
    return found ? this.keep((name) => !names.has(name)) : this
  }

  /** The attributes whose names pass. */
  keep(test: (name: ByteString) => boolean): AttributeSet {
    const builder = new AttributeSetBuilder()
    const { names } = this.shape
    for (let i = 0; i < names.length; i++) {
      if (test(names[i])) builder.set(names[i], this.slots[i], this.shape.positionOf(i))
    }
    return builder.build()
  }

  /** The same names with other slots. */
  mapSlots(f: (name: ByteString, slot: Slot) => Slot): AttributeSet {
    const { names } = this.shape
    const slots = new Array<Slot>(names.length)
    for (let i = 0; i < names.length; i++) slots[i] = f(names[i], this.slots[i])
    return new AttributeSet(this.shape, slots)
  }
}

/** Gathers attributes in any order; the last of a name wins. */
export class AttributeSetBuilder {
  private entries = new Map<ByteString, { slot: Slot; position: Position }>()

  has(name: ByteString): boolean {
    return this.entries.has(name)
  }

  get(name: ByteString): Slot | undefined {
    return this.entries.get(name)?.slot
  }

  /** Where what was set last is defined. */
  positionOf(name: ByteString): Position {
    return this.entries.get(name)?.position ?? 0
  }

  set(name: ByteString, slot: Slot, position: Position = 0): this {
    this.entries.set(name, { slot, position })
    return this
  }

  /** The set, of a shape that is known to have just these names and positions. */
  buildAs(shape: Shape): AttributeSet {
    return new AttributeSet(
      shape,
      shape.names.map((name) => (this.entries.get(name) as { slot: Slot }).slot),
    )
  }

  build(): AttributeSet {
    const count = this.entries.size
    if (count === 0) return AttributeSet.empty
    const names = [...this.entries.keys()].sort(compareBytes)
    const slots = new Array<Slot>(count)
    const positions = new Array<Position>(count)
    let havePositions = false
    for (let i = 0; i < count; i++) {
      const entry = this.entries.get(names[i]) as { slot: Slot; position: Position }
      slots[i] = entry.slot
      positions[i] = entry.position
      if (entry.position !== 0) havePositions = true
    }
    return new AttributeSet(havePositions ? new Shape(names, positions) : sharedShape(names), slots)
  }
}

/** Byte strings compare by UTF-16 units, which are their bytes. */
export function compareBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Small sets that builtins make (`{ name; value; }`, `{ success; value; }`) share their shapes. */
const shapes = new Map<string, Shape>()
const sharedShapeNames = 8
const sharedShapes = 1000

function sharedShape(names: ByteString[]): Shape {
  if (names.length > sharedShapeNames) return new Shape(names, null)
  const key = names.join('\0')
  let shape = shapes.get(key)
  if (shape === undefined) {
    shape = new Shape(names, null)
    if (shapes.size < sharedShapes) shapes.set(key, shape)
  }
  return shape
}

/** A set of these attributes, without positions. */
export function attributeSetOf(attributes: Record<ByteString, Slot>): AttributeSet {
  const builder = new AttributeSetBuilder()
  for (const name of Object.keys(attributes)) builder.set(name, attributes[name])
  return builder.build()
}
