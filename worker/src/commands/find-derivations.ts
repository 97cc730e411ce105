/** Which derivations a value means to nix-build and nix-instantiate. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { autoCallResumable } from '../evaluator/attribute-path'
import { AttributeSet } from '../evaluator/attribute-set'
import { isDerivation } from '../evaluator/equality'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { expectString } from '../evaluator/expect'
import { enterLevel } from '../evaluator/levels'
import type { Resumable } from '../evaluator/machine'
import { native } from '../evaluator/native-stack'
import type { Value } from '../evaluator/values'

export interface FoundDerivation {
  /** Where in the value, like `a.b.0`; '' for the value itself. */
  attributePath: ByteString
  drvPath: ByteString
  /** The output that the value stands for. */
  outputName: ByteString
  /** Its name without `.drv`. */
  name: ByteString
}

/**
 * The derivations of a value: itself, or those in a list or set; sets within count if they are
 * `recurseForDerivations = true`. Functions are called with `args` first. Each derivation once.
 *
 * @throws NixError where there is something that is no derivation, set or list
 */
export function findDerivations(
  evaluator: Evaluator,
  value: Value,
  args: AttributeSet,
): FoundDerivation[] {
  const found: FoundDerivation[] = []
  evaluator.resume(collect(value, '', args, found, new Set()))
  return found
}

function* collect(
  start: Value,
  path: ByteString,
  args: AttributeSet,
  found: FoundDerivation[],
  seen: Set<AttributeSet>,
): Resumable {
  // A list may be in itself: what is within counts as a call does.
  const level = enterLevel(0)
  const value: Value = yield autoCallResumable(args, start)
  if (!(yield addDerivation(value, path, found, seen))) {
    yield collectWithin(value, path, args, found, seen)
  }
  native.callDepth = level
  return null
}

function* collectWithin(
  value: Value,
  path: ByteString,
  args: AttributeSet,
  found: FoundDerivation[],
  seen: Set<AttributeSet>,
): Resumable {
  if (value instanceof AttributeSet) {
    for (let i = 0; i < value.size; i++) {
      const name = value.names[i]
      // As Nix: names that could not be written in a selection path are passed over.
      if (!/^[A-Za-z_][A-Za-z0-9\-_+]*$/.test(name)) continue
      const attribute: Value = yield value.slots[i]
      const inner = joinPath(path, name)
      if (yield addDerivation(attribute, inner, found, seen)) continue
      if (attribute instanceof AttributeSet) {
        const recurse = attribute.get('recurseForDerivations')
        if (recurse !== undefined && (yield recurse) === true) {
          yield collect(attribute, inner, args, found, seen)
        }
      }
    }
    return null
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const element: Value = yield value[i]
      const inner = joinPath(path, String(i))
      if (!(yield addDerivation(element, inner, found, seen))) {
        yield collect(element, inner, args, found, seen)
      }
    }
    return null
  }
  throw new NixError(
    'type',
    'expression does not evaluate to a derivation (or a set or list of those)',
  )
}

function joinPath(path: ByteString, name: ByteString): ByteString {
  return path === '' ? name : `${path}.${name}`
}

/** Adds a derivation if the value is one. Gives whether it is. */
function* addDerivation(
  value: Value,
  path: ByteString,
  found: FoundDerivation[],
  seen: Set<AttributeSet>,
): Resumable {
  if (!(value instanceof AttributeSet) || !(yield isDerivation(value))) return false
  if (seen.has(value)) return true
  seen.add(value)
  const drvPath = value.get('drvPath')
  if (drvPath === undefined) {
    throw new NixError('missing-attribute', "derivation does not contain a 'drvPath' attribute")
  }
  const text = expectString(
    yield drvPath,
    0,
    "while evaluating the 'drvPath' attribute of a derivation",
  )
  const outputName = value.get('outputName')
  const output = outputName === undefined ? 'out' : expectString(yield outputName, 0)
  const name = text.slice(text.indexOf('-') + 1).replace(/\.drv$/, '')
  found.push({ attributePath: path, drvPath: text, outputName: output, name })
  return true
}
