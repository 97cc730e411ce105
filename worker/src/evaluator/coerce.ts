/** Turning values into strings, with the context of what they refer to. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { InterpolationNode, PathInterpolationNode, Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { canonicalPath } from '../language/canonical-path'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { Apply, type Resumable } from './machine'
import { printForError } from './print-value'
import { describeType } from './type-names'
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
function coerceDirectly(
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
  if (value instanceof Float) return value.value.toFixed(6)
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
    const toString = value.get('__toString')
    if (toString !== undefined) {
      const text: Value = yield new Apply(toString, [value], position)
      return yield coerceResumable(evaluator, text, options, context, position)
    }
    const outPath = value.get('outPath')
    if (outPath !== undefined) {
      const path: Value = yield outPath
      return yield coerceResumable(evaluator, path, options, context, position)
    }
  }
  if (options.more && Array.isArray(value)) {
    const list = value as List
    const parts: ByteString[] = []
    for (let i = 0; i < list.length; i++) {
      let element: Value
      try {
        element = yield list[i]
        const inner = { ...options, context: 'while evaluating one element of the list' }
        parts.push((yield coerceResumable(evaluator, element, inner, context, position)) as string)
      } catch (error) {
        if (error instanceof NixError && options.context !== '') {
          error.addFrame(options.context, position)
        }
        throw error
      }
      const isEmptyList = Array.isArray(element) && element.length === 0
      if (i < list.length - 1 && !isEmptyList) parts.push(' ')
    }
    return parts.join('')
  }
  const error = new NixError(
    'coercion',
    `cannot coerce ${describeType(value)} to a string: ${printForError(value)}`,
    position,
  )
  throw options.context === '' ? error : error.addFrame(options.context, position)
}

/** Joins plain strings, the common interpolation; undefined where there is anything else. */
export function joinStrings(values: readonly Value[]): ByteString | undefined {
  let text = ''
  for (const value of values) {
    if (typeof value !== 'string') return undefined
    text += value
  }
  return text
}

const segment = 'while evaluating a path segment'

/** The value of `"…${…}…"`. */
export function* joinParts(
  evaluator: Evaluator,
  values: readonly Value[],
  node: InterpolationNode,
): Resumable {
  const context = new ContextBuilder()
  const options = { more: false, copyToStore: true, context: segment }
  let text = ''
  for (let i = 0; i < values.length; i++) {
    const { position } = node.parts[i]
    text += (yield coerceResumable(evaluator, values[i], options, context, position)) as ByteString
  }
  return makeString(text, context.build())
}

/** The value of `./a/${b}/c`. */
export function* concatenatePath(
  evaluator: Evaluator,
  values: readonly Value[],
  node: PathInterpolationNode,
): Resumable {
  const context = new ContextBuilder()
  const options = { more: false, copyToStore: false, context: segment }
  let text = ''
  for (let i = 0; i < values.length; i++) {
    const { position } = node.parts[i]
    text += (yield coerceResumable(evaluator, values[i], options, context, position)) as ByteString
  }
  return new Path(pathWithoutContext(text, context, node.position))
}

/** Checks what is appended to a path: paths carry no context. */
export function pathWithoutContext(
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
