/** Evaluation errors: values with a kind, a message, a place and the frames they passed. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'

/** Stable names of what can go wrong; pages and tests key on them. */
export type ErrorKind =
  | 'throw'
  | 'assertion'
  | 'abort'
  | 'missing-search-path'
  | 'type'
  | 'not-a-function'
  | 'undefined-variable'
  | 'missing-attribute'
  | 'duplicate-attribute'
  | 'missing-argument'
  | 'unexpected-argument'
  | 'infinite-recursion'
  | 'stack-overflow'
  | 'arithmetic'
  | 'coercion'
  | 'comparison'
  | 'index'
  | 'file'
  | 'store'
  | 'derivation'
  | 'parse'
  | 'syntax'
  | 'restricted'
  | 'usage'
  | 'evaluation'

/** Detail is shown only with --show-trace; what is always shown even where a trace is cut short. */
export type Visibility = 'normal' | 'detail' | 'always'

/** A value of one type where another was wanted. */
export interface Mismatch {
  /** Like `a list`. */
  expected: string
  /** Like `an integer`. */
  found: string
  /** The value as messages show it. */
  value: ByteString
}

/** One step from the error outwards. */
export interface Frame {
  message: ByteString
  position: Position
  visibility: Visibility
}

/** Frames as a list that grows outwards; shared between an error and its memoised copies. */
interface FrameList {
  frame: Frame
  inner: FrameList | null
  length: number
}

/** More frames than this are dropped: a deep recursion would otherwise keep one for every level. */
const maxFrames = 100_000
/** Of a cycle no more places than this are told. */
const maxSteps = 50

export class NixError extends Error {
  override name = 'NixError'
  private list: FrameList | null = null
  droppedFrames = 0
  /** Of an infinite recursion: the thunk that needs itself, until its first evaluation is left. */
  cycle: object | null = null
  /** The status that a command ends with: 102 where something fetched has another hash. */
  exitStatus = 1
  /** Of an infinite recursion: what needs each other, the innermost first. */
  readonly steps: Position[] = []
  mismatch: Mismatch | null = null

  constructor(
    readonly kind: ErrorKind,
    /** Without "error: ", a byte string. */
    readonly text: ByteString,
    public position: Position = 0,
    /** Names near the one that was not found, best first. */
    readonly suggestions: readonly ByteString[] = [],
  ) {
    const limit = Error.stackTraceLimit
    // Stack traces of ours say nothing to the person, and cost more than the rest of a throw.
    Error.stackTraceLimit = 0
    super(text)
    Error.stackTraceLimit = limit
  }

  /** Whether tryEval catches it. */
  get catchable(): boolean {
    return this.kind === 'throw' || this.kind === 'assertion' || this.kind === 'missing-search-path'
  }

  /** From the error outwards. */
  get frames(): Frame[] {
    const frames: Frame[] = []
    for (let item = this.list; item !== null; item = item.inner) frames.push(item.frame)
    return frames.reverse()
  }

  addFrame(message: ByteString, position: Position, visibility: Visibility = 'normal'): this {
    const length = this.list === null ? 0 : this.list.length
    if (length >= maxFrames) this.droppedFrames++
    else
      this.list = { frame: { message, position, visibility }, inner: this.list, length: length + 1 }
    return this
  }

  /** Remembers an expression on the way from a value to the place that needs it again. */
  addStep(position: Position): void {
    if (this.steps.length < maxSteps) this.steps.push(position)
  }

  /** Gives the error a position where it has none yet. */
  at(position: Position): this {
    if (this.position === 0) this.position = position
    return this
  }

  /** The error as it is now; frames added to one of the two do not show in the other. */
  copy(): NixError {
    const copy = new NixError(this.kind, this.text, this.position, this.suggestions)
    copy.list = this.list
    copy.droppedFrames = this.droppedFrames
    copy.cycle = this.cycle
    copy.exitStatus = this.exitStatus
    copy.steps.push(...this.steps)
    copy.mismatch = this.mismatch
    return copy
  }
}

/**
 * Ends an evaluation without being its result: a budget has run out, or something must be loaded
 * first. Thunks that it passes through can be forced again.
 */
export class Interruption extends Error {
  override name: string = 'Interruption'
}

/** Something that was fetched is not what it should be. */
export function hashMismatch(text: ByteString): NixError {
  const error = new NixError('store', text)
  error.exitStatus = 102
  return error
}

/** The step budget has run out. */
export class BudgetExhausted extends Interruption {
  override name = 'BudgetExhausted'
}
