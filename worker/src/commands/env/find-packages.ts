/** The packages that an expression has: what nix-env can install, and finds by their names. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from '../../evaluator/attribute-set'
import type { Evaluator } from '../../evaluator/evaluator'
import type { Slot } from '../../evaluator/values'
import { walkDerivations } from '../walk-derivations'
import { Package } from './package'

/**
 * The derivations that `walkDerivations` finds in a value.
 *
 * @param ignoreAssertions passes over what an assertion forbids
 * @throws NixError where there is something that is no derivation, set or list
 */
export function findPackages(
  evaluator: Evaluator,
  value: Slot,
  path: ByteString,
  args: AttributeSet,
  ignoreAssertions: boolean,
): Package[] {
  const found: Package[] = []
  const take = (derivation: AttributeSet, place: ByteString) =>
    found.push(new Package(evaluator, place, derivation))
  evaluator.resume(walkDerivations(value, path, { args, ignoreAssertions, take }))
  return found
}
