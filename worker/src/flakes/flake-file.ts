/** Reading `flake.nix`: what is said of inputs is literal, so that it is known without evaluating. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { InputAttribute } from '@snowglobe/shared/flakes/input-attributes'
import {
  flakeReferenceFromAttributes,
  formatFlakeReference,
  parseFlakeReference,
  type FlakeReference,
} from '@snowglobe/shared/flakes/flake-reference'
import type { AttributeSet } from '../evaluator/attribute-set'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import type { Request } from '../evaluator/machine'
import { isForced, Thunk } from '../evaluator/thunk'
import { describeType } from '../evaluator/type-names'
import { ContextString, Lambda, Path, type Slot, type Value } from '../evaluator/values'
import { NodeKind, resolved, type Position } from '../language/tree'

/** One input as a flake declares it: where it is, or which other input it is. */
export interface FlakeInput {
  reference: FlakeReference | null
  isFlake: boolean
  /** From the root, where the input is one that another has. */
  follows: readonly ByteString[] | null
  /** What it says of the inputs of that flake. */
  overrides: Map<ByteString, FlakeInput>
}

/** A flake's own file, read. */
export interface FlakeFile {
  inputs: Map<ByteString, FlakeInput>
  /** `inputs.self`: how the flake itself is to be fetched. */
  self: Map<ByteString, InputAttribute>
}

/** Generators that give something other than a value. */
export type Reading<Result> = Generator<Request, Result, Value>

/** Nobody nests what they say of inputs of inputs deeper. */
const maxNesting = 100

const parts = new Set(['description', 'inputs', 'outputs', 'nixConfig'])

/**
 * Reads the flake in a directory.
 *
 * @param directory where it lies
 * @param reference what it was fetched by, for messages
 * @param prefix the names that lead to the flake from the one at the root
 */
export function* readFlakeFile(
  evaluator: Evaluator,
  directory: ByteString,
  reference: FlakeReference,
  prefix: readonly ByteString[],
): Reading<FlakeFile> {
  const path = `${directory}/flake.nix`
  const node = evaluator.store(() => evaluator.parseFile(path))
  if (resolved(node).kind !== NodeKind.AttributeSet) {
    throw new NixError('type', `file '${path}' must be an attribute set`)
  }
  const reader = new FlakeReader(evaluator, directory, prefix)
  return yield* reader.read(
    (yield evaluator.store(() => evaluator.import(path))) as AttributeSet,
    formatFlakeReference(reference),
  )
}

class FlakeReader {
  constructor(
    private readonly evaluator: Evaluator,
    private readonly directory: ByteString,
    private readonly prefix: readonly ByteString[],
  ) {}

  *read(flake: AttributeSet, shown: ByteString): Reading<FlakeFile> {
    const file: FlakeFile = { inputs: new Map(), self: new Map() }
    const description = flake.get('description')
    if (description !== undefined) {
      yield* this.expect('a string', description, flake.positionOf('description'))
    }
    const inputs = flake.get('inputs')
    if (inputs !== undefined) {
      yield* this.inputs(inputs, flake.positionOf('inputs'), file.inputs, file.self, 0)
    }
    const outputs = flake.get('outputs')
    if (outputs === undefined) {
      throw new NixError('missing-attribute', `flake '${shown}' lacks attribute 'outputs'`)
    }
    const fn = yield* this.expect('a function', outputs, flake.positionOf('outputs'))
    if (fn instanceof Lambda) {
      for (const { name } of fn.code.node.formals?.formals ?? []) {
        if (name === 'self' || file.inputs.has(name)) continue
        const reference = this.evaluator.store(() => parseFlakeReference(name))
        file.inputs.set(name, input(reference))
      }
    }
    for (const name of flake.names) {
      if (parts.has(name)) continue
      const place = this.place(flake.positionOf(name))
      throw new NixError(
        'unexpected-argument',
        `flake '${shown}' has an unsupported attribute '${name}', at ${place}`,
      )
    }
    return file
  }

  /** Reads a set of inputs; `self` is null where it may have no entry. */
  private *inputs(
    slot: Slot,
    position: Position,
    into: Map<ByteString, FlakeInput>,
    self: Map<ByteString, InputAttribute> | null,
    depth: number,
  ): Reading<void> {
    if (depth > maxNesting) throw new NixError('evaluation', 'inputs are nested too deeply')
    const set = (yield* this.expect('a set', slot, position)) as AttributeSet
    for (const name of set.names) {
      const place = set.positionOf(name)
      const given = set.get(name)!
      if (name !== 'self') {
        into.set(name, yield* this.input(given, place, depth))
        continue
      }
      if (self === null) {
        throw new NixError(
          'unexpected-argument',
          `'self' input attribute not allowed at ${this.place(place)}`,
        )
      }
      const attributes = (yield* this.expect('a set', given, place)) as AttributeSet
      for (const attribute of attributes.names) {
        const value = this.scalar(attribute, attributes.get(attribute)!)
        self.set(attribute, value)
      }
    }
  }

