/** From values to files: coercion to paths, and what a path's context needs. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { outputKind } from '@snowglobe/shared/derivation'
import type { Position } from '../language/tree'
import { canonicalPath } from '../language/canonical-path'
import { coerceResumable, ContextBuilder, peelResumable } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import type { Resumable } from './machine'
import { parseContextElement } from './string-context'
import { Path, type Context, type Slot, type Value } from './values'

/**
 * Coerces a slot to a Path: a path, an absolute path as a string, or a set that stands for one. Adds
 * what it refers to.
 */
export function* coerceToPath(
  evaluator: Evaluator,
  slot: Slot,
  context: ContextBuilder,
  errorContext: ByteString,
  position = 0,
): Resumable {
  const value: Value = yield slot
  return yield peelResumable(value, position, (peeled) =>
    pathOf(evaluator, peeled, context, errorContext, position),
  )
}

function* pathOf(
  evaluator: Evaluator,
  value: Value,
  context: ContextBuilder,
  errorContext: ByteString,
  position: Position,
): Resumable {
  if (value instanceof Path) return value
  const options = { more: false, copyToStore: false, context: errorContext }
  const text = (yield coerceResumable(evaluator, value, options, context, position)) as ByteString
  if (!text.startsWith('/')) {
    throw new NixError(
      'coercion',
      `string '${text}' doesn't represent an absolute path`,
      position,
    ).addFrame(errorContext, position)
  }
  return new Path(canonicalPath(text))
}

/** Coerces a slot to a Path whose context is there to be read. */
export function* realisePath(evaluator: Evaluator, slot: Slot): Resumable {
  const context = new ContextBuilder()
  const path = (yield coerceToPath(
    evaluator,
    slot,
    context,
    'while realising the context of a path',
  )) as Path
  try {
    realiseContext(evaluator, context.build())
  } catch (error) {
    if (error instanceof NixError) {
      error.addFrame(`while realising the context of path '${path.path}'`, 0)
    }
    throw error
  }
  return path
}

/** Sees to it that what a context names is in the store. Evaluation itself builds nothing. */
export function realiseContext(evaluator: Evaluator, context: Context | null): void {
  if (context === null) return
  const { store } = evaluator.host
  for (const encoded of context) {
    const element = parseContextElement(encoded)
    if (!evaluator.store(() => store.isValidPath(element.path))) {
      throw new NixError('store', `path '${element.path}' is not valid`)
    }
    if (element.kind !== 'built') continue
    const output = evaluator
      .store(() => store.readDerivation(element.path))
      .outputs.get(element.output)
    if (output === undefined) {
      throw new NixError(
        'store',
        `derivation '${element.path}' does not have output '${element.output}'`,
      )
    }
    const known = outputKind(output) === 'input-addressed' || outputKind(output) === 'fixed'
    if (known && evaluator.store(() => store.isValidPath(output.path))) continue
    throw new NixError(
      'restricted',
      `cannot build '${element.path}^${element.output}' during evaluation because the option 'allow-import-from-derivation' is disabled`,
    )
  }
}
