/** The arguments that Nix's commands share: expressions, attribute paths, values for functions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { eachArgument, expandLetters, takeCommonFlag, UsageError } from './command-line'
import { Settings } from './settings'

/** A value for a function's argument: an expression, or a string as it is. */
export interface AutomaticArgument {
  kind: 'expression' | 'string'
  text: ByteString
}

export interface EvaluationArguments {
  /** Files, or expressions where `fromExpression`. */
  sources: ByteString[]
  fromExpression: boolean
  fromStandardInput: boolean
  attributePaths: ByteString[]
  automatic: Map<ByteString, AutomaticArgument>
  searchPath: ByteString[]
  settings: Settings
}

/** A flag's meaning: given a function that takes the flag's next argument. */
export type Flags = Record<string, (next: () => ByteString) => void>

/**
 * Sorts a command's arguments.
 *
 * @param flags the flags of this command beside the shared ones
 * @param ownShort what its short flags stand for, like `-k`
 * @param settings what is configured; flags are stronger
 * @throws UsageError for a flag that nobody knows or that lacks its argument
 */
export function parseArguments(
  given: readonly ByteString[],
  flags: Flags,
  ownShort: Readonly<Record<string, string>> = {},
  settings = new Settings(),
): EvaluationArguments {
  const result: EvaluationArguments = {
    sources: [],
    fromExpression: false,
    fromStandardInput: false,
    attributePaths: [],
    automatic: new Map(),
    searchPath: [],
    settings,
  }
  const add = (kind: AutomaticArgument['kind'], next: () => ByteString) => {
    const name = next()
    result.automatic.set(name, { kind, text: next() })
  }
  const all: Flags = {
    '--expr': () => (result.fromExpression = true),
    '-': () => (result.fromStandardInput = true),
    '--attr': (next) => result.attributePaths.push(next()),
    '--arg': (next) => add('expression', next),
    '--argstr': (next) => add('string', next),
    '--include': (next) => result.searchPath.push(next()),
    '--impure': () => settings.set('pure-eval', 'false'),
    ...flags,
  }
  const short: Record<string, string> = {
    '-E': '--expr',
    '-A': '--attr',
    '-I': '--include',
    ...ownShort,
  }
  for (const { word, next } of eachArgument(given.flatMap(expandLetters), 'flag ')) {
    if (!word.startsWith('-')) {
      result.sources.push(word)
      continue
    }
    const flag = short[word] ?? word
    const known = Object.hasOwn(all, flag) ? all[flag] : undefined
    if (known !== undefined) known(next)
    else if (!takeCommonFlag(word, next, settings))
      throw new UsageError(`unrecognised flag '${word}'`)
  }
  return result
}
