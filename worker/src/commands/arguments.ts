/** The arguments that Nix's commands share: expressions, attribute paths, values for functions. */
import type { ByteString } from '@snowglobe/shared/bytes'

/** Arguments that cannot be understood; the command says so and ends with status 1. */
export class UsageError extends Error {
  override name = 'UsageError'
}

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
  options: Map<string, string>
  showTrace: boolean
}

/** A flag's meaning: given a function that takes the flag's next argument. */
export type Flags = Record<string, (next: () => ByteString) => void>

/** Settings that Nix's commands take as flags of their own, without a value. */
const booleanSettings = new Set(['impure', 'pure-eval', 'restrict-eval'])

/**
 * Sorts a command's arguments.
 *
 * @param flags the flags of this command beside the shared ones
 * @throws UsageError for a flag that nobody knows or that lacks its argument
 */
export function parseArguments(args: readonly ByteString[], flags: Flags): EvaluationArguments {
  const result: EvaluationArguments = {
    sources: [],
    fromExpression: false,
    fromStandardInput: false,
    attributePaths: [],
    automatic: new Map(),
    searchPath: [],
    options: new Map(),
    showTrace: false,
  }
  const add = (kind: AutomaticArgument['kind'], next: () => ByteString) => {
    const name = next()
    result.automatic.set(name, { kind, text: next() })
  }
  const quiet = () => {}
  const all: Flags = {
    '--expr': () => (result.fromExpression = true),
    '-': () => (result.fromStandardInput = true),
    '--attr': (next) => result.attributePaths.push(next()),
    '--arg': (next) => add('expression', next),
    '--argstr': (next) => add('string', next),
    '--include': (next) => result.searchPath.push(next()),
    '--show-trace': () => (result.showTrace = true),
    '--option': (next) => {
      const name = next()
      result.options.set(name, next())
    },
    '--verbose': quiet,
    '--quiet': quiet,
    ...flags,
  }
  const short: Record<string, string> = {
    '-E': '--expr',
    '-A': '--attr',
    '-I': '--include',
    '-v': '--verbose',
    ...Object.fromEntries(['-vv', '-vvv', '-vvvv'].map((flag) => [flag, '--verbose'])),
  }
  for (let i = 0; i < args.length; i++) {
    const given = args[i]
    if (!given.startsWith('-')) {
      result.sources.push(given)
      continue
    }
    // -I can be written together with its argument.
    if (/^-I./.test(given)) {
      result.searchPath.push(given.slice(2))
      continue
    }
    const flag = short[given] ?? given
    const next = () => {
      if (++i >= args.length) throw new UsageError(`flag '${given}' requires an argument`)
      return args[i]
    }
    const known = Object.hasOwn(all, flag) ? all[flag] : undefined
    const setting = flag.slice(2)
    if (known !== undefined) known(next)
    else if (booleanSettings.has(setting)) result.options.set(setting, 'true')
    else throw new UsageError(`unrecognised flag '${given}'`)
  }
  return result
}
