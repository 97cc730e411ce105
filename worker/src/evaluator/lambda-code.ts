/** What all functions of one lambda expression share. */
import type { LambdaNode } from '../language/tree'
import { strict } from './compile'
import { delayed, type Delayed } from './delayed'
import { forcedParameters } from './forced-parameters'
import type { Body } from './native-stack'
import type { Shape } from './shape'
import type { Environment } from './environment'
import type { Value } from './values'

const noSlots: readonly number[] = []

/** A lambda's body, compiled when it is first called. */
export class LambdaCode implements Body {
  deep = false
  readonly arity: number
  /** Evaluates the body, in an environment that is complete. */
  run: (this: LambdaCode, environment: Environment) => Value
  /** Which parameters are forced first (forced-parameters.ts), as is known from the first call on. */
  forced = 0
  /** The shape of the set that was bound last (formals.ts), and where it has each formal; -1: default. */
  boundShape: Shape | null = null
  boundSlots: readonly number[] = noSlots
  /** The same of all shapes, once there were two. */
  knownShapes: Map<Shape, readonly number[]> | null = null
  private defaults: (Delayed | null)[] | null = null

  constructor(readonly node: LambdaNode) {
    this.arity = node.parameters.length
    this.run = runFirstCall
  }

  /** The delayed default of a formal. */
  default(index: number): Delayed | null {
    this.defaults ??= this.node.formals!.formals.map((formal) =>
      formal.default === null ? null : delayed(formal.default),
    )
    return this.defaults[index]
  }
}

/** Compiles the body of a lambda that is called for the first time. */
function runFirstCall(this: LambdaCode, environment: Environment): Value {
  this.forced = forcedParameters(this.node)
  this.run = strict(this.node.body)
  return this.run(environment)
}
