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
import { Apply, type Resumable } from './machine'
import { native } from './native-stack'
import { isForced } from './thunk'
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
    return yield peelResumable(value, position, (peeled) => {
      if (peeled instanceof AttributeSet) throw notCoercible(peeled, options.context, position)
      return coerceResumable(evaluator, peeled, options, context, position)
    })
  }
  if (options.more && Array.isArray(value)) {
    const list = value as List
    // Not joined from parts: lists in lists would be copied at every level.
    let text: ByteString = ''
    for (let i = 0; i < list.length; i++) {
      let element: Value
      try {
        element = yield list[i]
        const inner = { ...options, context: 'while evaluating one element of the list' }
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

/** The text of a part of a string or path: a string, with its context. */
export function* coercePart(
  evaluator: Evaluator,
  value: Value,
  copyToStore: boolean,
  position: Position,
): Resumable {
  const context = new ContextBuilder()
  const options = { more: false, copyToStore, context: 'while evaluating a path segment' }
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
