/** What the stack of the deep evaluator (machine.ts) is made of. */
import type { Node } from '../language/tree'
import type { Environment } from './environment'
import type { Value } from './values'

/** What to do with a value. */
export abstract class StackFrame {
  abstract resume(value: Value): void
  /** Sees an error pass: gives the error to go on with, or `recovered` after setting a register. */
  fail(error: unknown): unknown {
    return error
  }
}

/** A frame that goes on with a node in its environment. */
export abstract class NodeFrame<N extends Node> extends StackFrame {
  constructor(
    protected readonly node: N,
    protected readonly environment: Environment,
  ) {
    super()
  }
}

/** Shared by all runs of the machine. */
export const stack: StackFrame[] = []
