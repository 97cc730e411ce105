import type { ByteString } from '@snowglobe/shared/bytes'
import { findDerivations } from '../commands/find-derivations'
import { AttributeSet } from '../evaluator/attribute-set'
import { isDerivation } from '../evaluator/equality'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { force } from '../evaluator/thunk'
import { packageName } from '../plan/pair-by-name'

/**
 * Instantiates packages of `<nixpkgs>` as it is without anybody's overlays: those whose attribute is
 * named as they are.
 *
 * @param found gets the paths of their derivations; may have some from an interrupted run before
 * @throws NixError where the collection itself does not evaluate
 */
export function findInChannel(
  evaluator: Evaluator,
  packages: readonly ByteString[],
  found: Map<ByteString, ByteString>,
): void {
  const collection = evaluator.evaluateString('import <nixpkgs> { }', { kind: 'string' }, '/')
  if (!(collection instanceof AttributeSet)) return
  for (const name of packages) {
    const slot = collection.get(name)
    if (slot === undefined || found.has(name)) continue
    try {
      const value = force(slot)
      if (!(value instanceof AttributeSet) || evaluator.resume(isDerivation(value)) !== true)
        continue
      const [derivation] = findDerivations(evaluator, value, AttributeSet.empty)
      if (derivation !== undefined && packageName(derivation.name) === name) {
        found.set(name, derivation.drvPath)
      }
    } catch (error) {
      // Broken or refused on this system: there is nothing to compare with.
      if (!(error instanceof NixError)) throw error
    }
  }
}
