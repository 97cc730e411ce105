/** Thunks: computations that run at most once, when their value is needed. */
import type { Node, Position } from '../language/tree'
import { NixError } from './errors'
import { forceDeep, type Resumable } from './machine'
import { native, type Body } from './native-stack'
import type { Slot, Value } from './values'

/**
 * What a thunk runs, given its payload (an environment, for code of the tree). It is written once
 * for each evaluator: `run` for the fast one, `node` or `resume` for the deep one.
 */
export class Code implements Body {
  deep = false

  constructor(
    public run: (this: Code, payload: never) => Value,
    readonly node: Node | null,
    readonly resume: ((payload: never) => Resumable) | null,
  ) {}
}

export class Thunk {
  constructor(
    /** Null once the value is there. */
    public code: Code | null,
    /** What the code needs; then the value; or the error that evaluation ended in. */
    public payload: unknown,
  ) {}
}

/** The code of a thunk that is being forced: whoever forces it meanwhile needs its own value. */
export const blackhole = new Code(
  () => {
    throw infiniteRecursion(0, null)
  },
  null,
  null,
)

/** The error of a value that needs itself, at the place where it is needed. */
export function infiniteRecursion(position: Position, thunk: Thunk | null): NixError {
  const error = new NixError('infinite-recursion', 'infinite recursion encountered', position)
  error.cycle = thunk
  return error
}

/** The code of a thunk whose evaluation ended in an error: today's Nix memoises errors. */
export const failed = new Code(
  (error: NixError) => {
    throw error.copy()
  },
  null,
  null,
)

/** A thunk whose evaluation ended in an error, as it was before. */
export interface Failure {
  thunk: Thunk
  code: Code
  payload: unknown
}

/** Where failures are noted, if the evaluator at work undoes them; null if it does not. */
export const failures: { list: Failure[] | null } = { list: null }

/** Lets a thunk that ended in an error be evaluated once more. */
export function restoreFailure({ thunk, code, payload }: Failure): void {
  if (thunk.code !== failed) return
  thunk.code = code
  thunk.payload = payload
}

/** The value of a slot, evaluated to weak head normal form. */
export function force(slot: Slot): Value {
  return slot instanceof Thunk
    ? slot.code === null
      ? (slot.payload as Value)
      : forceThunk(slot)
    : slot
}

/** As `force`, for a variable or attribute that is used at a position. */
export function forceAt(slot: Slot, position: Position): Value {
  if (!(slot instanceof Thunk)) return slot
  if (slot.code === null) return slot.payload as Value
  if (slot.code === blackhole) throw infiniteRecursion(position, slot)
  return forceThunk(slot)
}

/** Forces a thunk that has no value yet. */
export function forceThunk(thunk: Thunk): Value {
  const depth = native.depth
  if (depth >= native.limit) return forceDeep(thunk)
  const code = thunk.code as Code
  const payload = thunk.payload
  const callDepth = native.callDepth
  native.depth = depth + 1
  if (code !== failed) thunk.code = blackhole
  try {
    const value = code.run(payload as never)
    thunk.payload = value
    thunk.code = null
    native.depth = depth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    settleFailure(thunk, code, payload, error)
    throw error
  }
}

/** Leaves a thunk as it must be after its evaluation threw. */
export function settleFailure(thunk: Thunk, code: Code, payload: unknown, error: unknown): void {
  if (error instanceof NixError && code !== blackhole) {
    if (error.cycle !== null && code.node !== null) error.addStep(code.node.position)
    if (error.cycle === thunk) {
      error.cycle = null
      error.addFrame('entering the infinite recursion', 0, 'always')
    }
    if (failures.list !== null && code !== failed) failures.list.push({ thunk, code, payload })
    thunk.code = failed
    // Whoever meets the error again sees the frames that it has passed the first time, as in Nix.
    thunk.payload = code === failed ? payload : error
  } else {
    // Forced by itself: the evaluation that goes on below tells where the recursion begins.
    if (error instanceof NixError && error.kind === 'infinite-recursion') error.cycle ??= thunk
    thunk.code = code
    thunk.payload = payload
  }
}

/** Whether a slot has its value already. */
export function isForced(slot: Slot): boolean {
  return !(slot instanceof Thunk) || slot.code === null
}
