/** A derivation in the making: what the attributes given to derivationStrict say of it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation, DerivationOutput, DynamicInputs } from '@snowglobe/shared/derivation'
import { encodeBase16 } from '@snowglobe/shared/base16'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { hashAllowingEmpty } from './builtins/hash-names'
import { ContextBuilder } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
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
  /** `__contentAddressed`: the outputs' contents will decide their paths. */
  contentAddressed = false
  /** `__impure`: what is built may differ from one time to the next, so it is built each time. */
  impure = false
  /** What the hash is that of, as `.drv` files write it; null where it was not said. */
  private hashMethod: '' | 'r:' | 'text:' | 'git:' | null = null

  constructor(
    readonly name: ByteString,
    private readonly evaluator: Evaluator,
  ) {}

  /** Takes the value of `outputHashMode`. */
  setHashMode(mode: ByteString): void {
    switch (mode) {
      case 'flat':
        this.hashMethod = ''
        return
      case 'recursive':
      case 'nar':
        this.hashMethod = 'r:'
        return
      case 'text':
        this.evaluator.requireFeature(
          'dynamic-derivations',
          `text-hashed derivation '${this.name}', outputHashMode = "text"`,
        )
        this.hashMethod = 'text:'
        return
      case 'git':
        this.evaluator.requireFeature('git-hashing')
        this.hashMethod = 'git:'
        return
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
  finish(): Derivation {
    const inputs = this.inputs()
    if (this.builder === '') throw derivationError("required attribute 'builder' missing")
    if (this.system === '') throw derivationError("required attribute 'system' missing")
    const isDerivation =
      this.hashMethod === 'text:' && this.outputs.size === 1 && this.outputs.has('out')
    if (this.name.endsWith('.drv') && !isDerivation) {
      throw derivationError(
        "derivation names are allowed to end in '.drv' only if they produce a single derivation file",
      )
    }
    const output = this.output()
    const outputs = new Map<ByteString, DerivationOutput>()
    for (const name of this.outputs) {
      this.environment.set(name, '')
      outputs.set(name, { ...output })
    }
    return {
      name: this.name,
      outputs,
      ...inputs,
      system: this.system,
      builder: this.builder,
      args: this.args,
      environment: this.environment,
    }
  }

  /** What is known of each output before its path is. */
  private output(): DerivationOutput {
    if (this.outputHash !== null) {
      if (this.outputs.size !== 1 || !this.outputs.has('out')) {
        throw derivationError('multiple outputs are not supported in fixed-output derivations')
      }
      const hash = hashAllowingEmpty(this.evaluator, this.outputHash, this.outputHashAlgorithm)
      return {
        path: '',
        hashAlgorithm: (this.hashMethod ?? '') + hash.algorithm,
        hash: encodeBase16(hash.bytes),
      }
    }
    if (!this.contentAddressed && !this.impure) return { path: '', hashAlgorithm: '', hash: '' }
    if (this.contentAddressed && this.impure) {
      throw derivationError('derivation cannot be both content-addressed and impure')
    }
    const hashAlgorithm = (this.hashMethod ?? 'r:') + (this.outputHashAlgorithm ?? 'sha256')
    return { path: '', hashAlgorithm, hash: this.impure ? 'impure' : '' }
  }

  /** What the context says that the derivation needs. */
  private inputs(): Pick<Derivation, 'inputDerivations' | 'inputSources' | 'dynamicInputs'> {
    const { evaluator } = this
    const dynamicInputs = new Map<ByteString, DynamicInputs>()
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
      else if (element.kind === 'built') {
        const [base, ...names] = element.path.split('!').reverse()
        if (names.length === 0) addOutput(base, element.output)
        else {
          if (!inputDerivations.has(base)) inputDerivations.set(base, new Set())
          let dynamic = dynamicInputs.get(base)
          if (dynamic === undefined) dynamicInputs.set(base, (dynamic = new Map()))
          addDynamic(dynamic, names, element.output)
        }
      } else {
        // The builder may look at the whole graph, so all of it must be there, outputs included.
        for (const path of closure(evaluator, element.path)) {
          inputSources.add(path)
          if (!path.endsWith('.drv')) continue
          const { outputs } = evaluator.store(() => evaluator.host.store.readDerivation(path))
          for (const output of outputs.keys()) addOutput(path, output)
        }
      }
    }
    return {
      inputDerivations,
      inputSources,
      ...(dynamicInputs.size === 0 ? {} : { dynamicInputs }),
    }
  }
}

/** Adds an output of what the outputs `names`, each of the one before, are the derivations of. */
function addDynamic(inputs: DynamicInputs, names: readonly ByteString[], output: ByteString): void {
  let level = inputs
  let node = { outputs: new Set<ByteString>(), dynamic: level }
  for (const name of names) {
    const known = level.get(name)
    node = known ?? { outputs: new Set(), dynamic: new Map() }
    if (known === undefined) level.set(name, node)
    level = node.dynamic
  }
  node.outputs.add(output)
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