  private *input(slot: Slot, position: Position, depth: number): Reading<FlakeInput> {
    const set = (yield* this.expect('a set', slot, position)) as AttributeSet
    const result = input(null)
    const attributes = new Map<ByteString, InputAttribute>()
    let url: ByteString | null = null
    for (const name of set.names) {
      const place = set.positionOf(name)
      const given = set.get(name)!
      try {
        switch (name) {
          case 'url':
            url = yield* this.url(given, place)
            attributes.set('url', url)
            break
          case 'flake':
            result.isFlake = (yield* this.expect('a Boolean', given, place)) === true
            break
          case 'inputs':
            yield* this.inputs(given, place, result.overrides, null, depth + 1)
            break
          case 'follows': {
            const text = (yield* this.expect('a string', given, place)) as ByteString
            result.follows = [...this.prefix, ...parseInputPath(text)]
            break
          }
          default:
            attributes.set(name, this.scalar(name, given))
        }
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while evaluating flake attribute '${name}'`, place)
        }
        throw error
      }
    }
    this.evaluator.store(() => {
      if (attributes.has('type')) result.reference = flakeReferenceFromAttributes(attributes)
      else {
        attributes.delete('url')
        for (const name of attributes.keys()) {
          throw new NixError(
            'unexpected-argument',
            `unexpected flake input attribute '${name}', at ${this.place(position)}`,
          )
        }
        const { isFlake } = result
        if (url !== null) {
          result.reference = parseFlakeReference(url, { isFlake, relativePaths: true })
        }
      }
    })
    if (result.reference !== null && result.follows !== null) {
      throw new NixError(
        'evaluation',
        `flake input has both a flake reference and a follows attribute, at ${this.place(position)}`,
      )
    }
    return result
  }

  private *url(slot: Slot, position: Position): Reading<ByteString> {
    const value = yield* this.trivial(slot)
    if (typeof value === 'string') return value
    if (value instanceof Path) return `path:${relativePath(this.directory, value.path)}`
    const found = value === undefined ? 'a thunk' : describeType(value)
    throw new NixError(
      'type',
      `expected a string or a path but got ${found} at ${this.place(position)}`,
    )
  }

  private scalar(name: ByteString, slot: Slot): InputAttribute {
    const value = slot instanceof Thunk && isForced(slot) ? (slot.payload as Value) : slot
    if (typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') {
      if (value >= 0) return value
      throw new NixError(
        'evaluation',
        `negative value given for flake input attribute ${name}: ${value}`,
      )
    }
    const found = value instanceof Thunk ? 'a thunk' : describeType(value)
    throw new NixError(
      'type',
      `flake input attribute '${name}' is ${found} while a string, Boolean, or integer is expected`,
    )
  }

  private *expect(type: string, slot: Slot, position: Position): Reading<Value> {
    const value = yield* this.trivial(slot)
    const found =
      value === undefined
        ? 'a thunk'
        : value instanceof ContextString
          ? 'a string'
          : describeType(value)
    if (found === type) return value as Value
    throw new NixError('type', `expected ${type} but got ${found} at ${this.place(position)}`)
  }

  /** The value of what needs no evaluating; undefined for what does. */
  private *trivial(slot: Slot): Reading<Value | undefined> {
    if (!(slot instanceof Thunk) || isForced(slot)) return yield slot
    const node = slot.code?.node ?? null
    if (node === null) return undefined
    const { kind } = resolved(node)
    const isTrivial =
      kind === NodeKind.AttributeSet || kind === NodeKind.Lambda || kind === NodeKind.List
    return isTrivial ? yield slot : undefined
  }

  private place(position: Position): ByteString {
    return this.evaluator.describePosition(position) ?? '\u00c2\u00abnone\u00c2\u00bb:0'
  }
}

/** An input that is just a reference. */
export function input(reference: FlakeReference | null): FlakeInput {
  return { reference, isFlake: true, follows: null, overrides: new Map() }
}

/** `a/b` of `follows`: names of inputs. */
function parseInputPath(text: ByteString): ByteString[] {
  const names = text.split('/').filter((name) => name !== '')
  for (const name of names) {
    if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(name)) {
      throw new NixError('usage', `invalid flake input attribute path element '${name}'`)
    }
  }
  return names
}

/** How one leads from a directory to a path. */
function relativePath(directory: ByteString, path: ByteString): ByteString {
  const from = directory.split('/').filter((part) => part !== '')
  const to = path.split('/').filter((part) => part !== '')
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same++
  const up = from.slice(same).map(() => '..')
  const result = [...up, ...to.slice(same)].join('/')
  return result === '' ? '.' : up.length > 0 ? result : `./${result}`
}
