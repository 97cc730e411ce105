/** Values as JSON, as `toJSON`, structured attributes and `nix-instantiate --json` print them. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { isApplication } from './application'
import { AttributeSet } from './attribute-set'
import { call1 } from './call'
import { ContextBuilder } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { jsonFloat, jsonString, utf8Problem } from './json-scalars'
import { checkLevel, enterLevel } from './levels'
import { Apply, runResumable, type Resumable } from './machine'
import { native } from './native-stack'
import { printForError } from './print-value'
import { force, isForced } from './thunk'
import { describeType } from './type-names'
import { ContextString, Float, Path, type List, type Slot, type Value } from './values'

export interface JsonOptions {
  /** What is not evaluated yet is; otherwise it is an error. */
  strict: boolean
  /** Paths are copied to the store and become their store paths. */
  copyToStore: boolean
}

/** The JSON text of a value, as `nix-instantiate --json` prints it. */
export function toJson(evaluator: Evaluator, slot: Slot, strict: boolean): ByteString {
  const options = { strict, copyToStore: true }
  return evaluator.run(() => jsonText(evaluator, slot, options, new ContextBuilder(), 0))
}

/**
 * The JSON text of a value, as a byte string; what it refers to is added to the context.
 *
 * Sets with `__toString` or `outPath` become what these give, other sets become objects. Floats are
 * printed with the fewest digits that give them back. Throws NixError for functions and for strings
 * that are not UTF-8.
 */
export function jsonText(
  evaluator: Evaluator,
  slot: Slot,
  options: JsonOptions,
  context: ContextBuilder,
  position: Position,
): ByteString {
  const writer = new JsonWriter(evaluator, options.strict, context)
  writer.write(slot, position, options.copyToStore)
  return writer.finish()
}

/** As `jsonText`, resumable. */
export function* jsonResumable(
  evaluator: Evaluator,
  slot: Slot,
  options: JsonOptions,
  context: ContextBuilder,
  position: Position,
): Resumable {
  const writer = new JsonWriter(evaluator, options.strict, context)
  yield writer.writeResumable(slot, position, options.copyToStore)
  return writer.finish()
}

class JsonWriter {
  private readonly output: ByteString[] = []
  /** The first string that is no UTF-8 is complained of when all has been evaluated. */
  private problem: NixError | null = null

  constructor(
    private readonly evaluator: Evaluator,
    private readonly strict: boolean,
    private readonly context: ContextBuilder,
  ) {}

  finish(): ByteString {
    if (this.problem !== null) throw this.problem
    return this.output.join('')
  }

  write(slot: Slot, position: Position, copyToStore: boolean): void {
    if (!this.strict && !isForced(slot)) throw notJson('a thunk', position)
    const depth = native.depth
    if (depth >= native.limit) {
      runResumable(this.writeResumable(slot, position, copyToStore))
      return
    }
    native.depth = depth + 1
    const level = enterLevel(position)
    // As in Nix, the call that is made here is made at this place.
    if (isApplication(slot)) checkLevel(position)
    const value = force(slot)
    if (Array.isArray(value)) this.writeList(value, position, copyToStore)
    else if (value instanceof AttributeSet) this.writeSet(value, position, copyToStore, false)
    else if (!this.writeScalar(value, copyToStore)) throw notJson(describeType(value), position)
    native.callDepth = level
    native.depth = depth
  }

  *writeResumable(slot: Slot, position: Position, copyToStore: boolean): Resumable {
    if (!this.strict && !isForced(slot)) throw notJson('a thunk', position)
    const level = enterLevel(position)
    // As in Nix, the call that is made here is made at this place.
    if (isApplication(slot)) checkLevel(position)
    const value: Value = yield slot
    if (Array.isArray(value)) yield this.writeListResumable(value, position, copyToStore)
    else if (value instanceof AttributeSet)
      yield this.writeSetResumable(value, position, copyToStore, false)
    else if (!this.writeScalar(value, copyToStore)) throw notJson(describeType(value), position)
    native.callDepth = level
    return null
  }

