/** Expressions out of the middle of a file, made such that they can be evaluated by themselves. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { operandsOf } from '../language/operands'
import {
  NodeKind,
  type AttributeSetNode,
  type Binding,
  type Node,
  type Position,
} from '../language/tree'
import type { Occurrence, Sketch } from './sketch'

/** Deeper expressions are not looked for: the search calls itself. */
const maxDepth = 300

/** A name whose value is asked for. */
export interface Wanted {
  /** Offset of a variable, or of the name of a binding. */
  start: number
  /** What is selected from it. */
  path: ByteString[]
}

/** The wanted name for an occurrence; null where no variable or binding leads there. */
export function wantedAt(sketch: Sketch, occurrence: Occurrence): Wanted | null {
  const { occurrences, source } = sketch
  const path: ByteString[] = []
  for (let i = occurrences.indexOf(occurrence); i >= 0; i--) {
    const here = occurrences[i]
    const before = i === 0 ? null : occurrences[i - 1]
    const isSelected = before !== null && /^\s*\.\s*$/.test(source.slice(before.end, here.start))
    if (!isSelected) {
      if (here.kind === 'attribute') return null
      // A set may be defined in several places: `a.b = 1; a.c = 2;`. It is known by the first.
      return { start: here.kind === 'definition' ? here.definition.start : here.start, path }
    }
    path.unshift(nameOf(here))
  }
  return null
}

function nameOf(occurrence: Occurrence): ByteString {
  return 'definition' in occurrence ? occurrence.definition.name : occurrence.name
}

/** Puts an expression into what gives it its variables. */
type Wrap = (inner: Node) => Node

/**
 * The wanted part of a file as an expression for the outermost environment: what it is in is kept so
 * far as it defines variables. Null where it is within a function (whose argument nobody knows), or
 * where it stands for a builtin.
 *
 * @param offsetOf gives the offset of a position in the file
 */
export function isolate(
  root: Node,
  wanted: Wanted,
  offsetOf: (position: Position) => number,
): Node | null {
  return new Search(wanted, offsetOf).find(root, (inner) => inner, 0)
}

class Search {
  constructor(
    private readonly wanted: Wanted,
    private readonly offsetOf: (position: Position) => number,
  ) {}

  find(node: Node, wrap: Wrap, depth: number): Node | null {
    if (depth > maxDepth) return null
    switch (node.kind) {
      case NodeKind.Local:
      case NodeKind.WithVariable:
        return this.wanted.path.length === 0 && this.isWanted(node.position) ? wrap(node) : null
      case NodeKind.Select: {
        const { subject, path } = node
        const { length } = this.wanted.path
        if (length > 0 && 'name' in subject && this.isWanted(subject.position)) {
          const selected = path.slice(0, length)
          const isSame = selected.every((name, i) => name === this.wanted.path[i])
          if (!isSame || selected.length < length) return null
          return wrap({ ...node, path: selected, default: null })
        }
        break
      }
      case NodeKind.Let: {
        const inside: Wrap = (inner) => wrap({ ...node, body: inner })
        return (
          this.bindings(node.bindings, inside, wrap, depth) ??
          this.first([...node.inheritedFrom, node.body], inside, depth)
        )
      }
      case NodeKind.AttributeSet:
        return this.set(node, wrap, depth)
      case NodeKind.With:
        return (
          this.find(node.subject, wrap, depth + 1) ??
          this.find(node.body, (inner) => wrap({ ...node, body: inner }), depth + 1)
        )
      case NodeKind.Assert:
        return (
          this.find(node.condition, wrap, depth + 1) ??
          this.find(node.body, (inner) => wrap({ ...node, body: inner }), depth + 1)
        )
    }
    return this.first(operandsOf(node), wrap, depth)
  }

  private set(node: AttributeSetNode, wrap: Wrap, depth: number): Node | null {
    const { bindings, inheritedFrom, dynamic: others, position } = node
    const dynamicParts = others.flatMap(({ name, value }) => [name, value])
    if (!node.recursive) {
      // What is inherited from a set reads an environment that only the set itself makes.
      const own = bindings.filter((_, i) => node.fromInherit[i] !== 1)
      return (
        this.bindings(own, wrap, wrap, depth) ??
        this.first([...inheritedFrom, ...dynamicParts], wrap, depth)
      )
    }
    // It changes what the other names mean.
    if (bindings.some(({ name }) => name === '__overrides')) return null
    const inside: Wrap = (inner) =>
      wrap({ kind: NodeKind.Let, position, bindings, inheritedFrom, body: inner })
    return (
      this.bindings(bindings, inside, wrap, depth) ??
      this.first([...inheritedFrom, ...dynamicParts], inside, depth)
    )
  }

  private bindings(
    bindings: readonly Binding[],
    inside: Wrap,
    around: Wrap,
    depth: number,
  ): Node | null {
    for (const { position, value, inherited } of bindings) {
      const wrap = inherited ? around : inside
      if (this.isWanted(position)) {
        const { path } = this.wanted
        if (path.length === 0) return wrap(value)
        return wrap({ kind: NodeKind.Select, position, subject: value, path, default: null })
      }
      const found = this.find(value, wrap, depth + 1)
      if (found !== null) return found
    }
    return null
  }

  private first(nodes: readonly Node[], wrap: Wrap, depth: number): Node | null {
    for (const node of nodes) {
      const found = this.find(node, wrap, depth + 1)
      if (found !== null) return found
    }
    return null
  }

  private isWanted(position: Position): boolean {
    return this.offsetOf(position) === this.wanted.start
  }
}
