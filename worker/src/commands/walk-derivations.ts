/** How commands look for derivations in a value. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { autoCallResumable } from '../evaluator/attribute-path'
import { AttributeSet } from '../evaluator/attribute-set'
import { isDerivation } from '../evaluator/equality'
import { NixError } from '../evaluator/errors'
import { expectBoolean, expectString } from '../evaluator/expect'
import { enterLevel } from '../evaluator/levels'
import type { Resumable } from '../evaluator/machine'
import { native } from '../evaluator/native-stack'
import type { Slot, Value } from '../evaluator/values'

/** An attribute by which a set of channels is known: what is in them is found without more ado. */
export const combinedChannels = '_combineChannels'

export interface DerivationWalk {
  /** Functions are called with these first. */
  args: AttributeSet
  /** What an assertion forbids is passed over. */
  ignoreAssertions: boolean
  /** Takes a derivation that has a name; each comes once. The path is like `a.b.0`. */
  take(derivation: AttributeSet, path: ByteString): void
}

/**
 * Walks through a value to its derivations: itself, or those in a list or set; sets within count if they
 * are `recurseForDerivations = true`. Throws NixError where there is something that is no derivation, set
 * or list.
 *
 * @param path where the value stands; '' for nowhere
 */
export function walkDerivations(slot: Slot, path: ByteString, walk: DerivationWalk): Resumable {
  return search(slot, path, { ...walk, seen: new Set() })
}

interface Search extends DerivationWalk {
  seen: Set<AttributeSet>
}

function* search(slot: Slot, path: ByteString, walk: Search): Resumable {
  // A list may be in itself: what is within counts as a call does.
  const level = enterLevel(0)
  const value: Value = yield autoCallResumable(walk.args, yield slot)
  if (yield isToBeSearched(value, path, walk)) yield searchWithin(value, path, walk)
  native.callDepth = level
  return null
}

function* searchWithin(value: Value, path: ByteString, walk: Search): Resumable {
  if (value instanceof AttributeSet) {
    const isCombined = value.has(combinedChannels)
    for (let i = 0; i < value.size; i++) {
      const name = value.names[i]
      // As Nix: names that could not be written in a selection path are passed over.
      if (!/^[A-Za-z_][A-Za-z0-9\-_+]*$/.test(name)) continue
      const attribute = value.slots[i]
      const inner = joinPath(path, name)
      const isSearched =
        isCombined ||
        ((yield isToBeSearched(attribute, inner, walk)) && (yield isRecursive(attribute)))
      if (isSearched) yield search(attribute, inner, walk)
    }
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const inner = joinPath(path, String(i))
      if (yield isToBeSearched(value[i], inner, walk)) yield search(value[i], inner, walk)
    }
  } else {
    throw new NixError(
      'type',
      'expression does not evaluate to a derivation (or a set or list of those)',
    )
  }
  return null
}

/** Takes a derivation. Gives whether there may be derivations within. */
function* isToBeSearched(slot: Slot, path: ByteString, walk: Search): Resumable {
  try {
    const value: Value = yield slot
    if (!(value instanceof AttributeSet) || !(yield isDerivation(value))) return true
    if (walk.seen.has(value)) return false
    walk.seen.add(value)
    const name = value.get('name')
    if (name === undefined) throw new NixError('type', 'derivation name missing')
    expectString(yield name, 0, "while evaluating the 'name' attribute of a derivation")
    walk.take(value, path)
    return false
  } catch (error) {
    const isForbidden = error instanceof NixError && error.kind === 'assertion'
    if (walk.ignoreAssertions && isForbidden) return false
    throw error
  }
}

function* isRecursive(slot: Slot): Resumable {
  const value: Value = yield slot
  const recurse = value instanceof AttributeSet ? value.get('recurseForDerivations') : undefined
  if (recurse === undefined) return false
  return expectBoolean(yield recurse, 0, 'while evaluating the attribute `recurseForDerivations`')
}

function joinPath(path: ByteString, name: ByteString): ByteString {
  return path === '' ? name : `${path}.${name}`
}
