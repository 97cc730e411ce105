/** From values to files: coercion to paths, and what a path's context needs. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { canonicalPath } from '../language/canonical-path'
import { coerceResumable, ContextBuilder, peelResumable } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import type { NeededOutput } from './host'
import type { Resumable } from './machine'
import { placeholderOf } from './output-string'
import { baseDerivation, parseContextElement, showDerived } from './string-context'
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
  const found = context.build()
  if (found === null) return path
  try {
    const rewrites = realiseContext(evaluator, found)
    return rewrites.size === 0 ? path : new Path(canonicalPath(rewrite(path.path, rewrites)))
  } catch (error) {
    if (error instanceof NixError) {
      error.addFrame(`while realising the context of path '${path.path}'`, 0)
    }
    throw error
  }
}

/** What placeholders of outputs turned out to stand for. */
export type Rewrites = ReadonlyMap<ByteString, ByteString>

const noRewrites: Rewrites = new Map()

/** A text with the paths of what was built instead of the placeholders. */
export function rewrite(text: ByteString, rewrites: Rewrites): ByteString {
  let result = text
  for (const [placeholder, path] of rewrites) result = result.replaceAll(placeholder, () => path)
  return result
}

/** A path in a context that is not in the store. */
export class InvalidPath extends NixError {
  override name = 'NixError'

  constructor(readonly path: ByteString) {
    super('store', `path '${path}' is not valid`)
  }
}

/**
 * Sees to it that what a context names is in the store: outputs of derivations are built (import from
 * derivation). Gives what is to be put in place of placeholders.
 */
export function realiseContext(evaluator: Evaluator, context: Context | null): Rewrites {
  if (context === null) return noRewrites
  const needed: NeededOutput[] = []
  const { host, settings } = evaluator
  for (const encoded of context) {
    const element = parseContextElement(encoded)
    const path = baseDerivation(element.path)
    if (!evaluator.store(() => host.store.isValidPath(path))) throw new InvalidPath(path)
    if (element.kind !== 'built') continue
    needed.push({ derivation: element.path, output: element.output })
  }
  if (needed.length === 0) return noRewrites
  const shown = showDerived(needed[0].derivation, needed[0].output)
  if (!settings.allowImportFromDerivation) {
    throw new NixError(
      'restricted',
      `cannot build '${shown}' during evaluation because the option 'allow-import-from-derivation' is disabled`,
    )
  }
  if (settings.traceImportFromDerivation) {
    const text = `built '${shown}' during evaluation due to an import from derivation`
    host.message('warning', text)
  }
  const paths = evaluator.store(() => realiseOutputs(evaluator, needed))
  const rewrites = new Map<ByteString, ByteString>()
  for (const [i, { derivation, output }] of needed.entries()) {
    const path = paths[i]
    evaluator.allowClosure(path)
    if (evaluator.hasFeature('ca-derivations')) {
      rewrites.set(placeholderOf(evaluator, derivation, output), path)
    }
  }
  return rewrites
}

/** The paths of outputs, which are there then. */
function realiseOutputs(evaluator: Evaluator, needed: readonly NeededOutput[]): ByteString[] {
  const { host } = evaluator
  const paths = needed.map(({ derivation, output }) => presentPath(evaluator, derivation, output))
  const missing = needed.filter((_, i) => paths[i] === null)
  if (missing.length > 0) {
    // As Nix where it writes nothing: there is no such file to be built.
    if (host.realise === undefined) throw new InvalidPath(baseDerivation(missing[0].derivation))
    const built = [...host.realise(missing)]
    for (const [i, path] of paths.entries()) if (path === null) paths[i] = built.shift() as string
  }
  return paths as ByteString[]
}

/** The path of an output that is in the store, else null. */
function presentPath(
  { host: { store } }: Evaluator,
  derivation: ByteString,
  output: ByteString,
): ByteString | null {
  if (derivation.includes('!')) return null
  const found = store.readDerivation(derivation).outputs.get(output)
  if (found === undefined) {
    throw new NixError('store', `derivation '${derivation}' does not have output '${output}'`)
  }
  return found.path !== '' && store.isValidPath(found.path) ? found.path : null
}
