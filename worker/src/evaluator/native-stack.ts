/**
 * How deep the native stack is, and what to do past its limit.
 *
 * A browser worker has about half a megabyte of native stack. The fast evaluator (compile.ts) counts
 * nested forces and calls; past `limit` the pending thunk or call goes to the deep evaluator
 * (machine.ts), which keeps its stack on the heap. The deep evaluator runs shallow work on the fast
 * one again by extending the limit, but only `maxExtensions` times at once: the native stack never
 * holds more than `limit + maxExtensions * extension` levels.
 */

/** Nested forces and calls that surely fit a browser worker's stack, without and with extensions. */
export const browserLimit = 150
export const extension = 60
const maxExtensions = 4

/** As `browserLimit`, of a process of Node: its main thread has twice as much stack. */
export const processLimit = 400

/** Levels that no rule above lets anything come to; beyond, an evaluation ends in an error. */
export const hardLimit = 1000

/** Something that is evaluated as a whole: the body of a thunk or of a lambda. */
export interface Body {
  /** Its evaluation has overflowed the native stack: the deep evaluator keeps it for itself. */
  deep: boolean
}

export const native = {
  /** Levels in use. */
  depth: 0,
  limit: browserLimit,
  /** Extensions that may still be made. */
  extensionsLeft: maxExtensions,
  /** What the innermost extension is trying to run. */
  attempt: null as Body | null,
  /** Nested function calls, on both evaluators; Nix's max-call-depth counts these. */
  callDepth: 0,
  maxCallDepth: 10_000,
  /** Calls left before BudgetExhausted. */
  budget: Infinity,
}

/** Everything as at the start of an evaluation. With limit 0, all of it runs on the deep evaluator. */
export function resetNativeStack(limit: number, maxCallDepth: number): void {
  native.depth = 0
  native.limit = limit
  native.extensionsLeft = limit === 0 ? 0 : maxExtensions
  native.attempt = null
  native.callDepth = 0
  native.maxCallDepth = maxCallDepth
}
