/**
 * A pattern made ready to run: states that at one position depend only on states with smaller
 * numbers, and behind a byte on any.
 *
 * That takes away the cycles that consume nothing. libstdc++ enters the body of a repetition at most
 * twice at one position, and what groups hold depends on it. So a state stands for a node of the
 * automaton together with how often the repetitions around it have been entered here.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { buildAutomaton, NodeKind, type Automaton, type Node } from './automaton'
import { emptyCycles } from './components'
import { parsePattern, type Pattern } from './parse'
import { RegexError } from './regex-error'

export const enum StateKind {
  /** Behind a byte of the set `data` the state `first`. */
  Match,
  /** `first`, or if nothing comes of it `second`. */
  Prefer,
  /** The longer one of `first` and `second`, or `first`. */
  Longest,
  /** `first`; notes the position in the slot `data`. */
  Save,
  /** `first` at the beginning and at the end of the text. */
  Begin,
  End,
  Accept,
  Fail,
}

export interface Program {
  kinds: Uint8Array
  first: Int32Array
  second: Int32Array
  data: Int32Array
  /** For each set 256 bytes. */
  sets: Uint8Array
  start: number
  /** Like `start`, but what matches is not empty. */
  startNonEmpty: number
  /** States needed for matching a whole text: those below. */
  wholeSize: number
  groups: number
  /** The text that alone is matched; null if the pattern is more than a text. */
  literal: ByteString | null
}

/** More states than this are too many, as for libstdc++. */
const maxStates = 200_000
/** A repetition is entered so often at one position. */
const maxEntries = 2

/** Compiles a pattern. Throws RegexError. */
export function compile(source: ByteString): Program {
  const pattern = parsePattern(source)
  return new Expansion(buildAutomaton(pattern)).program(pattern)
}

/** How often repetitions of one cycle have been entered. */
interface Entries {
  id: number
  component: number
  counts: ReadonlyMap<number, number>
}

const noEntries: Entries = { id: 0, component: -1, counts: new Map() }

interface Frame {
  key: number
  node: number
  entries: Entries
  nonEmpty: boolean
  /** States of the branches seen so far. */
  states: number[]
}

class Expansion {
  private readonly nodes: readonly Node[]
  private readonly component: Int32Array
  private readonly cyclic: readonly boolean[]
  private readonly known = new Map<number, number>()
  private readonly interned = new Map<string, Entries>()
  private readonly kinds: number[] = []
  private readonly first: number[] = []
  private readonly second: number[] = []
  private readonly data: number[] = []
  /** Match states whose following state is not known yet, and its node. */
  private readonly pending: [number, number][] = []

  constructor(private readonly automaton: Automaton) {
    this.nodes = automaton.nodes
    const { of, cyclic } = emptyCycles(automaton.nodes)
    this.component = of
    this.cyclic = cyclic
  }

  program(pattern: Pattern): Program {
    const start = this.expand(this.automaton.start, false)
    this.follow()
    const wholeSize = this.kinds.length
    const startNonEmpty = this.expand(this.automaton.start, true)
    this.follow()
    const { sets } = this.automaton
    const flat = new Uint8Array(sets.length * 256)
    for (let i = 0; i < sets.length; i++) flat.set(sets[i], i * 256)
    return {
      kinds: Uint8Array.from(this.kinds),
      first: Int32Array.from(this.first),
      second: Int32Array.from(this.second),
      data: Int32Array.from(this.data),
      sets: flat,
      start,
      startNonEmpty,
      wholeSize,
      groups: pattern.groups,
      literal: literalOf(pattern),
    }
  }

