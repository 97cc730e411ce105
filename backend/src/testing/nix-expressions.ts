/** Derivations for tests, made with this project's own model and sent as a tab would. */
import { utf8ToByteString, byteStringToBytes } from '@snowglobe/shared/bytes'
import { busyboxSeeds } from '@snowglobe/shared/busybox-seed'
import { derivationReferences, type Derivation } from '@snowglobe/shared/derivation'
import { formatDerivation } from '@snowglobe/shared/derivation-aterm'
import { writeExportStream, type ExportedPath } from '@snowglobe/shared/export-stream'
import { derivationPath, fillOutputPaths, hashModuloContext } from '@snowglobe/shared/hash-modulo'
import { writeNar } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'

export interface TestDerivation {
  path: string
  derivation: Derivation
  entry: ExportedPath
}

export const seed = busyboxSeeds['x86_64-linux']!

/** All that were made, by path: inputs have inputs. */
const made = new Map<string, Derivation>()

/** A derivation whose builder is a shell script with the seed's programs in PATH. */
export function scriptDerivation(
  name: string,
  script: string,
  options: {
    inputs?: TestDerivation[]
    outputs?: string[]
    environment?: Record<string, string>
    change?: (derivation: Derivation) => void
  } = {},
): TestDerivation {
  const inputs = options.inputs ?? []
  const derivation: Derivation = {
    name,
    outputs: new Map(
      (options.outputs ?? ['out']).map((output) => [
        output,
        { path: '', hashAlgorithm: '', hash: '' },
      ]),
    ),
    inputDerivations: new Map(inputs.map(({ path }) => [path, new Set(['out'])])),
    inputSources: new Set([seed.path]),
    system: 'x86_64-linux',
    builder: `${seed.path}/bin/sh`,
    args: ['-c', utf8ToByteString(script)],
    environment: new Map(
      Object.entries({
        name,
        system: 'x86_64-linux',
        PATH: `${seed.path}/bin`,
        ...options.environment,
      }).map(([key, value]) => [key, utf8ToByteString(value)]),
    ),
  }
  options.change?.(derivation)
  const context = hashModuloContext(defaultStoreDir, (path) => {
    const input = made.get(path)
    if (input === undefined) throw new Error(`no ${path}`)
    return input
  })
  return finished(fillOutputPaths(derivation, context))
}

/** A derivation as it is, whatever its outputs say. */
export function finished(derivation: Derivation): TestDerivation {
  const { path } = derivationPath(defaultStoreDir, derivation)
  made.set(path, derivation)
  const contents = byteStringToBytes(formatDerivation(derivation))
  const nar = writeNar({ type: 'regular', executable: false, contents })
  const references = derivationReferences(derivation)
  return { path, derivation, entry: { path, references, deriver: null, nar } }
}

export function exportStream(...derivations: TestDerivation[]): Uint8Array {
  return writeExportStream(derivations.map(({ entry }) => entry))
}
