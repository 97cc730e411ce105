/**
 * What a derivation asks of its builder beside its outputs: attributes of its environment or, with
 * structured attributes, of the JSON in `__json`
 * (https://nix.dev/manual/nix/latest/language/advanced-attributes).
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { DerivationError, derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { isJsonObject, parseJsonObject, type Json, type JsonObject } from './structured-attributes'

/** Checks of one output. Absent ones are undefined. */
export interface OutputChecks {
  allowedReferences?: ByteString[]
  allowedRequisites?: ByteString[]
  disallowedReferences?: ByteString[]
  disallowedRequisites?: ByteString[]
  /** Whether an output's references to itself count for its requisites. */
  ignoreSelfRefs: boolean
  /** Bytes of the NAR. */
  maxSize?: number
  /** Bytes of the NARs of the closure. */
  maxClosureSize?: number
}

const checkNames = [
  'allowedReferences',
  'allowedRequisites',
  'disallowedReferences',
  'disallowedRequisites',
] as const

export class DerivationAttributes {
  /** Null for a derivation without structured attributes. */
  readonly structured: JsonObject | null

  /** Throws DerivationError where `__json` is no JSON object. */
  constructor(
    readonly drvPath: ByteString,
    private readonly derivation: Derivation,
  ) {
    const text = derivation.environment.get('__json')
    this.structured = text === undefined ? null : parseJsonObject(text)
  }

  boolean(name: string, otherwise = false): boolean {
    if (this.structured === null) {
      const text = this.derivation.environment.get(name)
      return text === undefined ? otherwise : text === '1'
    }
    const value = this.structured[name]
    if (value === undefined) return otherwise
    if (typeof value !== 'boolean') throw this.wrongType(name, 'a Boolean')
    return value
  }

  /** A list of strings: words of the environment's variable, or an array. */
  strings(name: string): ByteString[] | undefined {
    if (this.structured !== null) return this.stringsOf(this.structured, name)
    const text = this.derivation.environment.get(name)
    return text === undefined ? undefined : words(text)
  }

  requiredSystemFeatures(): ByteString[] {
    const features = new Set(this.strings('requiredSystemFeatures') ?? [])
    const kind = derivationKind(this.derivation)
    if (kind === 'floating' || kind === 'deferred') features.add('ca-derivations')
    return [...features].sort()
  }

  /** The checks of an output: those of the whole derivation, or its own in `outputChecks`. */
  checksOf(output: ByteString): OutputChecks {
    if (this.structured === null) {
      // Legacy: self references do not count for allowedRequisites and disallowedRequisites.
      const checks: OutputChecks = { ignoreSelfRefs: true }
      for (const name of checkNames) checks[name] = this.strings(name)
      return checks
    }
    const all = this.structured['outputChecks']
    const own = isJsonObject(all) ? all[output] : undefined
    if (!isJsonObject(own)) return { ignoreSelfRefs: false }
    const checks: OutputChecks = {
      ignoreSelfRefs: own['ignoreSelfRefs'] === true,
      maxSize: this.size(own, 'maxSize'),
      maxClosureSize: this.size(own, 'maxClosureSize'),
    }
    for (const name of checkNames) checks[name] = this.stringsOf(own, name)
    return checks
  }

  /** Whether an output is registered without looking for references in it. */
  discardsReferences(output: ByteString): boolean {
    const attribute = this.structured?.['unsafeDiscardReferences']
    if (attribute === undefined) return false
    if (!isJsonObject(attribute)) throw this.wrongType('unsafeDiscardReferences', 'a set')
    const value = attribute[output]
    if (value === undefined) return false
    if (typeof value !== 'boolean')
      throw this.wrongType(`unsafeDiscardReferences.${output}`, 'a Boolean')
    return value
  }

  private stringsOf(object: JsonObject, name: string): ByteString[] | undefined {
    const value = object[name]
    if (value === undefined) return undefined
    if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
      throw this.wrongType(name, 'a list of strings')
    return value.map(utf8ToByteString)
  }

  private size(object: JsonObject, name: string): number | undefined {
    const value: Json | undefined = object[name]
    if (value === undefined) return undefined
    const size = typeof value === 'object' && value !== null ? Number(String(value)) : NaN
    if (!Number.isInteger(size) || size < 0) throw this.wrongType(name, 'a size in bytes')
    return size
  }

  private wrongType(name: string, expected: string): DerivationError {
    return new DerivationError(
      `attribute '${name}' of derivation '${this.drvPath}' must be ${expected}`,
    )
  }
}

/** The words of a list that was made a string. */
export function words(text: ByteString): ByteString[] {
  return text.split(/[ \t\n\r]+/).filter(Boolean)
}
