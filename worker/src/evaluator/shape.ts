/**
 * The shapes of attribute sets: sorted names and their positions, each stored once for all sets made at
 * one place of a program. What `//` does to names is worked out once for each pair of shapes.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'

/** Up to this many names are found by a linear scan, which beats a Map. */
const linearScan = 8

/** Shapes of up to this many names are remembered by those they were derived from, and by functions. */
export const rememberedNames = 128

/**
 * Merges that give more names, up to these, are remembered when they are met again: a program that adds
 * to a set by and by meets each of them but once.
 */
const rememberedWhenMetAgain = 1024

/** All that is remembered of merges is forgotten when the shapes they gave have more names than this. */
const rememberedNamesInAll = 1_000_000

/** A shape gets an index when it has been asked once for every so many names. */
const lookupsPerName = 8

/** How the slots of `left // right` are gathered: i ≥ 0 is right[i], else left[~i]. */
interface MergePlan {
  shape: Shape
  sources: readonly number[]
}

/** The shapes that remember several merges, and how many names those gave. */
const remembering: Shape[] = []
let namesInAll = 0

export class Shape {
  private index: Map<ByteString, number> | null = null
  private lookups = 0
  /** What was found last: whoever goes through the names of a set asks for the next one then. */
  private last = -1
  private merges: Map<Shape, MergePlan> | null = null
  private lastMerged: Shape | null = null
  private lastPlan: MergePlan | null = null
  /** What this was merged with last that gave too many names to be remembered at once. */
  private lastLarge: Shape | null = null
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

  /**
   * How to merge with a shape. It is remembered, so that what is merged as before has the shape it had
   * before, which other places remember in turn.
   */
  mergePlan(right: Shape): MergePlan {
    if (this.lastMerged === right && this.lastPlan !== null) return this.lastPlan
    let plan = this.merges?.get(right)
    if (plan === undefined) {
      plan = planMerge(this, right)
      const { length } = plan.sources
      if (length > rememberedNames) {
        const isMetAgain = this.lastLarge === right
        this.lastLarge = right
        if (!isMetAgain || length > rememberedWhenMetAgain) return plan
      }
      this.remember(right, plan)
    }
    this.lastMerged = right
    this.lastPlan = plan
    return plan
  }

  private remember(right: Shape, plan: MergePlan): void {
    namesInAll += plan.sources.length
    if (namesInAll > rememberedNamesInAll) forgetMerges()
    // Most shapes are merged with one other only.
    if (this.lastMerged === null || this.lastPlan === null) {
      if (plan.sources.length > rememberedNames) remembering.push(this)
      return
    }
    if (this.merges === null) {
      this.merges = new Map([[this.lastMerged, this.lastPlan]])
      remembering.push(this)
    }
    this.merges.set(right, plan)
  }

  forget(): void {
    this.merges = null
    this.lastMerged = null
    this.lastPlan = null
    this.lastLarge = null
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

function forgetMerges(): void {
  for (const shape of remembering) shape.forget()
  remembering.length = 0
  namesInAll = 0
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
    sources: sources.slice(),
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
