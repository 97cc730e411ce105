import type { ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import type { BuildPlan, WantedOutput } from '@snowglobe/worker/commands/command-builder'
import type { BuildContext } from './build-context'
import { DerivationAttributes } from './derivation-attributes'
import { knownOutputs } from './known-outputs'
import type { SubstitutablePath, Transfer } from './substitution'

/**
 * What it takes to realise outputs and other paths: nothing is done, but caches are asked. (What depends on the
 * content of what has to be built first cannot be known.) Throws StoreError and DerivationError.
 */
export async function planBuild(
  wanted: readonly WantedOutput[],
  context: BuildContext,
  transfer: Transfer,
  otherPaths: readonly ByteString[] = [],
): Promise<BuildPlan> {
  const { store, settings, substitution } = context
  const seen = new Set<string>()
  const willBuild = new Map<ByteString, Derivation>()
  const willSubstitute = new Set<ByteString>()
  const unknown = new Set<ByteString>()
  let downloadSize = 0
  let narSize = 0

  let derivations = wanted.map(({ drvPath, output }) => ({ drvPath, outputs: new Set([output]) }))
  let paths = [...otherPaths]
  const mustBuild = (drvPath: ByteString, derivation: Derivation) => {
    willBuild.set(drvPath, derivation)
    for (const [path, outputs] of derivation.inputDerivations)
      derivations.push({ drvPath: path, outputs })
  }
  const query = (asked: readonly ByteString[]): Promise<Map<ByteString, SubstitutablePath>> =>
    substitution === null || !settings.substitute || asked.length === 0
      ? Promise.resolve(new Map())
      : substitution.querySubstitutable(asked, transfer)

  while (derivations.length > 0 || paths.length > 0) {
    const round = derivations
    derivations = []
    const undecided: { drvPath: ByteString; derivation: Derivation; missing: ByteString[] }[] = []
    for (const { drvPath, outputs } of round) {
      const key = `${drvPath}!${[...outputs].sort().join(',')}`
      if (seen.has(key)) continue
      seen.add(key)
      if (!store.isValidPath(drvPath)) {
        unknown.add(drvPath)
        continue
      }
      const derivation = store.readDerivation(drvPath)
      if (derivationKind(derivation) === 'impure') {
        mustBuild(drvPath, derivation)
        continue
      }
      const known = knownOutputs(store, drvPath, derivation)
      const missing = [...outputs].map((name) => known.get(name))
      const absent = missing.filter((path) => path === undefined || !store.isValidPath(path))
      if (absent.length === 0) continue
      const allowed =
        settings.alwaysAllowSubstitutes ||
        new DerivationAttributes(drvPath, derivation).boolean('allowSubstitutes', true)
      const named = absent.filter((path) => path !== undefined)
      if (named.length < absent.length || !allowed) mustBuild(drvPath, derivation)
      else undecided.push({ drvPath, derivation, missing: named })
    }
    const asked = paths.filter((path) => {
      const isNew = !seen.has(path) && !store.isValidPath(path)
      seen.add(path)
      return isNew
    })
    paths = []
    const found = await query([...asked, ...undecided.flatMap(({ missing }) => missing)])
    for (const { drvPath, derivation, missing } of undecided) {
      if (missing.every((path) => found.has(path))) paths.push(...missing)
      else mustBuild(drvPath, derivation)
    }
    for (const path of asked) {
      const info = found.get(path)
      if (info === undefined) {
        unknown.add(path)
        continue
      }
      willSubstitute.add(path)
      downloadSize += info.downloadSize
      narSize += info.narSize
      paths.push(...info.references)
    }
  }
  return {
    willBuild: inputsFirst(willBuild),
    willSubstitute: [...willSubstitute].sort(),
    unknown: [...unknown].sort(),
    downloadSize,
    narSize,
  }
}

/** Derivations, those that others need first; else in the order of their paths. */
function inputsFirst(derivations: ReadonlyMap<ByteString, Derivation>): ByteString[] {
  const sorted: ByteString[] = []
  const visited = new Set<ByteString>()
  const isPlanned = (path: ByteString) => derivations.has(path)
  const referenced = ({ inputSources, inputDerivations }: Derivation) =>
    new Set([...inputSources, ...inputDerivations.keys()])
  for (const start of [...derivations.keys()].sort()) {
    // With a stack of its own: chains of derivations are longer than the native stack is deep.
    const stack = [{ path: start, rest: [] as ByteString[] }]
    const enter = (path: ByteString) => {
      visited.add(path)
      const derivation = derivations.get(path)
      const rest = derivation === undefined ? [] : [...referenced(derivation)].filter(isPlanned)
      stack.push({ path, rest: rest.sort().reverse() })
    }
    stack.pop()
    if (!visited.has(start)) enter(start)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.pop()
      if (next === undefined) {
        sorted.push(top.path)
        stack.pop()
      } else if (!visited.has(next)) enter(next)
    }
  }
  return sorted
}
