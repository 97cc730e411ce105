/** Turning values into strings, with the context of what they refer to. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { showFixed } from '../language/numbers'
import type { Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { canonicalPath } from '../language/canonical-path'
import { NixError } from './errors'
import { mismatch } from './mismatch'
import type { Evaluator } from './evaluator'
import { enterLevel } from './levels'
import { call1 } from './call'
import { Apply, runResumable, type Resumable } from './machine'
import { native } from './native-stack'
import { force, isForced } from './thunk'
import {
  ContextString,
  Float,
  makeString,
  Path,
  type Context,
  type List,
  type Value,
} from './values'

export interface CoercionOptions {
  /** Numbers, booleans, null and lists become strings, too (toString, derivation attributes). */
  more: boolean
  /** A path is copied to the store and becomes its store path. */
  copyToStore: boolean
  /** Said where it fails. */
  context: ByteString
}

/** Gathers the contexts of the strings that make up one. */
export class ContextBuilder {
  private shared: Context | null = null
  private own: Set<ByteString> | null = null

  add(element: ByteString): void {
    if (this.own === null) {
      if (this.shared?.has(element)) return
      this.own = new Set(this.shared ?? [])
    }
    this.own.add(element)
  }

  addAll(context: Context): void {
    if (this.own === null && (this.shared === null || this.shared === context)) {
      this.shared = context
    } else for (const element of context) this.add(element)
  }

  get isEmpty(): boolean {
    return this.own === null && this.shared === null
  }

  build(): Context | null {
    return this.own ?? this.shared
  }
}

/** Coerces without forcing, where that suffices; undefined where it does not. */
export function coerceDirectly(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  context: ContextBuilder,
): ByteString | undefined {
  if (typeof value === 'string') return value
  if (value instanceof ContextString) {
    context.addAll(value.context)
    return value.text
  }
  if (value instanceof Path) {
    if (!options.copyToStore) return value.path
    const copied = evaluator.copyPathToStore(value.path)
    context.add(copied)
    return copied
  }
  if (!options.more) return undefined
  if (value === true) return '1'
  if (value === false || value === null) return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Float) return showFixed(value.value, 6)
  return undefined
}

/** Coerces any value, adding what the result refers to. Gives a plain string. */
export function coerce(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  context: ContextBuilder,
  position: Position,
): ByteString {
  const direct = coerceDirectly(evaluator, value, options, context)
  if (direct !== undefined) return direct
  if (value instanceof AttributeSet) {
    return coerceSet(evaluator, value, options, context, position, position)
  }
  if (!options.more || !Array.isArray(value)) throw notCoercible(value, options.context, position)
  const depth = native.depth
  if (depth >= native.limit) {
    const code = coerceResumable(evaluator, value, options, context, position)
    return runResumable(code) as ByteString
  }
  native.depth = depth + 1
  const text = coerceList(evaluator, value as List, options, context, position)
  native.depth = depth
  return text
}

function coerceList(
  evaluator: Evaluator,
  list: List,
  options: CoercionOptions,
  context: ContextBuilder,
  position: Position,
): ByteString {
  const last = list.length - 1
  let inner: CoercionOptions | null = null
  let text: ByteString = ''
  try {
    for (let i = 0; i <= last; i++) {
      const element = force(list[i])
      if (typeof element === 'string') text += element
      else {
        inner ??= elementOptions(options)
        text += coerce(evaluator, element, inner, context, position)
        if (Array.isArray(element) && element.length === 0) continue
      }
      if (i < last) text += ' '
    }
  } catch (error) {
    throw options.context === '' ? error : framed(error, options.context, position)
  }
  return text
}

function elementOptions(options: CoercionOptions): CoercionOptions {
  return { ...options, context: 'while evaluating one element of the list' }
}

/** Follows `__toString` and `outPath`; `place` is where the set was come upon. */
function coerceSet(
  evaluator: Evaluator,
  set: AttributeSet,
  options: CoercionOptions,
  context: ContextBuilder,
  position: Position,
  place: Position,
): ByteString {
  const depth = native.depth
  if (depth >= native.limit) {
    const use = useOfPeeled(evaluator, options, context, position)
    return runResumable(peelResumable(set, place, use)) as ByteString
  }
  native.depth = depth + 1
  const toString = set.get('__toString')
  const attribute = toString === undefined ? 'outPath' : '__toString'
  const slot = toString ?? set.get('outPath')
  if (slot === undefined) throw notCoercible(set, options.context, position)
  const definition = set.positionOf(attribute)
  let doing = toString === undefined ? 'evaluating' : 'calling'
  try {
    if (toString === undefined && isForced(slot)) doing = 'using'
    const inner = toString === undefined ? force(slot) : call1(force(slot), set, definition)
    doing = toString === undefined ? 'using' : ''
    const level = enterLevel(place)
    if (toString !== undefined) doing = 'using the result of'
    const text =
      inner instanceof AttributeSet
        ? coerceSet(evaluator, inner, options, context, position, definition)
        : coerce(evaluator, inner, options, context, position)
    native.callDepth = level
    native.depth = depth
    return text
  } catch (error) {
    if (doing === '') throw error
    throw framed(error, `while ${doing} the \`${attribute}\` attribute`, definition)
  }
}

