/**
 * Derivations as JSON. Strings become UTF-16: this is for people and for other programs.
 */
import { decodeBase16 } from './base16'
import { byteStringToUtf8, type ByteString } from './bytes'
import {
  DerivationError,
  outputKind,
  type Derivation,
  type DerivationOutput,
  type DynamicInputs,
} from './derivation'
import { formatHash, parseHashAlgorithm } from './hash'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What `nix show-derivation` printed of a derivation before version 4 of the format. */
export function derivationToShowJson(derivation: Derivation): Json {
  return {
    outputs: objectOf(derivation.outputs, (output) => {
      const fields: Record<string, Json> = {}
      if (output.path !== '') fields['path'] = byteStringToUtf8(output.path)
      if (output.hashAlgorithm !== '') fields['hashAlgo'] = output.hashAlgorithm
      if (output.hash === 'impure') fields['impure'] = true
      else if (output.hash !== '') fields['hash'] = output.hash
      return fields
    }),
    inputSrcs: sortedTexts(derivation.inputSources),
    inputDrvs: objectOf(derivation.inputDerivations, sortedTexts),
    ...commonFields(derivation),
    env: objectOf(derivation.environment, byteStringToUtf8),
  }
}

/**
 * What `nix derivation show` prints of a derivation today (version 4): paths without the store
 * directory, structured attributes as JSON. Numbers in them that a double cannot hold are rounded.
 */
export function derivationToJson(derivation: Derivation): Json {
  const { __json: structured, ...env } = objectOf(derivation.environment, byteStringToUtf8)
  return {
    name: byteStringToUtf8(derivation.name),
    version: 4,
    outputs: objectOf(derivation.outputs, outputToJson),
    inputs: {
      drvs: objectOf(
        new Map(
          [...derivation.inputDerivations].map(([path, outputs]) => {
            const dynamic = derivation.dynamicInputs?.get(path) ?? new Map()
            return [baseName(path), { outputs, dynamic }]
          }),
        ),
        inputToJson,
      ),
      srcs: sortedTexts(derivation.inputSources).map(baseName),
    },
    ...commonFields(derivation),
    env,
    ...(structured === undefined ? {} : { structuredAttrs: parseStructured(structured) }),
  }
}

function inputToJson(input: { outputs: Set<ByteString>; dynamic: DynamicInputs }): Json {
  return {
    dynamicOutputs: objectOf(input.dynamic, inputToJson),
    outputs: sortedTexts(input.outputs),
  }
}

function commonFields(derivation: Derivation): Record<'system' | 'builder' | 'args', Json> {
  return {
    system: byteStringToUtf8(derivation.system),
    builder: byteStringToUtf8(derivation.builder),
    args: derivation.args.map(byteStringToUtf8),
  }
}

function outputToJson(output: DerivationOutput): Json {
  const kind = outputKind(output)
  if (kind === 'deferred') return {}
  if (kind === 'input-addressed') return { path: baseName(output.path) }
  const [, prefix, algorithmName] = /^(?:(.*):)?(.*)$/s.exec(output.hashAlgorithm)!
  const method = prefix === undefined ? 'flat' : prefix === 'r' ? 'nar' : prefix
  const algorithm = parseHashAlgorithm(algorithmName!)
  if (kind === 'fixed')
    return { method, hash: formatHash({ algorithm, bytes: decodeBase16(output.hash) }, 'sri') }
  return { method, hashAlgo: algorithm, ...(kind === 'impure' ? { impure: true } : {}) }
}

function parseStructured(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new DerivationError(
      `cannot process structured attributes (__json): ${(error as Error).message}`,
    )
  }
}

function objectOf<Value, Result extends Json>(
  map: ReadonlyMap<ByteString, Value>,
  convert: (value: Value) => Result,
): Record<string, Result> {
  const entries = [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [byteStringToUtf8(key), convert(value)]))
}

function sortedTexts(texts: Iterable<ByteString>): string[] {
  return [...texts].sort().map(byteStringToUtf8)
}

function baseName(path: ByteString): string {
  return byteStringToUtf8(path.slice(path.lastIndexOf('/') + 1))
}
