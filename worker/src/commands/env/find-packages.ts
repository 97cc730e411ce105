/** The packages that an expression has: what nix-env can install, and finds by their names. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet } from '../../evaluator/attribute-set'
import { isDerivation } from '../../evaluator/equality'
import { NixError } from '../../evaluator/errors'
import type { Evaluator } from '../../evaluator/evaluator'
import { expectBoolean } from '../../evaluator/expect'
import type { Slot } from '../../evaluator/values'
import { Package } from './package'

/** An attribute by which nix-env knows a set of channels: what is in them is found without more ado. */
export const combinedChannels = '_combineChannels'

/**
 * The derivations of a value: itself, or those in a list or set; sets within count if they are
 * `recurseForDerivations = true`. Functions are called with `args` first. Each derivation once.
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
  const finder = new Finder(evaluator, args, ignoreAssertions)
  evaluator.run(() => finder.find(value, path))
  return finder.found
}

class Finder {
  readonly found: Package[] = []
  private readonly seen = new Set<AttributeSet>()

  constructor(
    private readonly evaluator: Evaluator,
    private readonly args: AttributeSet,
    private readonly ignoreAssertions: boolean,
  ) {}

  find(slot: Slot, path: ByteString): void {
    const value = this.evaluator.autoCall(this.args, this.evaluator.force(slot))
    if (!this.isToBeSearched(value, path)) return
    if (value instanceof AttributeSet) {
      const isCombined = value.has(combinedChannels)
      for (const name of value.names) {
        // As Nix: names that could not be written in a selection path are passed over.
        if (!/^[A-Za-z_][A-Za-z0-9\-_+]*$/.test(name)) continue
        const inside = path === '' ? name : `${path}.${name}`
        const attribute = value.get(name)!
        if (isCombined) this.find(attribute, inside)
        else if (this.isToBeSearched(attribute, inside) && this.isRecursive(attribute)) {
          this.find(attribute, inside)
        }
      }
    } else if (Array.isArray(value)) {
      value.forEach((element: Slot, index) => {
        const inside = path === '' ? String(index) : `${path}.${index}`
        if (this.isToBeSearched(element, inside)) this.find(element, inside)
      })
    } else {
      throw new NixError(
        'type',
        'expression does not evaluate to a derivation (or a set or list of those)',
      )
    }
  }

  /** Takes a derivation. Gives whether there may be derivations within. */
  private isToBeSearched(slot: Slot, path: ByteString): boolean {
    try {
      const value = this.evaluator.force(slot)
      if (!(value instanceof AttributeSet)) return true
      if (this.evaluator.resume(isDerivation(value)) !== true) return true
      if (this.seen.has(value)) return false
      this.seen.add(value)
      const found = new Package(this.evaluator, path, value)
      found.name()
      this.found.push(found)
      return false
    } catch (error) {
      const isForbidden = error instanceof NixError && error.kind === 'assertion'
      if (this.ignoreAssertions && isForbidden) return false
      throw error
    }
  }

  private isRecursive(slot: Slot): boolean {
    const value = this.evaluator.force(slot)
    if (!(value instanceof AttributeSet)) return false
    const recurse = value.get('recurseForDerivations')
    const place = 'while evaluating the attribute `recurseForDerivations`'
    return recurse !== undefined && expectBoolean(this.evaluator.force(recurse), 0, place)
  }
}
