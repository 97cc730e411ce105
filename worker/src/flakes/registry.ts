/** Flake registries: what `nixpkgs` and other short names stand for. */
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { inputFromAttributes, inputToUrl } from '@snowglobe/shared/flakes/fetch-input'
import {
  textOf,
  type InputAttribute,
  type InputAttributes,
} from '@snowglobe/shared/flakes/input-attributes'
import type { FlakeReference } from '@snowglobe/shared/flakes/flake-reference'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { fetchText } from '../evaluator/fetch-tree'

interface Entry {
  from: InputAttributes
  to: InputAttributes
  /** Of the flake in what `to` names. */
  directory: ByteString
  /** It stands for just this input, not for others of the name. */
  exact: boolean
}

/** Entries that lead to each other in a circle would be followed for ever. */
const maxSteps = 100

/**
 * What an input stands for: itself, unless a registry says otherwise. Where registries are 'limited'
 * only the global one counts: what a person has set up does not change what others' flakes mean.
 *
 * @throws NixError where a short name is in no registry
 */
export function lookUpInRegistries(
  evaluator: Evaluator,
  reference: FlakeReference,
  extent: 'all' | 'limited',
): FlakeReference {
  let found = reference
  for (let step = 0; step < maxSteps; step++) {
    const next = lookUpOnce(evaluator, found, extent)
    if (next === null) {
      if (found.input.get('type') !== 'indirect') return found
      throw new NixError(
        'evaluation',
        `cannot find flake '${inputToUrl(found.input)}' in the flake registries`,
      )
    }
    found = next
  }
  throw new NixError(
    'evaluation',
    `cycle detected in flake registry for '${inputToUrl(found.input)}'`,
  )
}

function lookUpOnce(
  evaluator: Evaluator,
  { input, directory }: FlakeReference,
  extent: 'all' | 'limited',
): FlakeReference | null {
  const { homeDirectory } = evaluator.host
  const own =
    extent === 'limited'
      ? []
      : [`${homeDirectory}/.config/nix/registry.json`, '/etc/nix/registry.json']
  for (const entries of [...own.map((path) => entriesOfFile(evaluator, path)), null]) {
    for (const { from, to, directory: inside, exact } of entries ?? globalEntries(evaluator)) {
      if (exact ? !isSame(from, input) : !stands(from, input)) continue
      const next = exact ? to : withOverrides(from, to, input)
      return { input: next, directory: inside === '' ? directory : inside }
    }
  }
  return null
}

function withOverrides(
  from: InputAttributes,
  to: InputAttributes,
  input: InputAttributes,
): InputAttributes {
  const result = new Map(to)
  for (const name of ['ref', 'rev']) {
    const value = textOf(input, name)
    if (value === null || from.has(name)) continue
    result.set(name, value)
    // An archive is of a branch or of a revision.
    if (['github', 'gitlab', 'sourcehut'].includes(String(to.get('type')))) {
      result.delete(name === 'ref' ? 'rev' : 'ref')
    }
  }
  return inputFromAttributes(result)
}

function isSame(a: InputAttributes, b: InputAttributes): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value)
}

function stands(from: InputAttributes, input: InputAttributes): boolean {
  if (isSame(from, input)) return true
  const bare = new Map(input)
  bare.delete('ref')
  bare.delete('rev')
  return isSame(from, bare)
}

function entriesOfFile(evaluator: Evaluator, path: ByteString): Entry[] {
  const { files } = evaluator.host
  const isThere = evaluator.store(() => files.status(path)) !== null
  if (!isThere) return []
  const bytes = evaluator.store(() => files.readFile(path))
  return parseRegistry(evaluator, path, new TextDecoder().decode(bytes))
}

function globalEntries(evaluator: Evaluator): Entry[] {
  const { flakeRegistry } = evaluator.settings
  if (flakeRegistry === '') return []
  if (flakeRegistry.startsWith('/')) return entriesOfFile(evaluator, flakeRegistry)
  return parseRegistry(evaluator, flakeRegistry, fetchText(evaluator, flakeRegistry))
}

function parseRegistry(evaluator: Evaluator, place: ByteString, text: string): Entry[] {
  try {
    const json = JSON.parse(text) as { version?: unknown; flakes?: unknown }
    if (json.version !== 2) {
      throw new Error(
        `flake registry '${place}' has unsupported version ${String(json.version ?? 0)}`,
      )
    }
    const flakes = json.flakes as { from: object; to: object; exact?: boolean }[]
    return flakes.map(({ from, to, exact }) => {
      const target = attributesOf(to)
      const directory = textOf(target, 'dir') ?? ''
      target.delete('dir')
      return {
        from: inputFromAttributes(attributesOf(from)),
        to: inputFromAttributes(target),
        directory,
        exact: exact === true,
      }
    })
  } catch (error) {
    const reason = utf8ToByteString((error as Error).message)
    evaluator.host.message('warning', `cannot read flake registry '${place}': ${reason}`)
    return []
  }
}

function attributesOf(json: object): Map<ByteString, InputAttribute> {
  const attributes = new Map<ByteString, InputAttribute>()
  for (const [name, value] of Object.entries(json) as [string, unknown][]) {
    if (typeof value === 'string') attributes.set(name, utf8ToByteString(value))
    else if (typeof value === 'number' || typeof value === 'boolean') attributes.set(name, value)
  }
  return attributes
}
