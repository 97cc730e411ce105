/**
 * What an evaluator keeps from one evaluation to the next: values of files in the store, which never
 * change, and of calls of such files' functions with arguments that are written out, like
 * `import <nixpkgs> { }`. Nothing else of an evaluation is seen by the next one.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { NodeKind, type Position } from '../language/tree'
import type { PositionTable } from '../language/positions'
import { AttributeSet } from './attribute-set'
import { call1 } from './call'
import { force, isForced, restoreFailure, Thunk, type Failure } from './thunk'
import { Lambda, type Slot, type Value } from './values'

/** Function calls after which all is let go: what is kept grows with what was evaluated. */
const maxCalls = 10_000_000
/** More failures than this are not undone. */
const maxFailures = 10_000
/** Larger arguments are not compared with those of before. */
const maxKeyLength = 2000

/** How many results of a kept call an evaluation has been given. */
export type CallsMade = Map<readonly Value[], number>

export class KeptValues {
  /** By path: what `import` of a file in the store gives. */
  readonly imported = new Map<ByteString, Slot>()
  private readonly calls = new Map<Lambda, Map<string, Value[]>>()
  /** Thunks that ended in an error since `undoFailures`. */
  readonly failures: Failure[] = []
  /** Function calls so far. */
  callsMade = 0

  constructor(
    private readonly storeDir: ByteString,
    private readonly positions: PositionTable,
  ) {}

  /** Whether another evaluation may go on from here. */
  get mayGoOn(): boolean {
    return this.callsMade < maxCalls && this.failures.length < maxFailures
  }

  /** Whether the contents of a path can never change. */
  isImmutable(path: ByteString): boolean {
    return path.startsWith(`${this.storeDir}/`)
  }

  /** An error belongs to the evaluation that came upon it: the next one evaluates again. */
  undoFailures(): void {
    for (const failure of this.failures.splice(0).reverse()) restoreFailure(failure)
  }

  /**
   * Calls what `import` gave. A program that calls the same function twice gets two values, as ever; each
   * of them is kept for the evaluation after.
   */
  call(fn: Value, argument: Slot, position: Position, made: CallsMade): Value {
    const results = this.resultsOf(fn, argument, position)
    if (results === null) return call1(fn, argument, position)
    const index = made.get(results) ?? 0
    made.set(results, index + 1)
    if (index < results.length) return results[index]
    const value = call1(fn, argument, position)
    if (index === results.length) results.push(value)
    return value
  }

  private resultsOf(fn: Value, argument: Slot, position: Position): Value[] | null {
    if (!(fn instanceof Lambda)) return null
    const key = constantKey(argument)
    if (key === null || key.length > maxKeyLength) return null
    // What calls from within the store give is kept as part of the values there.
    if (this.isInStore(position) || !this.isValueOfFile(fn)) return null
    let ofFunction = this.calls.get(fn)
    if (ofFunction === undefined) this.calls.set(fn, (ofFunction = new Map()))
    let results = ofFunction.get(key)
    if (results === undefined) ofFunction.set(key, (results = []))
    return results
  }

  /** Whether a function is what a kept file gave. */
  private isValueOfFile(fn: Lambda): boolean {
    if (this.calls.has(fn)) return true
    for (const slot of this.imported.values()) {
      if (isForced(slot) && force(slot) === fn) return true
    }
    return false
  }

  private isInStore(position: Position): boolean {
    const origin = this.positions.place(position)?.origin
    return origin?.kind === 'file' && this.isImmutable(origin.path)
  }
}

/**
 * A text that stands for a value which is all there or written out (numbers, strings, lists and sets of
 * them), or null. Texts that may be paths are left out: what lies there may change.
 */
function constantKey(slot: Slot): string | null {
  const value = slot instanceof Thunk ? constantOf(slot) : slot
  if (value === null || typeof value === 'boolean' || typeof value === 'number') {
    return String(value)
  }
  if (typeof value === 'string') return value.includes('/') ? null : JSON.stringify(value)
  if (Array.isArray(value)) return joined('[', value as readonly Slot[], ']')
  if (!(value instanceof AttributeSet) || value.bound > maxKeyLength) return null
  const slots = joined('', value.slots, '')
  return slots === null ? null : `{${JSON.stringify(value.names)}=${slots}}`
}

function joined(open: string, slots: readonly Slot[], close: string): string | null {
  if (slots.length > maxKeyLength) return null
  const keys: string[] = []
  for (const slot of slots) {
    const key = constantKey(slot)
    if (key === null) return null
    keys.push(key)
  }
  return open + keys.join(',') + close
}

/** The value of a thunk that has it, or that needs nothing to have it; undefined of others. */
function constantOf(thunk: Thunk): Value | undefined {
  if (thunk.code === null) return thunk.payload as Value
  const { node } = thunk.code
  const isLiteral =
    node?.kind === NodeKind.List ||
    (node?.kind === NodeKind.AttributeSet && !node.recursive && node.dynamic.length === 0)
  return isLiteral ? force(thunk) : undefined
}
