/** What commands that evaluate have in common: where expressions come from. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSetBuilder, type AttributeSet } from '../evaluator/attribute-set'
import { untilDone } from '../evaluator/awaited'
import type { Evaluator } from '../evaluator/evaluator'
import { force } from '../evaluator/thunk'
import type { Path, Slot } from '../evaluator/values'
import type { Node } from '../language/tree'
import { absolute } from './absolute'
import type { EvaluationArguments } from './arguments'
import type { CommandSurroundings } from './command-host'

/** The file that `<name>` means. Throws NixError if the search path has none. */
export function findFile(evaluator: Evaluator, name: ByteString): ByteString {
  const find = force(evaluator.builtins.get('findFile') as Slot)
  const found = evaluator.call(find, evaluator.builtins.get('nixPath') as Slot, name)
  return (found as Path).path
}

/** The file that an argument names: a path, or `<name>` in the search path. */
function locate(source: ByteString, evaluator: Evaluator, directory: ByteString): ByteString {
  if (source.startsWith('<') && source.endsWith('>')) {
    return findFile(evaluator, source.slice(1, -1))
  }
  return absolute(source, directory)
}

/** The values of `--arg` and `--argstr`. */
export function automaticArguments(
  given: Pick<EvaluationArguments, 'automatic'>,
  evaluator: Evaluator,
  directory: ByteString,
): AttributeSet {
  const builder = new AttributeSetBuilder()
  for (const [name, { kind, text }] of given.automatic) {
    builder.set(
      name,
      kind === 'string'
        ? text
        : evaluator.delayNode(evaluator.parse(text, { kind: 'string' }, directory)),
    )
  }
  return builder.build()
}

/**
 * Gives each expression that the arguments name to `use`, in order; `./default.nix` where they name
 * none. Where evaluation has to wait for something `use` is called again.
 */
export async function useSources<Result>(
  given: EvaluationArguments,
  evaluator: Evaluator,
  surroundings: CommandSurroundings,
  use: (parse: () => Node) => Result,
): Promise<Result[]> {
  const directory = surroundings.workingDirectory
  if (given.fromStandardInput) {
    const source = await surroundings.readStandardInput()
    return [await untilDone(() => use(() => evaluator.parse(source, { kind: 'stdin' }, directory)))]
  }
  const sources =
    given.sources.length === 0 && !given.fromExpression ? ['./default.nix'] : given.sources
  const results: Result[] = []
  for (const source of sources) {
    const parse = () =>
      given.fromExpression
        ? evaluator.parse(source, { kind: 'string' }, directory)
        : evaluator.parseFile(locate(source, evaluator, directory))
    results.push(await untilDone(() => use(parse)))
  }
  return results
}
