import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet } from '../../evaluator/attribute-set'
import { NixError } from '../../evaluator/errors'
import type { Evaluator } from '../../evaluator/evaluator'
import { expectBoolean, expectList, expectSet, expectString } from '../../evaluator/expect'
import { enterLevel } from '../../evaluator/levels'
import type { Resumable } from '../../evaluator/machine'
import { native } from '../../evaluator/native-stack'
import { ContextString, Float, type List, type Slot, type Value } from '../../evaluator/values'
import { parseDerivationName } from '../../evaluator/builtins/versions'

/** What is known of a package that no expression describes. */
export interface PackageFiles {
  name: ByteString
  drvPath: ByteString | null
  outPath: ByteString
}

/**
 * A derivation as nix-env sees it. All is evaluated when it is asked for: methods throw NixError, and
 * Interruptions after which they are to be asked again.
 */
export class Package {
  private readonly attributes: AttributeSet | null
  private readonly files: PackageFiles | null
  private readonly setMeta = new Map<ByteString, Value>()
  private givenName: ByteString | null = null

  /** @param attributePath where it stands in its expression; '' if that is not known */
  constructor(
    private readonly evaluator: Evaluator,
    readonly attributePath: ByteString,
    source: AttributeSet | PackageFiles,
  ) {
    this.attributes = source instanceof AttributeSet ? source : null
    this.files = source instanceof AttributeSet ? null : source
  }

  /** With version: `hello-2.12`. */
  name(): ByteString {
    if (this.givenName !== null) return this.givenName
    if (this.files !== null) return this.files.name
    const name = this.attributes?.get('name')
    if (name === undefined) throw new NixError('type', 'derivation name missing')
    return this.text(name, "while evaluating the 'name' attribute of a derivation")
  }

  /** The same in its parts. */
  nameParts(): { name: ByteString; version: ByteString } {
    return parseDerivationName(this.name())
  }

  rename(name: ByteString): void {
    this.givenName = name
  }

  /** '' where no expression tells. */
  system(): ByteString {
    if (this.attributes === null) return ''
    const system = this.attributes.get('system')
    if (system === undefined) return 'unknown'
    return this.text(system, "while evaluating the 'system' attribute of a derivation")
  }

  drvPath(): ByteString | null {
    if (this.files !== null) return this.files.drvPath
    const path = this.attributes?.get('drvPath')
    if (path === undefined) return null
    return this.text(path, "while evaluating the 'drvPath' attribute of a derivation")
  }

  outPath(): ByteString {
    if (this.files !== null) return this.files.outPath
    const path = this.attributes?.get('outPath')
    if (path !== undefined) {
      return this.text(path, 'while evaluating the output path of a derivation')
    }
    throw new NixError('missing-attribute', "derivation does not have attribute 'outPath'")
  }

  outputName(): ByteString {
    const name = this.attributes?.get('outputName')
    if (name === undefined) return ''
    return this.text(name, 'while evaluating the output name of a derivation')
  }

  outputNames(): ByteString[] {
    const outputs = this.attributes?.get('outputs')
    if (outputs === undefined) return ['out']
    const place = "while evaluating the 'outputs' attribute of a derivation"
    return expectList(this.evaluator.force(outputs), 0, place)
      .map((name) => this.text(name, 'while evaluating the name of an output of a derivation'))
      .sort()
  }

  /** The paths of the outputs by name. */
  outputs(): Map<ByteString, ByteString> {
    const found = new Map<ByteString, ByteString>()
    if (this.attributes?.get('outputs') === undefined) return found.set('out', this.outPath())
    for (const name of this.outputNames()) {
      const output = this.attributes.get(name)
      if (output === undefined) continue
      const set = expectSet(
        this.evaluator.force(output),
        0,
        'while evaluating an output of a derivation',
      )
      const path = set.get('outPath')
      if (path !== undefined) {
        found.set(name, this.text(path, 'while evaluating an output path of a derivation'))
      }
    }
    return found
  }

  /** Those of the outputs that an environment gets. */
  outputsToInstall(): Map<ByteString, ByteString> {
    const all = this.outputs()
    if (this.attributes === null) return all
    const specified = this.attributes.get('outputSpecified')
    const place = "while evaluating the 'outputSpecified' attribute of a derivation"
    if (specified !== undefined && expectBoolean(this.evaluator.force(specified), 0, place)) {
      const name = this.outputName()
      const path = all.get(name)
      if (path === undefined) {
        throw new NixError('derivation', `derivation does not have output '${name}'`)
      }
      return new Map([[name, path]])
    }
    const wanted = this.meta('outputsToInstall')
    if (wanted === undefined) return all
    const bad = () => new NixError('derivation', "this derivation has bad 'meta.outputsToInstall'")
    if (!Array.isArray(wanted)) throw bad()
    const names = wanted.map((slot: Slot) => {
      const name = textOf(this.evaluator.force(slot))
      if (name === undefined || !all.has(name)) throw bad()
      return name
    })
    return new Map(names.sort().map((name) => [name, all.get(name)!]))
  }

  metaNames(): ByteString[] {
    const names = new Set([...(this.metaSet()?.names ?? []), ...this.setMeta.keys()])
    return [...names].sort()
  }

  /** A value of `meta`, with all that is in it; undefined where there is none, or it holds functions. */
  meta(name: ByteString): Value | undefined {
    const set = this.setMeta.get(name)
    if (set !== undefined) return set
    const slot = this.metaSet()?.get(name)
    if (slot === undefined || this.evaluator.resume(isPlain(slot)) === false) return undefined
    return this.evaluator.force(slot)
  }

  metaText(name: ByteString): ByteString {
    return textOf(this.meta(name)) ?? ''
  }

  /** A number, or a string that is one. */
  metaNumber(name: ByteString, otherwise: number): number {
    const value = this.meta(name)
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
    const text = textOf(value)
    return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : otherwise
  }

  metaBoolean(name: ByteString): boolean {
    const value = this.meta(name)
    return value === true || textOf(value) === 'true'
  }

  /** Gives a value of `meta` to a package that is going to be installed. */
  changeMeta(name: ByteString, value: Value): void {
    this.setMeta.set(name, value)
  }

  private metaSet(): AttributeSet | null {
    const meta = this.attributes?.get('meta')
    if (meta === undefined) return null
    const place = "while evaluating the 'meta' attribute of a derivation"
    return expectSet(this.evaluator.force(meta), 0, place)
  }

  private text(slot: Slot, place: string): ByteString {
    return expectString(this.evaluator.force(slot), 0, place)
  }
}

/** Whether there are only numbers, strings, Booleans, and lists and sets of those, but no derivations. */
function* isPlain(slot: Slot): Resumable {
  const value: Value = yield slot
  if (Array.isArray(value)) return yield areAllPlain(value as List)
  if (value instanceof AttributeSet) {
    return !value.has('outPath') && (yield areAllPlain(value.slots))
  }
  const scalars = ['number', 'bigint', 'boolean', 'string']
  return scalars.includes(typeof value) || value instanceof ContextString || value instanceof Float
}

function* areAllPlain(slots: readonly Slot[]): Resumable {
  // A list may be in itself: what is within counts as a call does.
  const level = enterLevel(0)
  let found = true
  for (let i = 0; found && i < slots.length; i++) found = (yield isPlain(slots[i])) === true
  native.callDepth = level
  return found
}

function textOf(value: Value | undefined): ByteString | undefined {
  if (value instanceof ContextString) return value.text
  return typeof value === 'string' ? value : undefined
}
