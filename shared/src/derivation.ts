import type { ByteString } from './bytes'

/**
 * One output, in the four fields that a `.drv` has for it:
 *
 * | kind            | path  | hashAlgorithm       | hash     |
 * |-----------------|-------|---------------------|----------|
 * | input-addressed | known | ''                  | ''       |
 * | deferred        | ''    | ''                  | ''       |
 * | fixed           | known | `sha256`/`r:sha256` | base-16  |
 * | floating        | ''    | `r:sha256`          | ''       |
 * | impure          | ''    | `r:sha256`          | `impure` |
 */
export interface DerivationOutput {
  path: ByteString
  /** `''`, or an algorithm, after `r:` if the hash is that of the NAR, after `text:` if of a text. */
  hashAlgorithm: string
  /** Base-16, `'impure'` or `''`. */
  hash: string
}

/**
 * By name the outputs of a derivation that are derivations themselves (dynamic derivations), with the
 * outputs of those that are needed.
 */
export type DynamicInputs = Map<ByteString, { outputs: Set<ByteString>; dynamic: DynamicInputs }>

/** A store derivation: what `.drv` files hold. Structured attributes are `environment.__json`. */
export interface Derivation {
  /** The name of the `.drv` file without its extension. */
  name: ByteString
  /** By name. Maps need no order: whoever writes them sorts. */
  outputs: Map<ByteString, DerivationOutput>
  /** Paths of `.drv` files and the outputs of them that are needed. */
  inputDerivations: Map<ByteString, Set<ByteString>>
  /** Absent where there are none; its keys are keys of `inputDerivations`, too. */
  dynamicInputs?: Map<ByteString, DynamicInputs>
  inputSources: Set<ByteString>
  system: ByteString
  builder: ByteString
  args: ByteString[]
  environment: Map<ByteString, ByteString>
}

/**
 * What decides a derivation's output paths: its inputs (`deferred` while an input's own paths are
 * not known), hashes given in it (`fixed`), what it builds (`floating`), nothing (`impure`).
 */
export type DerivationKind = 'input-addressed' | 'deferred' | 'fixed' | 'floating' | 'impure'

/** A malformed or contradictory derivation. */
export class DerivationError extends Error {
  override name = 'DerivationError'
}

/** The kind of a single output. */
export function outputKind(output: DerivationOutput): DerivationKind {
  if (output.hashAlgorithm === '') return output.path === '' ? 'deferred' : 'input-addressed'
  if (output.hash === 'impure') return 'impure'
  return output.hash === '' ? 'floating' : 'fixed'
}

/** The kind of a derivation. Throws DerivationError if its outputs do not go together. */
export function derivationKind(derivation: Derivation): DerivationKind {
  let kind: DerivationKind | null = null
  let algorithm: string | null = null
  for (const [name, output] of derivation.outputs) {
    const next = outputKind(output)
    if (kind !== null && kind !== next)
      throw new DerivationError("can't mix derivation output types")
    if (next === 'fixed') {
      if (kind !== null) throw new DerivationError('only one fixed output is allowed for now')
      if (name !== 'out') throw new DerivationError('single fixed output must be named "out"')
    }
    if (next === 'floating') {
      const plain = output.hashAlgorithm.replace(/^.*:/, '')
      if (algorithm !== null && algorithm !== plain)
        throw new DerivationError('all floating outputs must use the same hash algorithm')
      algorithm = plain
    }
    kind = next
  }
  if (kind === null) throw new DerivationError('must have at least one output')
  return kind
}

/** A copy that can be changed without changing the original. */
export function copyDerivation(derivation: Derivation): Derivation {
  return {
    name: derivation.name,
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, { ...output }])),
    inputDerivations: new Map(
      [...derivation.inputDerivations].map(([path, outputs]) => [path, new Set(outputs)]),
    ),
    ...(derivation.dynamicInputs === undefined
      ? {}
      : { dynamicInputs: new Map(derivation.dynamicInputs) }),
    inputSources: new Set(derivation.inputSources),
    system: derivation.system,
    builder: derivation.builder,
    args: [...derivation.args],
    environment: new Map(derivation.environment),
  }
}

/** The references of a derivation's `.drv` file: its input derivations and sources, sorted. */
export function derivationReferences(derivation: Derivation): ByteString[] {
  return [...new Set([...derivation.inputSources, ...derivation.inputDerivations.keys()])].sort()
}
