/**
 * Adds bindings to sets while parsing: nested attribute paths make and share sets, sets given twice
 * are merged, and what cannot be merged is an error.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { printAttributePath } from './print-tree'
import {
  NodeKind,
  type AttributeName,
  type AttributeSetNode,
  type Binding,
  type DynamicBinding,
  type LocalNode,
  type Node,
  type Position,
} from './tree'

/** Shared by all that have none; never pushed to. */
const noBindings: DynamicBinding[] = []
const noNodes: Node[] = []
const noFlags = new Uint8Array(0)

/** Sets larger than this find their names in an index. */
const smallSet = 12

/** A new set. The bind pass sorts its bindings and fills `fromInherit`. */
export function emptySet(position: Position, recursive: boolean): AttributeSetNode {
  return {
    kind: NodeKind.AttributeSet,
    position,
    recursive,
    bindings: [],
    fromInherit: noFlags,
    inheritedFrom: noNodes,
    dynamic: noBindings,
  }
}

/**
 * Stands for the set's k-th `inherit (e)` expression until the bind pass knows the slot: level -1.
 */
export function inheritedFromReference(position: Position, index: number): LocalNode {
  return { kind: NodeKind.Local, position, name: '', level: -1, slot: index }
}

/** Whether a binding's value is `inherit (e) x`, before the bind pass. */
export function isFromInherit(binding: Binding): boolean {
  const value = binding.value
  return (
    value.kind === NodeKind.Select &&
    value.subject.kind === NodeKind.Local &&
    value.subject.level === -1
  )
}

/** Told of an attribute defined twice. */
export type ReportDuplicate = (name: ByteString, position: Position, previous: Position) => void

export class SetBuilder {
  /** The names of larger sets. */
  private indexes = new Map<AttributeSetNode, Map<ByteString, Binding>>()
  private readonly report: ReportDuplicate

  constructor(report: ReportDuplicate) {
    this.report = report
  }

  /** `name = value;` */
  addStatic(set: AttributeSetNode, name: ByteString, value: Node, position: Position): void {
    const previous = this.find(set, name)
    if (previous === null) {
      this.insert(set, { name, position, value, inherited: false })
      setName(value, name)
    } else {
      this.merge(previous, { name, position, value, inherited: false }, [name])
    }
  }

  /** `a.${b}.c = value;` */
  addPath(set: AttributeSetNode, path: AttributeName[], value: Node, position: Position): void {
    const last = path.length - 1
    for (let i = 0; i < last; i++) {
      const name = path[i]
      if (typeof name === 'string') {
        const previous = this.find(set, name)
        if (previous === null) {
          const nested = emptySet(0, false)
          this.insert(set, { name, position, value: nested, inherited: false })
          set = nested
        } else if (previous.value.kind === NodeKind.AttributeSet) {
          set = previous.value
        } else {
          this.report(printAttributePath(path.slice(0, i + 1)), position, previous.position)
          return
        }
      } else {
        const nested = emptySet(0, false)
        addDynamic(set, { name, position, value: nested })
        set = nested
      }
    }
    const name = path[last]
    if (typeof name !== 'string') {
      addDynamic(set, { name, position, value })
      return
    }
    const previous = this.find(set, name)
    if (previous === null) {
      this.insert(set, { name, position, value, inherited: false })
      setName(value, name)
    } else {
      this.merge(previous, { name, position, value, inherited: false }, path)
    }
  }

  /** `inherit name;` and `inherit (e) name;`, whose value the caller made. */
  addInherited(set: AttributeSetNode, binding: Binding): void {
    const previous = this.find(set, binding.name)
    if (previous === null) this.insert(set, binding)
    else this.report(printAttributePath([binding.name]), binding.position, previous.position)
  }

  /** Takes note of an `inherit (e)` expression and gives its index. */
  addInheritedFrom(set: AttributeSetNode, from: Node): number {
    if (set.inheritedFrom === noNodes) set.inheritedFrom = []
    return set.inheritedFrom.push(from) - 1
  }

  private find(set: AttributeSetNode, name: ByteString): Binding | null {
    const bindings = set.bindings
    if (bindings.length <= smallSet) {
      for (let i = 0; i < bindings.length; i++) if (bindings[i].name === name) return bindings[i]
      return null
    }
    let index = this.indexes.get(set)
    if (index === undefined) {
      index = new Map()
      for (const binding of bindings) index.set(binding.name, binding)
      this.indexes.set(set, index)
    }
    return index.get(name) ?? null
  }

  private insert(set: AttributeSetNode, binding: Binding): void {
    set.bindings.push(binding)
    if (set.bindings.length > smallSet + 1) this.indexes.get(set)?.set(binding.name, binding)
  }

  /**
   * Moves the attributes of a set into the one that was there. The set that was there says whether
   * the result is recursive, as in Nix.
   */
  private merge(previous: Binding, binding: Binding, path: AttributeName[]): void {
    const work = [{ previous, binding, path }]
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      const into = item.previous.value
      const from = item.binding.value
      if (into.kind !== NodeKind.AttributeSet || from.kind !== NodeKind.AttributeSet) {
        this.report(printAttributePath(item.path), item.binding.position, item.previous.position)
        continue
      }
      const inheritedBefore = into.inheritedFrom.length
      const both: typeof work = []
      for (const moved of from.bindings) {
        if (isFromInherit(moved) && moved.value.kind === NodeKind.Select) {
          const reference = moved.value.subject as LocalNode
          reference.slot += inheritedBefore
        }
        const there = this.find(into, moved.name)
        if (there === null) this.insert(into, moved)
        else both.push({ previous: there, binding: moved, path: [...item.path, moved.name] })
      }
      work.push(...both.reverse())
      for (const dynamic of from.dynamic) addDynamic(into, dynamic)
      for (const node of from.inheritedFrom) this.addInheritedFrom(into, node)
    }
  }
}

function addDynamic(set: AttributeSetNode, binding: DynamicBinding): void {
  if (set.dynamic === noBindings) set.dynamic = []
  set.dynamic.push(binding)
}

/** A function is called what it is bound to, and so are the functions it gives. */
function setName(value: Node, name: ByteString): void {
  while (value.kind === NodeKind.Lambda) {
    value.name = name
    value = value.body
  }
}
