import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import {
  diffDerivations,
  type DerivationChange,
  type DerivationInput,
  type WithInputs,
} from './derivation-diff'
import { packageName } from './pair-by-name'

/** Where derivations come from that others are compared with. */
export type Origin = 'before' | 'channel'

/** Why a derivation has to be built. */
export type BuildReason =
  /** None of its name is known. */
  | { kind: 'new' }
  /** It is one that is known, but what it gives is not there. */
  | { kind: 'not-built'; origin: Origin }
  | { kind: 'changed'; origin: Origin; changes: DerivationChange[] }

/** Derivations to compare with. */
export interface Known {
  origin: Origin
  /** By the names of their packages. */
  byPackage: ReadonlyMap<ByteString, ByteString>
  /** These, and all that they are made from. */
  closure: { has(path: ByteString): boolean }
}

/** Gives a derivation by its path; null where it is not to be had. */
export type ReadDerivation = (path: ByteString) => Derivation | null

/**
 * Why each of the derivations has to be built: in what it differs from the one of its name that is
 * known, in the order of `known`. Inputs of what changed are compared with those in whose place they
 * stand, even if nobody knows them by name.
 *
 * @param toBuild inputs before what needs them
 */
export function explainBuilds(
  toBuild: readonly ByteString[],
  known: readonly Known[],
  read: ReadDerivation,
): Map<ByteString, BuildReason> {
  const reasons = new Map<ByteString, BuildReason>()
  const building = new Set(toBuild)
  /** By what the derivations that need it were compared with. */
  const inPlaceOf = new Map<ByteString, { origin: Origin; path: ByteString }>()
  for (const path of [...toBuild].reverse()) {
    const same = known.find(({ closure }) => closure.has(path))
    if (same !== undefined) {
      reasons.set(path, { kind: 'not-built', origin: same.origin })
      continue
    }
    const after = withInputs(path, read)
    if (after === null) continue
    const named = known.flatMap(({ origin, byPackage }) => {
      const found = byPackage.get(packageName(after.derivation.name))
      return found === undefined ? [] : [{ origin, path: found }]
    })
    const paired = inPlaceOf.get(path)
    const [earlier] = paired === undefined ? named : [paired]
    const before = earlier === undefined ? null : withInputs(earlier.path, read)
    if (earlier === undefined || before === null) {
      reasons.set(path, { kind: 'new' })
      continue
    }
    const { origin } = earlier
    if (haveSameOutputs(before.derivation, after.derivation)) {
      reasons.set(path, { kind: 'not-built', origin })
      continue
    }
    const { changes, changedInputs } = diffDerivations(before, after)
    reasons.set(path, { kind: 'changed', origin, changes })
    for (const pair of changedInputs) {
      if (building.has(pair.after.path) && !inPlaceOf.has(pair.after.path)) {
        inPlaceOf.set(pair.after.path, { origin, path: pair.before.path })
      }
    }
  }
  return reasons
}

function haveSameOutputs(before: Derivation, after: Derivation): boolean {
  return (
    before.outputs.size === after.outputs.size &&
    [...after.outputs].every(
      ([name, { path }]) => path !== '' && before.outputs.get(name)?.path === path,
    )
  )
}

function withInputs(path: ByteString, read: ReadDerivation): WithInputs | null {
  const derivation = read(path)
  if (derivation === null) return null
  const inputs: DerivationInput[] = []
  for (const [input, names] of derivation.inputDerivations) {
    const of = read(input)
    if (of === null) continue
    const outputs = new Map([...of.outputs].map(([name, output]) => [name, output.path]))
    const used = [...names].sort().map((name) => {
      const known = outputs.get(name) ?? ''
      return known === '' ? `${input}!${name}` : known
    })
    inputs.push({ path: input, name: of.name, used, outputs })
  }
  return { derivation, inputs }
}
