/**
 * Attribute sets: a shared shape (sorted names and their positions) and an array of slots.
 *
 * Sets made at one place of a program have one shape, so names are stored once, and what `//` does to
 * names is worked out once for each pair of shapes and replayed as plain copying of slots.
 *
 * A large set that is updated, or updates another, is not copied: the result has the two as *layers*,
 * in which a name is looked for from the top. It becomes one set with a shape when somebody goes
 * through its names, which with a package collection hardly anybody does.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import type { Slot } from './values'

/** Up to this many names are found by a linear scan, which beats a Map. */
const linearScan = 8

/** `//` copies up to this many attributes; more become layers. */
const copiedAttributes = 128

/** More layers than this are made fewer: each is one more place to look in. */
const maxLayers = 6

/** Shapes of up to this many names are remembered by those they were derived from. */
const rememberedNames = 64

/** So many shapes at most remember how one is merged with them. */
const rememberedMerges = 32

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
  /** What was found last: whoever goes through the names of a set asks for the next one then. */
  private last = -1
  private merges: Map<Shape, MergePlan> | null = null
  private lastMerged: Shape | null = null
  private lastPlan: MergePlan | null = null
  private lastDerived: Shape | null = null

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
    const next = this.last + 1
    if (next < count && names[next] === name) return (this.last = next)
    const found = this.index === null ? this.search(name) : (this.index.get(name) ?? -1)
    if (found >= 0) this.last = found
    return found
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

  /** How to merge with a shape, remembered for the shape that came last and those that come again. */
  mergePlan(right: Shape): MergePlan {
    if (this.lastMerged === right && this.lastPlan !== null) return this.lastPlan
    let plan = this.merges?.get(right)
    if (plan === undefined) {
      plan = planMerge(this, right)
      if (plan.sources.length > rememberedNames) return plan
      if (this.lastMerged !== null && this.lastPlan !== null) {
        if (this.merges === null || this.merges.size >= rememberedMerges) this.merges = new Map()
        this.merges.set(this.lastMerged, this.lastPlan)
      }
    }
    this.lastMerged = right
    this.lastPlan = plan
    return plan
  }

  /**
   * A shape of these names and positions, which come from sets of this shape. What is made again and
   * again of sets of one shape has one shape, too.
   */
  derive(names: readonly ByteString[], positions: readonly Position[]): Shape {
    if (this.lastDerived !== null && isShape(this.lastDerived, names, positions)) {
      return this.lastDerived
    }
    const shape = new Shape(names, positions.some((position) => position !== 0) ? positions : null)
    if (names.length <= rememberedNames) this.lastDerived = shape
    return shape
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
  /** Null while the set is layered. */
  flat: Shape | null
  /** The slots, one for each name of the shape; or the layers, the topmost first, none layered itself. */
  private content: readonly Slot[] | readonly AttributeSet[]

  constructor(shape: Shape, slots: readonly Slot[]) {
    this.flat = shape
    this.content = slots
  }

  static readonly empty = new AttributeSet(new Shape([], null), [])

  private static layered(layers: AttributeSet[], count: number): AttributeSet {
    const set = new AttributeSet(AttributeSet.empty.shape, mergeLayers(layers, count))
    set.flat = null
    return set
  }

  get shape(): Shape {
    return this.flat ?? this.flatten()
  }

  /** One for each name of the shape. */
  get slots(): readonly Slot[] {
    if (this.flat === null) this.flatten()
    return this.content as readonly Slot[]
  }

  /** The slot at a place in the shape of a set that is not layered. */
  slotAt(index: number): Slot {
    return (this.content as readonly Slot[])[index]
  }

  get size(): number {
    return this.slots.length
  }

  /** No fewer than `size`, and quickly told. */
  get bound(): number {
    if (this.flat !== null) return this.content.length
    let bound = 0
    for (const layer of this.content as readonly AttributeSet[]) bound += layer.content.length
    return bound
  }

  /** In byte order. */
  get names(): readonly ByteString[] {
    return this.shape.names
  }

  get(name: ByteString): Slot | undefined {
    const shape = this.flat
    if (shape === null) {
      const layers = this.content as readonly AttributeSet[]
      for (let i = 0; i < layers.length; i++) {
        const layer = layers[i]
        const found = (layer.flat as Shape).find(name)
        if (found >= 0) return (layer.content as readonly Slot[])[found]
      }
      return undefined
    }
    const index = shape.find(name)
    return index < 0 ? undefined : (this.content as readonly Slot[])[index]
  }

  has(name: ByteString): boolean {
    return this.flat === null ? this.layerWith(name) !== null : this.flat.find(name) >= 0
  }

  /** Where an attribute is defined, or 0. */
  positionOf(name: ByteString): Position {
    const shape = this.flat ?? this.layerWith(name)?.flat
    if (shape === undefined || shape === null) return 0
    const index = shape.find(name)
    return index < 0 ? 0 : shape.positionOf(index)
  }

  private layerWith(name: ByteString): AttributeSet | null {
    for (const layer of this.content as readonly AttributeSet[]) if (layer.has(name)) return layer
    return null
  }

  private get layers(): readonly AttributeSet[] {
    return this.flat === null ? (this.content as readonly AttributeSet[]) : [this]
  }

  private flatten(): Shape {
    const [whole] = mergeLayers([...this.layers], 1)
    this.content = whole.content
    return (this.flat = whole.flat as Shape)
  }

  /** `this // right` */
  update(right: AttributeSet): AttributeSet {
    if (this.flat === null || right.flat === null) return this.layer(right)
    const b = right.content as readonly Slot[]
    if (b.length === 0) return this
    const a = this.content as readonly Slot[]
    if (a.length === 0 || this.flat === right.flat) return right
    return a.length + b.length > copiedAttributes ? this.layer(right) : this.copy(right)
  }

  private layer(right: AttributeSet): AttributeSet {
    if (right.content.length === 0) return this
    if (this.content.length === 0) return right
    return AttributeSet.layered([...right.layers, ...this.layers], maxLayers)
  }

  /** `this // right`, of sets that are not layered, as a set that is not. */
  copy(right: AttributeSet): AttributeSet {
    const plan = this.shape.mergePlan(right.shape)
    const sources = plan.sources
    const count = sources.length
    const a = this.content as readonly Slot[]
    const b = right.content as readonly Slot[]
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
    for (const name of names) if (this.has(name)) found = true
    return found ? this.keep((name) => !names.has(name)) : this
  }

  /** The attributes whose names pass. */
  keep(test: (name: ByteString) => boolean): AttributeSet {
    const { shape, slots } = this
    const names: ByteString[] = []
    const positions: Position[] = []
    const kept: Slot[] = []
    for (let i = 0; i < slots.length; i++) {
      const name = shape.names[i]
      if (!test(name)) continue
      names.push(name)
      positions.push(shape.positionOf(i))
      kept.push(slots[i])
    }
    return names.length === 0
      ? AttributeSet.empty
      : new AttributeSet(shape.derive(names, positions), kept)
  }

  /** The attributes whose names `left` has, too. Goes through the smaller set only. */
  intersect(left: AttributeSet): AttributeSet {
    if (left.bound >= this.bound) return this.keep((name) => left.has(name))
    const names: ByteString[] = []
    const positions: Position[] = []
    const kept: Slot[] = []
    for (const name of left.names) {
      const layer = this.flat === null ? this.layerWith(name) : this
      if (layer === null) continue
      const shape = layer.flat as Shape
      const index = shape.find(name)
      if (index < 0) continue
      names.push(name)
      positions.push(shape.positionOf(index))
      kept.push((layer.content as readonly Slot[])[index])
    }
    return names.length === 0
      ? AttributeSet.empty
      : new AttributeSet(left.shape.derive(names, positions), kept)
  }
}