  /** Writes what has nothing within; false for everything else. */
  private writeScalar(value: Value, copyToStore: boolean): boolean {
    if (value === null || typeof value === 'boolean') this.output.push(String(value))
    else if (typeof value === 'number' || typeof value === 'bigint') this.output.push(String(value))
    else if (value instanceof Float) this.output.push(jsonFloat(value.value))
    else if (typeof value === 'string') this.writeText(value)
    else if (value instanceof ContextString) {
      this.context.addAll(value.context)
      this.writeText(value.text)
    } else if (value instanceof Path) {
      if (copyToStore) {
        const copied = this.evaluator.copyPathToStore(value.path)
        this.context.add(copied)
        this.writeText(copied)
      } else this.writeText(value.path)
    } else return false
    return true
  }

  private writeText(text: ByteString): void {
    if (this.problem === null) this.problem = utf8Problem(text)
    this.output.push(jsonString(text))
  }

  private writeList(list: List, position: Position, copyToStore: boolean): void {
    this.output.push('[')
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.output.push(',')
      try {
        this.write(list[i], position, copyToStore)
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while evaluating list element at index ${i}`, position)
        }
        throw error
      }
    }
    this.output.push(']')
  }

  /** `converted`: the set is what a `__toString` gave, or what the `outPath` of one did. */
  private writeSet(
    set: AttributeSet,
    position: Position,
    copyToStore: boolean,
    converted: boolean,
  ): void {
    const depth = native.depth
    if (depth >= native.limit) {
      runResumable(this.writeSetResumable(set, position, copyToStore, converted))
      return
    }
    native.depth = depth + 1
    const level = native.callDepth
    const toString = set.get('__toString')
    const outPath = set.get('outPath')
    if (toString !== undefined) {
      const place = set.positionOf('__toString')
      let text: Value
      try {
        text = call1(force(toString), set, place)
      } catch (error) {
        throw framed(error, 'while calling the `__toString` attribute', place)
      }
      enterLevel(place)
      try {
        this.writeConverted(text, place, copyToStore, true)
      } catch (error) {
        throw framed(error, 'while using the result of the `__toString` attribute', place)
      }
    } else if (outPath !== undefined) {
      const place = set.positionOf('outPath')
      try {
        const inner = force(outPath)
        enterLevel(place)
        this.writeConverted(inner, place, copyToStore, converted)
      } catch (error) {
        const doing = isForced(outPath) ? 'using' : 'evaluating'
        throw framed(error, `while ${doing} the \`outPath\` attribute`, place)
      }
    } else if (converted) {
      throw noString('must', set, position)
    } else this.writeObject(set, copyToStore)
    native.callDepth = level
    native.depth = depth
  }

  private writeConverted(
    value: Value,
    position: Position,
    copyToStore: boolean,
    converted: boolean,
  ): void {
    if (value instanceof AttributeSet) this.writeSet(value, position, copyToStore, converted)
    else {
      if (converted && !isText(value)) throw noString('should', value, position)
      // A path that a `__toString` gave stays a path.
      this.write(value, position, copyToStore && !converted)
    }
  }

  private writeObject(set: AttributeSet, copyToStore: boolean): void {
    this.output.push('{')
    for (let i = 0; i < set.size; i++) {
      const name = set.names[i]
      if (i > 0) this.output.push(',')
      this.writeText(name)
      this.output.push(':')
      const position = set.shape.positionOf(i)
      try {
        this.write(set.slotAt(i), position, copyToStore)
      } catch (error) {
        throw framed(error, `while evaluating attribute '${name}'`, position)
      }
    }
    this.output.push('}')
  }

  private *writeListResumable(list: List, position: Position, copyToStore: boolean): Resumable {
    this.output.push('[')
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.output.push(',')
      try {
        yield this.writeResumable(list[i], position, copyToStore)
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while evaluating list element at index ${i}`, position)
        }
        throw error
      }
    }
    this.output.push(']')
    return null
  }

  /** `converted`: the set is what a `__toString` gave, or what the `outPath` of one did. */
  private *writeSetResumable(
    set: AttributeSet,
    position: Position,
    copyToStore: boolean,
    converted: boolean,
  ): Resumable {
    const level = native.callDepth
    const toString = set.get('__toString')
    const outPath = set.get('outPath')
    if (toString !== undefined) {
      const place = set.positionOf('__toString')
      let text: Value
      try {
        text = yield new Apply(toString, [set], place)
      } catch (error) {
        throw framed(error, 'while calling the `__toString` attribute', place)
      }
      enterLevel(place)
      try {
        yield this.writeConvertedResumable(text, place, copyToStore, true)
      } catch (error) {
        throw framed(error, 'while using the result of the `__toString` attribute', place)
      }
    } else if (outPath !== undefined) {
      const place = set.positionOf('outPath')
      try {
        const inner: Value = yield outPath
        enterLevel(place)
        yield this.writeConvertedResumable(inner, place, copyToStore, converted)
      } catch (error) {
        const doing = isForced(outPath) ? 'using' : 'evaluating'
        throw framed(error, `while ${doing} the \`outPath\` attribute`, place)
      }
    } else if (converted) {
      throw noString('must', set, position)
    } else yield this.writeObjectResumable(set, copyToStore)
    native.callDepth = level
    return null
  }

  private *writeConvertedResumable(
    value: Value,
    position: Position,
    copyToStore: boolean,
    converted: boolean,
  ): Resumable {
    if (value instanceof AttributeSet)
      yield this.writeSetResumable(value, position, copyToStore, converted)
    else {
      if (converted && !isText(value)) throw noString('should', value, position)
      // A path that a `__toString` gave stays a path.
      yield this.writeResumable(value, position, copyToStore && !converted)
    }
    return null
  }

  private *writeObjectResumable(set: AttributeSet, copyToStore: boolean): Resumable {
    this.output.push('{')
    for (let i = 0; i < set.size; i++) {
      const name = set.names[i]
      if (i > 0) this.output.push(',')
      this.writeText(name)
      this.output.push(':')
      const position = set.shape.positionOf(i)
      try {
        yield this.writeResumable(set.slotAt(i), position, copyToStore)
      } catch (error) {
        throw framed(error, `while evaluating attribute '${name}'`, position)
      }
    }
    this.output.push('}')
    return null
  }
}

