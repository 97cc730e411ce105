/** Which derivations a value means to nix-build and nix-instantiate. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from '../evaluator/attribute-set'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { expectString } from '../evaluator/expect'
import type { Value } from '../evaluator/values'
import { walkDerivations } from './walk-derivations'

export interface FoundDerivation {
  /** Where in the value, like `a.b.0`; '' for the value itself. */
  attributePath: ByteString
  drvPath: ByteString
  /** The output that the value stands for. */
  outputName: ByteString
  /** Its name without `.drv`. */
  name: ByteString
}

/** The derivations that `walkDerivations` finds in a value. Throws NixError. */
export function findDerivations(
  evaluator: Evaluator,
  value: Value,
  args: AttributeSet,
): FoundDerivation[] {
  const found: [AttributeSet, ByteString][] = []
  const take = (derivation: AttributeSet, path: ByteString) => found.push([derivation, path])
  return evaluator.run(() => {
    evaluator.resume(walkDerivations(value, '', { args, ignoreAssertions: false, take }))
    return found.map(([derivation, path]) => describe(evaluator, derivation, path))
  })
}

function describe(
  evaluator: Evaluator,
  derivation: AttributeSet,
  attributePath: ByteString,
): FoundDerivation {
  const slot = derivation.get('drvPath')
  if (slot === undefined) {
    throw new NixError('missing-attribute', "derivation does not contain a 'drvPath' attribute")
  }
  const place = "while evaluating the 'drvPath' attribute of a derivation"
  const drvPath = expectString(evaluator.force(slot), 0, place)
  const output = derivation.get('outputName')
  const outputName = output === undefined ? 'out' : expectString(evaluator.force(output), 0)
  const name = drvPath.slice(drvPath.indexOf('-') + 1).replace(/\.drv$/, '')
  return { attributePath, drvPath, outputName, name }
}