/** Makes at most so many layers of these: the smallest two that lie on each other become one. */
function mergeLayers(layers: AttributeSet[], count: number): AttributeSet[] {
  while (layers.length > count) {
    let best = 0
    for (let i = 1; i + 1 < layers.length; i++) {
      if (layers[i].size + layers[i + 1].size < layers[best].size + layers[best + 1].size) best = i
    }
    layers.splice(best, 2, layers[best + 1].copy(layers[best]))
  }
  return layers
}

/** Gathers attributes in any order; the last of a name wins. */
export class AttributeSetBuilder {
  private entries = new Map<ByteString, Entry>()

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
      shape.names.map((name) => (this.entries.get(name) as Entry).slot),
    )
  }

  build(): AttributeSet {
    // Strings are sorted by UTF-16 units, which are bytes here.
    const names = [...this.entries.keys()].sort()
    const entries = names.map((name) => this.entries.get(name) as Entry)
    const positions = entries.map(({ position }) => position)
    const slots = entries.map(({ slot }) => slot)
    return setOfSorted(names, positions, slots)
  }
}

interface Entry {
  slot: Slot
  position: Position
}

/** A set of attributes that are in byte order, each name once. */
export function setOfSorted(
  names: ByteString[],
  positions: readonly Position[],
  slots: readonly Slot[],
): AttributeSet {
  if (names.length === 0) return AttributeSet.empty
  return new AttributeSet(sharedShape(names, positions), slots)
}

/** Byte strings compare by UTF-16 units, which are their bytes. */
export function compareBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Small sets that builtins make (`{ name; value; }`, the outputs of a derivation) share their shapes:
 * so what is merged with them is merged as the last time.
 */
const shapes = new Map<string, Shape>()
const sharedShapeNames = 8
const sharedShapes = 4000

function sharedShape(names: ByteString[], positions: readonly Position[]): Shape {
  const known = positions.some((position) => position !== 0) ? positions : null
  if (names.length > sharedShapeNames) return new Shape(names, known)
  const key = `${known === null ? '' : known.join(' ')}\0${names.join('\0')}`
  let shape = shapes.get(key)
  if (shape === undefined) {
    if (shapes.size >= sharedShapes) shapes.clear()
    shapes.set(key, (shape = new Shape(names, known)))
  }
  return shape
}

/** A set of these attributes, without positions. */
export function attributeSetOf(attributes: Record<ByteString, Slot>): AttributeSet {
  const builder = new AttributeSetBuilder()
  for (const name of Object.keys(attributes)) builder.set(name, attributes[name])
  return builder.build()
}
