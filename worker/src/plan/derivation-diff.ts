import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { hashPlaceholder } from '@snowglobe/shared/hash-modulo'
import { pairByName } from './pair-by-name'

/** One way in which a derivation differs from an earlier one. */
export interface DerivationChange {
  what: 'attribute' | 'input' | 'source' | 'builder' | 'arguments' | 'system'
  /** Of the attribute, the input or the source; '' for the others. */
  name: ByteString
  change: 'changed' | 'added' | 'removed'
  /** Words of the value that are gone, or its lines if it has several; store paths by their names. */
  removed: ByteString[]
  added: ByteString[]
}

/** An input of a derivation: which one, and what of it is used. */
export interface DerivationInput {
  path: ByteString
  name: ByteString
  /** Paths of the used outputs in order; of one whose path is not known yet, what stands for it. */
  used: readonly ByteString[]
  /** The paths of all outputs by their names; '' where it is not known. */
  outputs: ReadonlyMap<ByteString, ByteString>
}

export interface DerivationDifference {
  /** Most telling first: attributes, then inputs. */
  changes: DerivationChange[]
  /** Inputs that changed, each with the one in whose place it stands now. */
  changedInputs: { before: DerivationInput; after: DerivationInput }[]
}

/** A derivation and its inputs. */
export interface WithInputs {
  derivation: Derivation
  inputs: readonly DerivationInput[]
}

/** So many words or lines of one attribute at most. */
const mostShown = 40
/** Variables of a build that say what is told otherwise. */
const toldOtherwise = new Set(['builder', 'system'])

/**
 * What makes one derivation another than an earlier one. Two that differ only by paths of their
 * inputs differ in these inputs; what is told of attributes is theirs alone.
 */
export function diffDerivations(before: WithInputs, after: WithInputs): DerivationDifference {
  const inputs = pairByName(before.inputs, after.inputs, ({ used }) => used.join(' '))
  const sources = pairByName(
    [...before.derivation.inputSources].map(sourceOf),
    [...after.derivation.inputSources].map(sourceOf),
    ({ path }) => path,
  )
  const renames = new Renames()
  for (const [old, now] of inputs.pairs) {
    for (const [output, path] of now.outputs) renames.add(path, old.outputs.get(output))
  }
  for (const [old, now] of sources.pairs) renames.add(now.path, old.path)
  for (const [output, { path }] of after.derivation.outputs) {
    renames.add(path, before.derivation.outputs.get(output)?.path)
  }

  const changes = [
    ...changedAttributes(before.derivation, after.derivation, renames),
    ...changedFields(before.derivation, after.derivation, renames),
  ]
  // An input that an attribute names in its list need not be told of twice.
  const told = new Set(changes.flatMap(({ removed, added }) => [...removed, ...added]))
  const isTold = (name: ByteString) => [...told].some((word) => word.includes(name))
  const plain = { removed: [], added: [] }
  for (const [what, { pairs, removed, added }] of [
    ['input', inputs],
    ['source', sources],
  ] as const) {
    for (const name of pairs.map(([, { name }]) => name).sort())
      changes.push({ what, name, change: 'changed', ...plain })
    for (const { name } of added)
      if (!isTold(name)) changes.push({ what, name, change: 'added', ...plain })
    for (const { name } of removed)
      if (!isTold(name)) changes.push({ what, name, change: 'removed', ...plain })
  }
  return {
    changes,
    changedInputs: inputs.pairs.map(([old, now]) => ({ before: old, after: now })),
  }
}

function sourceOf(path: ByteString): { path: ByteString; name: ByteString } {
  return { path, name: path.replace(/^.*\/[0-9a-z]{32}-/, '') }
}

/** Puts the paths of an earlier derivation for those that took their places. */
class Renames {
  private readonly earlier = new Map<ByteString, ByteString>()

  add(now: ByteString, before: ByteString | undefined): void {
    if (now !== '' && before !== undefined && before !== '') this.earlier.set(now, before)
  }

