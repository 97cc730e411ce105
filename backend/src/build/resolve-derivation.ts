/**
 * Resolved derivations: with the paths of what content-addressed inputs have become in place of
 * those inputs (https://nix.dev/manual/nix/latest/store/derivation/#resolving).
 */
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import {
  copyDerivation,
  DerivationError,
  derivationReferences,
  type Derivation,
} from '@snowglobe/shared/derivation'
import {
  derivationPath,
  downstreamPlaceholder,
  fillOutputPaths,
  hashModuloContext,
} from '@snowglobe/shared/hash-modulo'
import { writeNar } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import type { DiskStore } from '../store/disk-store'
import { knownOutputs } from './known-outputs'

/**
 * The resolved form of a derivation whose inputs are realised; null where it has no inputs that are
 * derivations. Throws DerivationError where an input's output is not known.
 */
export function resolveDerivation(
  drvPath: ByteString,
  derivation: Derivation,
  store: DiskStore,
): Derivation | null {
  if (derivation.inputDerivations.size === 0) return null
  const rewrites: [from: ByteString, to: ByteString][] = []
  const resolved = copyDerivation(derivation)
  resolved.inputDerivations.clear()
  for (const [path, outputs] of derivation.inputDerivations) {
    const { hashPart } = parseStorePath(store.storeDir, path)
    const known = knownOutputs(store, path, store.readDerivation(path))
    for (const output of outputs) {
      const actual = known.get(output)
      if (actual === undefined)
        throw new DerivationError(
          `derivation '${drvPath}' requires non-existent output '${output}' from input derivation '${path}'`,
        )
      resolved.inputSources.add(actual)
      rewrites.push([downstreamPlaceholder(hashPart, store.derivationName(path), output), actual])
    }
  }
  const rewrite = (text: ByteString) =>
    rewrites.reduce((rewritten, [from, to]) => rewritten.replaceAll(from, to), text)
  resolved.builder = rewrite(resolved.builder)
  resolved.args = resolved.args.map(rewrite)
  resolved.environment = new Map(
    [...resolved.environment].map(([name, value]) => [rewrite(name), rewrite(value)]),
  )
  return isDeferred(resolved)
    ? fillOutputPaths(
        resolved,
        hashModuloContext(store.storeDir, (path) => store.readDerivation(path)),
      )
    : resolved
}

function isDeferred(derivation: Derivation): boolean {
  for (const { path, hashAlgorithm } of derivation.outputs.values())
    if (path !== '' || hashAlgorithm !== '') return false
  return true
}

/** Writes a derivation into the store. Gives the path of its `.drv` file. */
export async function addDerivation(store: DiskStore, derivation: Derivation): Promise<ByteString> {
  const { path, contents } = derivationPath(store.storeDir, derivation)
  const bytes = byteStringToBytes(contents)
  const nar = writeNar({ type: 'regular', executable: false, contents: bytes })
  await store.add([{ info: { path, references: derivationReferences(derivation) }, nar }])
  return path
}