/** The JSON text of what a JSON text was read to: nothing in it is a path or a derivation. */
export function formatJson(root: Value): ByteString {
  const output: ByteString[] = []
  // Texts are written as they are, all else is opened; the next one last.
  const work: (Slot | { text: ByteString })[] = [root]
  const isText = (item: Slot | { text: ByteString }): item is { text: ByteString } =>
    item !== null && typeof item === 'object' && item.constructor === Object
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    if (isText(item)) output.push(item.text)
    else if (Array.isArray(item)) {
      work.push({ text: ']' })
      for (let i = item.length - 1; i >= 0; i--) {
        work.push(item[i] as Slot, { text: i === 0 ? '' : ',' })
      }
      output.push('[')
    } else if (item instanceof AttributeSet) {
      work.push({ text: '}' })
      for (let i = item.size - 1; i >= 0; i--) {
        const comma = i === 0 ? '' : ','
        work.push(item.slotAt(i), { text: `${comma}${jsonString(item.names[i])}:` })
      }
      output.push('{')
    } else if (item instanceof Float) output.push(jsonFloat(item.value))
    else if (typeof item === 'string') output.push(jsonString(item))
    else output.push(String(item))
  }
  return output.join('')
}

function framed(error: unknown, message: ByteString, position: Position): unknown {
  return error instanceof NixError ? error.addFrame(message, position) : error
}

function notJson(what: ByteString, position: Position): NixError {
  return new NixError('type', `cannot convert ${what} to JSON`, position)
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof ContextString || value instanceof Path
}

/** Of what a `__toString` gave. Nix words it in two ways: of a set, and of anything else. */
function noString(verb: 'must' | 'should', value: Value, position: Position): NixError {
  return new NixError(
    'coercion',
    `\`__toString\` ${verb} return a string, but got ${describeType(value)}: ${printForError(value)}`,
    position,
  )
}
