import type { Position } from '../language/tree'
import { stackOverflow } from './frames'
import { native } from './native-stack'

/**
 * Counts a level of a nested value as a nested call, as Nix does: max-call-depth ends the walk through
 * values that have no end. Gives what `native.callDepth` has to be again afterwards.
 */
export function enterLevel(position: Position): number {
  const level = native.callDepth
  if (level >= native.maxCallDepth) throw stackOverflow(position)
  native.callDepth = level + 1
  return level
}