  apply(text: ByteString): ByteString {
    if (this.earlier.size === 0 || !text.includes('/')) return text
    return text.replace(storePaths, (path) => this.earlier.get(path) ?? path)
  }
}

const storePaths = /\/[^\s:"']*?\/[0-9a-z]{32}-[0-9a-zA-Z+\-._?=]+/g

function changedAttributes(
  before: Derivation,
  after: Derivation,
  renames: Renames,
): DerivationChange[] {
  const old = attributesOf(before)
  const now = attributesOf(after)
  const changes: DerivationChange[] = []
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    if (toldOtherwise.has(name)) continue
    const from = old.get(name)
    const to = now.get(name)
    if (from === to || (from !== undefined && to !== undefined && from === renames.apply(to)))
      continue
    changes.push(changeOf('attribute', name, from, to === undefined ? to : renames.apply(to)))
  }
  // The name of a derivation is made from these.
  const isVersion = ({ name }: DerivationChange) => name === 'version' || name === 'pname'
  return changes.some(isVersion) ? changes.filter(({ name }) => name !== 'name') : changes
}

/** The environment of the builder, or its structured attributes. */
function attributesOf({ environment }: Derivation): Map<ByteString, ByteString> {
  const attributes = new Map(environment)
  const json = attributes.get('__json')
  if (json === undefined) return attributes
  attributes.delete('__json')
  const structured = JSON.parse(json) as Record<string, unknown>
  for (const [name, value] of Object.entries(structured)) {
    attributes.set(name, Array.isArray(value) ? value.map(printed).join('\n') : printed(value))
  }
  return attributes
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1)
}

function changedFields(
  before: Derivation,
  after: Derivation,
  renames: Renames,
): DerivationChange[] {
  const fields = (derivation: Derivation, apply: (text: ByteString) => ByteString) =>
    ({
      builder: apply(derivation.builder),
      arguments: derivation.args.map(apply).join('\n'),
      system: derivation.system,
    }) as const
  const old = fields(before, (text) => text)
  const now = fields(after, (text) => renames.apply(text))
  return (['builder', 'arguments', 'system'] as const)
    .filter((what) => old[what] !== now[what])
    .map((what) => changeOf(what, '', old[what], now[what]))
}

function changeOf(
  what: DerivationChange['what'],
  name: ByteString,
  before: ByteString | undefined,
  after: ByteString | undefined,
): DerivationChange {
  const old = before ?? ''
  const now = after ?? ''
  const separator = old.includes('\n') || now.includes('\n') ? '\n' : /\s+/
  const parts = (text: ByteString) => text.split(separator).filter((part) => part.trim() !== '')
  const [gone, come] = [parts(old), parts(now)]
  return {
    what,
    name,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    removed: without(gone, come),
    added: without(come, gone),
  }
}

/** The parts of a text that another has not, each as often as it has more of them. */
function without(parts: readonly ByteString[], others: readonly ByteString[]): ByteString[] {
  const left = new Map<ByteString, number>()
  for (const part of others) left.set(part, (left.get(part) ?? 0) + 1)
  const only: ByteString[] = []
  for (const part of parts) {
    const count = left.get(part) ?? 0
    if (count > 0) left.set(part, count - 1)
    else only.push(readable(part))
  }
  return only.slice(0, mostShown)
}

/** A text with names in place of store paths, and `$dev` in place of what stands for an own output. */
function readable(text: ByteString): ByteString {
  const named = text.replace(storePaths, (path) => sourceOf(path).name)
  return named.replace(placeholders, (placeholder) => {
    const output = commonOutputs.find((name) => hashPlaceholder(name) === placeholder)
    return output === undefined ? placeholder : `$${output}`
  })
}

const placeholders = /\/[0-9a-z]{52}/g
const commonOutputs = ['out', 'bin', 'dev', 'lib', 'man', 'doc', 'debug']
