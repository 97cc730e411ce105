/**
 * User environments: what a profile leads to. A manifest says what is installed, and a derivation of
 * Nix's own links everything together.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf, AttributeSet } from '../../evaluator/attribute-set'
import type { Evaluator } from '../../evaluator/evaluator'
import { expectSet, expectString } from '../../evaluator/expect'
import { printAmbiguous } from '../../evaluator/print-value'
import { makeString, type Slot, type Value } from '../../evaluator/values'
import { StoreError } from '../../store/store'
import { findPackages } from './find-packages'
import type { Package } from './package'

/** Gives the derivation of an environment. Its attributes are Nix's: the same environment has one path. */
const environmentOf = `
  packages: manifest:
  let
    describe = package:
      [
        (package.meta.active or "true")
        (package.meta.priority or 5)
        (builtins.length package.outputs)
      ] ++ map (output: package.\${output}.outPath) package.outputs;
  in
  derivation {
    name = "user-environment";
    system = "builtin";
    builder = "builtin:buildenv";
    inherit manifest;
    derivations = map describe packages;
    preferLocalBuild = true;
    allowSubstitutes = false;
  }
`

/** The packages of a profile. Throws StoreError for one that is not nix-env's. */
export function installedPackages(evaluator: Evaluator, profile: ByteString): Package[] {
  if (evaluator.files.followedStatus(`${profile}/manifest.json`) !== null) {
    throw new StoreError(
      `profile "${profile}" is incompatible with 'nix-env'; please use 'nix profile' instead`,
    )
  }
  const manifest = `${profile}/manifest.nix`
  if (evaluator.files.followedStatus(manifest) === null) return []
  const value = evaluator.evaluateFile(manifest)
  return findPackages(evaluator, value, '', AttributeSet.empty, false)
}

/** What has to be valid before an environment of these packages is made: what it will refer to. */
export function environmentReferences(
  packages: readonly Package[],
  keepDerivations: boolean,
): ByteString[] {
  return packages.flatMap((one) => {
    const drvPath = keepDerivations ? one.drvPath() : null
    return [...one.outputsToInstall().values(), ...(drvPath === null ? [] : [drvPath])]
  })
}

/** Writes the manifest and the derivation of an environment. Gives its `.drv` and its path. */
export function describeEnvironment(
  evaluator: Evaluator,
  packages: readonly Package[],
  keepDerivations: boolean,
): { drvPath: ByteString; outPath: ByteString } {
  const list = packages.map((one) => describePackage(one, keepDerivations))
  const references = [...new Set(environmentReferences(packages, keepDerivations))].sort()
  const manifest = evaluator.host.store.addText(
    'env-manifest.nix',
    printAmbiguous(list, true),
    references,
  )
  const makeEnvironment = evaluator.evaluateString(environmentOf, { kind: 'string' }, '/')
  const environment = expectSet(
    evaluator.call(makeEnvironment, list, makeString(manifest, new Set([manifest]))),
    0,
  )
  const attribute = (name: ByteString) =>
    expectString(evaluator.force(environment.get(name) as Slot), 0)
  return { drvPath: attribute('drvPath'), outPath: attribute('outPath') }
}

/** A package as a manifest has it: plain data. */
function describePackage(one: Package, keepDerivations: boolean): AttributeSet {
  const outputs = one.outputsToInstall()
  const system = one.system()
  const drvPath = keepDerivations ? one.drvPath() : null
  const meta: Record<ByteString, Value> = {}
  for (const name of one.metaNames()) {
    const value = one.meta(name)
    if (value !== undefined) meta[name] = value
  }
  return attributeSetOf({
    type: 'derivation',
    name: one.name(),
    ...(system === '' ? {} : { system }),
    outPath: one.outPath(),
    ...(drvPath === null ? {} : { drvPath }),
    ...Object.fromEntries(
      [...outputs].map(([name, outPath]) => [name, attributeSetOf({ outPath })]),
    ),
    outputs: [...outputs.keys()],
    meta: attributeSetOf(meta),
  })
}
