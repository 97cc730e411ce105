/**
 * Attribute sets: a shared shape (shape.ts) and an array of slots. What `//` does to the names of two
 * shapes is known from the last time, and replayed as plain copying of slots.
 *
 * A large set that is updated, or updates another, is not copied: the result has the two as *layers*,
 * in which a name is looked for from the top. It becomes one set with a shape when somebody goes
 * through its names, which with a package collection hardly anybody does; or when it has been asked so
 * often that looking in every layer has taken longer than making it one.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { lateSlot, wideSet, withAllSlots } from './late-slots'
import { Shape } from './shape'
import type { Slot } from './values'

/** `//` copies up to this many attributes; more become layers. */
const copiedAttributes = 128

/** More layers than this are made fewer: each is one more place to look in. */
const maxLayers = 6

/** A layered set is made one when it has been asked this many times for each of its names. */
const lookupsOfLayers = 2

export class AttributeSet {
  /** Null while the set is layered. */
  flat: Shape | null
  /** The slots, one for each name of the shape; or the layers. */
  private content: readonly Slot[] | Layers

  constructor(shape: Shape, slots: readonly Slot[]) {
    this.flat = shape
    this.content = slots
  }

  static readonly empty = new AttributeSet(new Shape([], null), [])

  private static layered(layers: AttributeSet[], count: number): AttributeSet {
    const set = new AttributeSet(AttributeSet.empty.shape, [])
    set.flat = null
    set.content = new Layers(mergeLayers(layers, count))
    return set
  }

  get shape(): Shape {
    return this.flat ?? this.flatten()
  }

  /** One for each name of the shape. */
  get slots(): readonly Slot[] {
    if (this.flat === null) this.flatten()
    const slots = this.content as readonly Slot[]
    return slots.length < wideSet ? slots : withAllSlots(slots)
  }

  /** The slot at a place in the shape of a set that is not layered. */
  slotAt(index: number): Slot {
    const slots = this.content as readonly Slot[]
    const slot = slots[index] as Slot | undefined
    return slot === undefined ? lateSlot(slots, index) : slot
  }

  get size(): number {
    return this.shape.names.length
  }

  /** No fewer than `size`, and quickly told. */
  get bound(): number {
    return this.flat === null ? (this.content as Layers).bound : this.flat.names.length
  }

  /** In byte order. */
  get names(): readonly ByteString[] {
    return this.shape.names
  }

  get(name: ByteString): Slot | undefined {
    const shape = this.flat
    if (shape === null) {
      const layers = this.content as Layers
      if (++layers.lookups > layers.bound * lookupsOfLayers) {
        this.flatten()
        return this.get(name)
      }
      const { sets } = layers
      for (let i = 0; i < sets.length; i++) {
        const layer = sets[i]
        const found = (layer.flat as Shape).find(name)
        if (found >= 0) return layer.slotAt(found)
      }
      return undefined
    }
    const index = shape.find(name)
    return index < 0 ? undefined : this.slotAt(index)
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
    for (const layer of (this.content as Layers).sets) if (layer.has(name)) return layer
    return null
  }

  private get layers(): readonly AttributeSet[] {
    return this.flat === null ? (this.content as Layers).sets : [this]
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
    if (right.bound === 0) return this
    if (this.bound === 0) return right
    return AttributeSet.layered([...right.layers, ...this.layers], maxLayers)
  }

  /** `this // right`, of sets that are not layered, as a set that is not. */
  copy(right: AttributeSet): AttributeSet {
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
      kept.push(layer.slotAt(index))
    }
    return names.length === 0
      ? AttributeSet.empty
      : new AttributeSet(left.shape.derive(names, positions), kept)
  }
}

/** The layers of a set, the topmost first; none is layered itself. */
class Layers {
  /** How often the set was asked for an attribute. */
  lookups = 0
  readonly bound: number

  constructor(readonly sets: readonly AttributeSet[]) {
    this.bound = sets.reduce((sum, { size }) => sum + size, 0)
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
