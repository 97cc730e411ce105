/** A derivation in the making: what the attributes given to derivationStrict say of it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation, DerivationOutput } from '@snowglobe/shared/derivation'
import { encodeBase16 } from '@snowglobe/shared/base16'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { hashAllowingEmpty } from './builtins/hash-names'
import { ContextBuilder } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { featureDisabled } from './experimental'
import { parseContextElement } from './string-context'

export class DerivationDraft {
  readonly args: ByteString[] = []
  readonly environment = new Map<ByteString, ByteString>()
  /** What the strings of all attributes refer to. */
  readonly context = new ContextBuilder()
  builder: ByteString = ''
  system: ByteString = ''
  outputs: ReadonlySet<ByteString> = new Set(['out'])
  outputHash: ByteString | null = null
  outputHashAlgorithm: HashAlgorithm | null = null
  private recursive = false

  constructor(readonly name: ByteString) {}

  /** Takes the value of `outputHashMode`. */
  setHashMode(mode: ByteString): void {
    switch (mode) {
      case 'flat':
        this.recursive = false
        return
      case 'recursive':
      case 'nar':
        this.recursive = true
        return
      case 'text':
        throw featureDisabled(
          'dynamic-derivations',
          `text-hashed derivation '${this.name}', outputHashMode = "text"`,
        )
      case 'git':
        throw featureDisabled('git-hashing')
    }
    throw derivationError(`invalid value '${mode}' for 'outputHashMode' attribute`)
  }

  /** Takes the value of `outputs`. */
  setOutputs(names: readonly ByteString[]): void {
    const outputs = new Set<ByteString>()
    for (const name of names) {
      if (outputs.has(name)) throw derivationError(`duplicate derivation output '${name}'`)
      // The set that derivationStrict gives has the path of the derivation itself there.
      if (name === 'drvPath') throw derivationError("invalid derivation output name 'drvPath'")
      outputs.add(name)
    }
    if (outputs.size === 0) {
      throw derivationError('derivation cannot have an empty set of outputs')
    }
    this.outputs = outputs
  }

  /** The derivation, its outputs without paths. Throws where something is missing or wrong. */
  finish(evaluator: Evaluator): Derivation {
    const { inputDerivations, inputSources } = this.inputs(evaluator)
    if (this.builder === '') throw derivationError("required attribute 'builder' missing")
    if (this.system === '') throw derivationError("required attribute 'system' missing")
    if (this.name.endsWith('.drv')) {
      throw derivationError(
        "derivation names are allowed to end in '.drv' only if they produce a single derivation file",
      )
    }
    const outputs = new Map<ByteString, DerivationOutput>()
    for (const output of this.outputs) {
      this.environment.set(output, '')
      outputs.set(output, { path: '', hashAlgorithm: '', hash: '' })
    }
    if (this.outputHash !== null) {
      if (outputs.size !== 1 || !outputs.has('out')) {
        throw derivationError('multiple outputs are not supported in fixed-output derivations')
      }
      const hash = hashAllowingEmpty(evaluator, this.outputHash, this.outputHashAlgorithm)
      outputs.set('out', {
        path: '',
        hashAlgorithm: (this.recursive ? 'r:' : '') + hash.algorithm,
        hash: encodeBase16(hash.bytes),
      })
    }
    return {
      name: this.name,
      outputs,
      inputDerivations,
      inputSources,
      system: this.system,
      builder: this.builder,
      args: this.args,
      environment: this.environment,
    }
  }

  /** What the context says that the derivation needs. */
  private inputs(evaluator: Evaluator): Pick<Derivation, 'inputDerivations' | 'inputSources'> {
    const inputDerivations = new Map<ByteString, Set<ByteString>>()
    const inputSources = new Set<ByteString>()
    const addOutput = (path: ByteString, output: ByteString) => {
      const outputs = inputDerivations.get(path)
      if (outputs === undefined) inputDerivations.set(path, new Set([output]))
      else outputs.add(output)
    }
    for (const encoded of this.context.build() ?? []) {
      const element = parseContextElement(encoded)
      if (element.kind === 'opaque') inputSources.add(element.path)
      else if (element.kind === 'built') addOutput(element.path, element.output)
      else {
        // The builder may look at the whole graph, so all of it must be there, outputs included.
        for (const path of closure(evaluator, element.path)) {
          inputSources.add(path)
          if (!path.endsWith('.drv')) continue
          const { outputs } = evaluator.store(() => evaluator.host.store.readDerivation(path))
          for (const output of outputs.keys()) addOutput(path, output)
        }
      }
    }
    return { inputDerivations, inputSources }
  }
}

/** A store path and all that it refers to, directly or not. */
function closure(evaluator: Evaluator, root: ByteString): Set<ByteString> {
  const { store } = evaluator.host
  const found = new Set([root])
  for (const path of found) {
    for (const reference of evaluator.store(() => store.references(path))) found.add(reference)
  }
  return found
}

export function derivationError(text: ByteString): NixError {
  return new NixError('derivation', text)
}
