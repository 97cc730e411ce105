import type { Position } from '../language/tree'
import { stackOverflow } from './frames'
import { native } from './native-stack'

/**
 * Counts a level of a nested value as a nested call, as Nix does: max-call-depth ends the walk through
 * values that have no end. Gives what `native.callDepth` has to be again afterwards.
 */
export function enterLevel(position: Position): number {
  const level = native.callDepth
  checkLevel(position)
  native.callDepth = level + 1
  return level
}

/** Checks that there is a level for one more value, which has nothing within. */
export function checkLevel(position: Position): void {
  if (native.callDepth > native.maxCallDepth) throw stackOverflow(position)
}
