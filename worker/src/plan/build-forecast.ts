import type { ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'

/**
 * What will become of a derivation: it is built, its fixed output is fetched, its outputs are there
 * already, or nothing needs it since what would is there.
 */
export type Forecast = 'build' | 'fetch' | 'present' | 'unneeded'

/**
 * What realising outputs will take, as far as that can be known before.
 *
 * @param derivations by their paths, the whole closure of those wanted
 * @param isMissing whether the builder lacks an output path
 */
export function forecastBuild(
  wanted: readonly { derivation: ByteString; output: ByteString }[],
  derivations: ReadonlyMap<ByteString, Derivation>,
  isMissing: (path: ByteString) => boolean,
): Map<ByteString, Forecast> {
  const forecast = new Map<ByteString, Forecast>()
  for (const path of derivations.keys()) forecast.set(path, 'unneeded')
  const open = wanted.map(({ derivation, output }) => [derivation, output] as const)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, outputName] = next
    const derivation = derivations.get(path)
    const before = forecast.get(path)
    if (derivation === undefined || before === 'build' || before === 'fetch') continue
    const output = derivation.outputs.get(outputName)
    // What an output will be called may be known only once it is built.
    if (output !== undefined && output.path !== '' && !isMissing(output.path)) {
      forecast.set(path, 'present')
      continue
    }
    if (isFetched(derivation)) {
      forecast.set(path, 'fetch')
      continue
    }
    forecast.set(path, 'build')
    for (const [input, outputs] of derivation.inputDerivations) {
      for (const used of outputs) open.push([input, used])
    }
  }
  return forecast
}

/** Whether a builder gets it without realising its inputs: a file of the network by its hash. */
function isFetched(derivation: Derivation): boolean {
  const { builder, environment } = derivation
  return (
    derivationKind(derivation) === 'fixed' &&
    (builder === 'builtin:fetchurl' || environment.has('urls'))
  )
}
