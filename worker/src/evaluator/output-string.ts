/** Strings that stand for outputs of derivations. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { downstreamPlaceholder, dynamicPlaceholder } from '@snowglobe/shared/hash-modulo'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { formatContextElement } from './string-context'
import { ContextString } from './values'

/**
 * An output of a derivation as a string: its path, or where that shows only after building (`path`
 * is '') a placeholder that the builder replaces.
 */
export function outputString(
  evaluator: Evaluator,
  derivation: ByteString,
  output: ByteString,
  path: ByteString,
): ContextString {
  const element = formatContextElement({ kind: 'built', path: derivation, output })
  const text = path === '' ? placeholderOf(evaluator, derivation, output) : path
  return new ContextString(text, new Set([element]))
}

/** What stands for an output until it is built; `derivation` as in context elements. */
export function placeholderOf(
  evaluator: Evaluator,
  derivation: ByteString,
  output: ByteString,
): ByteString {
  evaluator.requireFeature('ca-derivations')
  const [base, ...outputs] = [output, ...derivation.split('!')].reverse()
  const { hashPart, name } = evaluator.store(() =>
    parseStorePath(evaluator.host.store.storeDir, base),
  )
  let placeholder = downstreamPlaceholder(hashPart, name.slice(0, -'.drv'.length), outputs[0])
  for (const inner of outputs.slice(1)) {
    evaluator.requireFeature(
      'dynamic-derivations',
      `placeholder for unknown derivation output '${inner}'`,
    )
    placeholder = dynamicPlaceholder(placeholder, inner)
  }
  return placeholder
}

/**
 * The text that a context element's string has where it is that of one path or output.
 *
 * @throws NixError where the derivation has no such output
 */
export function textOfDerived(
  evaluator: Evaluator,
  derivation: ByteString,
  output: ByteString,
): ByteString {
  if (derivation.includes('!')) return placeholderOf(evaluator, derivation, output)
  const found = evaluator
    .store(() => evaluator.host.store.readDerivation(derivation))
    .outputs.get(output)
  if (found === undefined) {
    throw new NixError('store', `derivation '${derivation}' does not have output '${output}'`)
  }
  return found.path === '' ? placeholderOf(evaluator, derivation, output) : found.path
}
