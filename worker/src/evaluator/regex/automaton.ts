/** From the steps of a pattern to an automaton, in which intervals are written out. */
import type { ByteSet } from './byte-set'
import { RegexError } from './regex-error'
import type { Pattern } from './parse'

export const enum NodeKind {
  /** Goes on with `next`. */
  Jump,
  /** Goes on with `next` behind a byte of the set `data`. */
  Match,
  /** Tries `alternative`, and if nothing comes of it `next`. */
  Repeat,
  /** Tries `alternative` and `next`; the longer one counts, of two as long the first. */
  Alternate,
  /** Notes the position in the slot `data`. */
  Save,
  /** The beginning and the end of the text. */
  Begin,
  End,
  Accept,
}

export interface Node {
  kind: NodeKind
  next: number
  alternative: number
  data: number
}

export interface Automaton {
  nodes: Node[]
  start: number
  sets: ByteSet[]
}

/** libstdc++ refuses patterns that need more. */
const maxNodes = 100_000

/** Nodes from `low` on that belong together; entered at `start`, left at `end`. */
interface Fragment {
  low: number
  start: number
  end: number
}

class Builder {
  readonly nodes: Node[] = []
  readonly sets: ByteSet[] = []
  private readonly setIndices = new Map<ByteSet, number>()
  private readonly byteIndices = new Map<number, number>()

  add(kind: NodeKind, data = 0): number {
    if (this.nodes.length >= maxNodes) throw new RegexError(true)
    return this.nodes.push({ kind, next: -1, alternative: -1, data }) - 1
  }

  single(kind: NodeKind, data = 0): Fragment {
    const node = this.add(kind, data)
    return { low: node, start: node, end: node }
  }

  byteIndex(byte: number): number {
    let index = this.byteIndices.get(byte)
    if (index === undefined) {
      const set = new Uint8Array(256)
      set[byte] = 1
      this.byteIndices.set(byte, (index = this.sets.push(set) - 1))
    }
    return index
  }

  setIndex(set: ByteSet): number {
    let index = this.setIndices.get(set)
    if (index === undefined) this.setIndices.set(set, (index = this.sets.push(set) - 1))
    return index
  }

  concatenate(first: Fragment, second: Fragment): Fragment {
    this.nodes[first.end].next = second.start
    return { low: first.low, start: first.start, end: second.end }
  }

  alternate(first: Fragment, second: Fragment): Fragment {
    const fork = this.add(NodeKind.Alternate)
    const join = this.add(NodeKind.Jump)
    this.nodes[fork].alternative = first.start
    this.nodes[fork].next = second.start
    this.nodes[first.end].next = join
    this.nodes[second.end].next = join
    return { low: first.low, start: fork, end: join }
  }

  group(index: number, inner: Fragment): Fragment {
    const begin = this.add(NodeKind.Save, 2 * index - 2)
    const end = this.add(NodeKind.Save, 2 * index - 1)
    this.nodes[begin].next = inner.start
    this.nodes[inner.end].next = end
    return { low: inner.low, start: begin, end }
  }

  /** `x*`, or `x+` if it is to be entered with x. */
  loop(body: Fragment, atLeastOnce: boolean): Fragment {
    const repeat = this.add(NodeKind.Repeat)
    this.nodes[repeat].alternative = body.start
    this.nodes[body.end].next = repeat
    return { low: body.low, start: atLeastOnce ? body.start : repeat, end: repeat }
  }

  optional(body: Fragment): Fragment {
    const fork = this.add(NodeKind.Repeat)
    const join = this.add(NodeKind.Jump)
    this.nodes[fork].alternative = body.start
    this.nodes[fork].next = join
    this.nodes[body.end].next = join
    return { low: body.low, start: fork, end: join }
  }

  repeat(body: Fragment, minimum: number, maximum: number): Fragment {
    if (maximum === Infinity && minimum <= 1) return this.loop(body, minimum === 1)
    if (maximum === 1 && minimum === 0) return this.optional(body)
    const { low } = body
    const size = this.nodes.length - low
    const copies = maximum === Infinity ? minimum + 1 : maximum
    if (this.nodes.length + size * (copies - 1) > maxNodes) throw new RegexError(true)
    let result: Fragment = this.single(NodeKind.Jump)
    for (let i = 0; i < minimum; i++) result = this.concatenate(result, this.copy(body, size))
    if (maximum === Infinity) {
      result = this.concatenate(result, this.loop(this.copy(body, size), false))
    } else {
      const join = this.add(NodeKind.Jump)
      for (let i = minimum; i < maximum; i++) {
        const fork = this.add(NodeKind.Repeat)
        const piece = this.copy(body, size)
        this.nodes[fork].alternative = piece.start
        this.nodes[fork].next = join
        this.nodes[result.end].next = fork
        result.end = piece.end
      }
      this.nodes[result.end].next = join
      result.end = join
    }
    return { low, start: result.start, end: result.end }
  }

  /** Copies a fragment of `size` nodes that is connected to nothing yet. */
  private copy(fragment: Fragment, size: number): Fragment {
    const offset = this.nodes.length - fragment.low
    const moved = (node: number) => (node < 0 ? node : node + offset)
    for (let i = fragment.low; i < fragment.low + size; i++) {
      const { kind, next, alternative, data } = this.nodes[i]
      const copy = this.add(kind, data)
      this.nodes[copy].next = i === fragment.end ? -1 : moved(next)
      this.nodes[copy].alternative = moved(alternative)
    }
    return {
      low: fragment.low + offset,
      start: fragment.start + offset,
      end: fragment.end + offset,
    }
  }
}

/** Makes the automaton of a pattern. Throws RegexError where it would be too large. */
export function buildAutomaton({ steps }: Pattern): Automaton {
  const builder = new Builder()
  const stack: Fragment[] = []
  const pop = () => stack.pop()!
  for (const step of steps) {
    switch (step.kind) {
      case 'set':
        stack.push(builder.single(NodeKind.Match, builder.setIndex(step.set)))
        break
      case 'byte':
        stack.push(builder.single(NodeKind.Match, builder.byteIndex(step.byte)))
        break
      case 'empty':
        stack.push(builder.single(NodeKind.Jump))
        break
      case 'begin':
        stack.push(builder.single(NodeKind.Begin))
        break
      case 'end':
        stack.push(builder.single(NodeKind.End))
        break
      case 'concatenate': {
        const second = pop()
        stack.push(builder.concatenate(pop(), second))
        break
      }
      case 'alternate': {
        const second = pop()
        stack.push(builder.alternate(pop(), second))
        break
      }
      case 'group':
        stack.push(builder.group(step.index, pop()))
        break
      case 'repeat':
        stack.push(builder.repeat(pop(), step.minimum, step.maximum))
        break
    }
  }
  const whole = pop()
  builder.nodes[whole.end].next = builder.add(NodeKind.Accept)
  return { nodes: builder.nodes, start: whole.start, sets: builder.sets }
}