  /** Finds the states behind bytes. */
  private follow(): void {
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) {
      this.first[next[0]] = this.expand(next[1], false)
    }
  }

  /** The state of a node at which a position is begun, with all it depends on. */
  private expand(root: number, nonEmpty: boolean): number {
    const stack: Frame[] = []
    const found = this.visit(root, noEntries, nonEmpty, stack)
    if (found >= 0) return found
    let result = -1
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]
      const node = this.nodes[frame.node]
      if (frame.states.length < branchesOf(node)) {
        const [target, entries] = this.branch(frame, node)
        const state = this.visit(target, entries, nonEmpty, stack)
        if (state >= 0) frame.states.push(state)
        continue
      }
      stack.pop()
      result = this.add(node, frame)
      this.known.set(frame.key, result)
      if (stack.length > 0) stack[stack.length - 1].states.push(result)
    }
    return result
  }

  /** The next branch of a node and what it is entered with. */
  private branch({ node: index, entries, states }: Frame, node: Node): [number, Entries] {
    if (branchesOf(node) === 1 || states.length === 1) return [node.next, entries]
    if (node.kind === NodeKind.Repeat && this.cyclic[this.component[index]]) {
      return [node.alternative, this.entered(entries, index)]
    }
    return [node.alternative, entries]
  }

  /** The state for a node if it is known; else -1, and the node is on the stack. */
  private visit(start: number, given: Entries, nonEmpty: boolean, stack: Frame[]): number {
    let node = start
    for (;;) {
      const { kind, next } = this.nodes[node]
      const exhausted =
        kind === NodeKind.Repeat &&
        (this.entriesAt(given, node).counts.get(node) ?? 0) >= maxEntries
      if (kind !== NodeKind.Jump && !exhausted) break
      node = next
    }
    const entries = this.entriesAt(given, node)
    const key = (entries.id * 2 + Number(nonEmpty)) * this.nodes.length + node
    const known = this.known.get(key)
    if (known !== undefined) return known
    stack.push({ key, node, entries, nonEmpty, states: [] })
    return -1
  }

  /** Entries of another cycle do not matter any more: that cycle cannot be reached again here. */
  private entriesAt(entries: Entries, node: number): Entries {
    return entries.component === this.component[node] ? entries : noEntries
  }

  private entered(entries: Entries, node: number): Entries {
    const component = this.component[node]
    const counts = new Map(entries.counts)
    counts.set(node, (counts.get(node) ?? 0) + 1)
    const text = [...counts]
      .sort(([a], [b]) => a - b)
      .map((entry) => entry.join(':'))
      .join()
    let result = this.interned.get(text)
    if (result === undefined) {
      result = { id: this.interned.size + 1, component, counts }
      this.interned.set(text, result)
    }
    return result
  }

  private add(node: Node, { nonEmpty, states }: Frame): number {
    if (this.kinds.length >= maxStates) throw new RegexError(true)
    const state = this.kinds.push(stateKind(node.kind, nonEmpty)) - 1
    this.first.push(states[0] ?? -1)
    this.second.push(states[1] ?? -1)
    this.data.push(node.data)
    if (node.kind === NodeKind.Match) this.pending.push([state, node.next])
    return state
  }
}

/** How many branches of a node lie at the same position. */
function branchesOf(node: Node): number {
  switch (node.kind) {
    case NodeKind.Repeat:
    case NodeKind.Alternate:
      return 2
    case NodeKind.Match:
    case NodeKind.Accept:
      return 0
    default:
      return 1
  }
}

function stateKind(kind: NodeKind, nonEmpty: boolean): StateKind {
  switch (kind) {
    case NodeKind.Match:
      return StateKind.Match
    case NodeKind.Repeat:
      return StateKind.Prefer
    case NodeKind.Alternate:
      return StateKind.Longest
    case NodeKind.Save:
      return StateKind.Save
    case NodeKind.Begin:
      return StateKind.Begin
    case NodeKind.End:
      return StateKind.End
    default:
      return nonEmpty ? StateKind.Fail : StateKind.Accept
  }
}

function literalOf({ steps }: Pattern): ByteString | null {
  let text = ''
  for (const step of steps) {
    if (step.kind === 'byte') text += String.fromCharCode(step.byte)
    else if (step.kind !== 'concatenate') return null
  }
  return text === '' ? null : text
}