/** As `coerce`, resumable. */
export function* coerceResumable(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  context: ContextBuilder,
  position: Position,
): Resumable {
  const direct = coerceDirectly(evaluator, value, options, context)
  if (direct !== undefined) return direct
  if (value instanceof AttributeSet) {
    return yield peelResumable(value, position, useOfPeeled(evaluator, options, context, position))
  }
  if (options.more && Array.isArray(value)) {
    const list = value as List
    // Not joined from parts: lists in lists would be copied at every level.
    let text: ByteString = ''
    for (let i = 0; i < list.length; i++) {
      let element: Value
      try {
        element = yield list[i]
        const inner = elementOptions(options)
        text += (yield coerceResumable(evaluator, element, inner, context, position)) as string
      } catch (error) {
        if (error instanceof NixError && options.context !== '') {
          error.addFrame(options.context, position)
        }
        throw error
      }
      const isEmptyList = Array.isArray(element) && element.length === 0
      if (i < list.length - 1 && !isEmptyList) text += ' '
    }
    return text
  }
  throw notCoercible(value, options.context, position)
}

function useOfPeeled(
  evaluator: Evaluator,
  options: CoercionOptions,
  context: ContextBuilder,
  position: Position,
): (peeled: Value) => Resumable {
  return (peeled) => {
    if (peeled instanceof AttributeSet) throw notCoercible(peeled, options.context, position)
    return coerceResumable(evaluator, peeled, options, context, position)
  }
}

function notCoercible(value: Value, context: ByteString, position: Position): NixError {
  const error = mismatch(
    'coercion',
    'a string',
    value,
    (found, shown) => `cannot coerce ${found} to a string: ${shown}`,
  )
  return context === '' ? error : error.addFrame(context, position)
}

/**
 * Follows `__toString` and `outPath`, however deep, to a value that has neither, and goes on with
 * `use`; errors on the way and in `use` tell the way.
 */
export function* peelResumable(
  value: Value,
  position: Position,
  use: (peeled: Value) => Resumable,
): Resumable {
  if (!(value instanceof AttributeSet)) return yield use(value)
  const toString = value.get('__toString')
  if (toString !== undefined) {
    const place = value.positionOf('__toString')
    let text: Value
    try {
      text = yield new Apply(toString, [value], place)
    } catch (error) {
      throw framed(error, 'while calling the `__toString` attribute', place)
    }
    const level = enterLevel(position)
    try {
      const result: Value = yield peelResumable(text, place, use)
      native.callDepth = level
      return result
    } catch (error) {
      throw framed(error, 'while using the result of the `__toString` attribute', place)
    }
  }
  const outPath = value.get('outPath')
  if (outPath === undefined) return yield use(value)
  const place = value.positionOf('outPath')
  try {
    const inner: Value = yield outPath
    const level = enterLevel(position)
    const result: Value = yield peelResumable(inner, place, use)
    native.callDepth = level
    return result
  } catch (error) {
    const doing = isForced(outPath) ? 'using' : 'evaluating'
    throw framed(error, `while ${doing} the \`outPath\` attribute`, place)
  }
}

function framed(error: unknown, message: ByteString, position: Position): unknown {
  if (error instanceof NixError) error.addFrame(message, position)
  return error
}

/** Whether a value takes no evaluating to be a part of a string. */
export function isText(value: Value): value is ByteString | ContextString {
  return typeof value === 'string' || value instanceof ContextString
}

const partOptions = (copyToStore: boolean): CoercionOptions => ({
  more: false,
  copyToStore,
  context: 'while evaluating a path segment',
})
const copiedPart = partOptions(true)
const keptPart = partOptions(false)

/** The text of a part of a string or path: a string, with its context. */
export function coercePart(
  evaluator: Evaluator,
  value: Value,
  copyToStore: boolean,
  position: Position,
): ByteString | ContextString {
  if (isText(value)) return value
  const context = new ContextBuilder()
  const options = copyToStore ? copiedPart : keptPart
  const text = coerce(evaluator, value, options, context, position)
  return makeString(text, context.build())
}

/** As `coercePart`, resumable. */
export function* coercePartResumable(
  evaluator: Evaluator,
  value: Value,
  copyToStore: boolean,
  position: Position,
): Resumable {
  const context = new ContextBuilder()
  const options = copyToStore ? copiedPart : keptPart
  const text = yield coerceResumable(evaluator, value, options, context, position)
  return makeString(text as ByteString, context.build())
}

/** The value of `"…${…}…"`, whose parts have been coerced. */
export function joinTexts(parts: readonly Value[]): Value {
  const context = new ContextBuilder()
  return makeString(textOf(parts, context), context.build())
}

/** The value of `./a/${b}/c`, whose parts have been coerced. */
export function concatenatePath(parts: readonly Value[], position: Position): Value {
  const context = new ContextBuilder()
  const text = textOf(parts, context)
  return new Path(pathWithoutContext(text, context, position))
}

function textOf(parts: readonly Value[], context: ContextBuilder): ByteString {
  let text = ''
  for (const part of parts) {
    if (part instanceof ContextString) {
      context.addAll(part.context)
      text += part.text
    } else text += part as ByteString
  }
  return text
}

/** Checks what is appended to a path: paths carry no context. */
function pathWithoutContext(
  text: ByteString,
  context: ContextBuilder,
  position: Position,
): ByteString {
  if (!context.isEmpty) {
    throw new NixError(
      'coercion',
      'a string that refers to a store path cannot be appended to a path',
      position,
    )
  }
  return canonicalPath(text)
}
