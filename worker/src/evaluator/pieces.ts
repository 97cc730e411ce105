/** What is compiled of a node once, and used by both evaluators. */
import type { Node } from '../language/tree'
import type { Strict } from './compile'
import type { SetParts } from './set-parts'
import type { Code } from './thunk'
import type { Environment } from './environment'
import type { Slot } from './values'

interface Pieces {
  code?: Code
  strict?: Strict
  args?: (environment: Environment) => Slot[]
  environment?: (outer: Environment) => Environment
  set?: SetParts
}

/** The pieces of a node; those that are not there yet are for the caller to add. */
export function piecesOf(node: Node): Pieces {
  return (node.compiled ??= {})
}
