/** Errors and frames of function calls. */
import type { Position } from '../language/tree'
import type { Builtin } from './builtin'
import { NixError } from './errors'
import type { Lambda } from './values'

/** Adds the frames of a call to an error that leaves it; Nix shows them with --show-trace. */
export function lambdaFrame(error: unknown, lambda: Lambda, position: Position): unknown {
  if (error instanceof NixError) {
    const { node } = lambda.code
    const place = node.parameterPositions[node.parameterPositions.length - 1] ?? node.position
    error.addFrame(`while calling ${lambdaName(lambda, true)}`, place, 'detail')
    if (position !== 0) error.addFrame('from call site', position, 'detail')
  }
  return error
}

/** Adds the frame of a builtin to an error that leaves it. */
export function builtinFrame(error: unknown, builtin: Builtin, position: Position): unknown {
  if (error instanceof NixError && !builtin.definition.silent) {
    error.addFrame(`while calling the '${builtin.name}' builtin`, position)
  }
  return error
}

/** Adds the place of a call whose argument could not be evaluated or does not fit. */
export function callSiteFrame(error: unknown, position: Position): unknown {
  if (error instanceof NixError && position !== 0) error.addFrame('from call site', position)
  return error
}

/** "'f'" or "anonymous lambda"; messages without quotes say "f". */
function lambdaName(lambda: Lambda, quoted: boolean): string {
  const { name } = lambda.code.node
  if (name === '') return 'anonymous lambda'
  return quoted ? `'${name}'` : name
}

/** Nix's answer to a recursion of more than max-call-depth calls. */
export function stackOverflow(position: Position): NixError {
  return new NixError('stack-overflow', 'stack overflow; max-call-depth exceeded', position)
}
