/** The arguments that Nix's commands share: expressions, attribute paths, values for functions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { SettingError, Settings, settingType } from './settings'

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
  settings: Settings
}

/** Sets a setting. Throws UsageError where its value is none of its type. */
export function setAsArgument(settings: Settings, name: ByteString, value: ByteString): void {
  try {
    settings.set(name, value)
  } catch (error) {
    throw error instanceof SettingError ? new UsageError(error.message) : error
  }
}

/** A flag's meaning: given a function that takes the flag's next argument. */
export type Flags = Record<string, (next: () => ByteString) => void>

/**
 * Sets what a flag says of settings: `--option NAME VALUE`, and each setting is a flag, too, as
 * `--NAME VALUE`, `--NAME` and `--no-NAME`, `--extra-NAME VALUE`. Gives whether it is such a flag.
 */
export function setByFlag(
  flag: string,
  next: () => ByteString,
  set: (name: string, value: ByteString) => void,
): boolean {
  const name = flag.slice('--'.length)
  const type = settingType(name)
  if (flag === '--option') {
    const option = next()
    set(option, next())
  } else if (type === 'boolean') set(name, 'true')
  else if (type !== null) set(name, next())
  else if (name.startsWith('no-') && settingType(name.slice(3)) === 'boolean') {
    set(name.slice(3), 'false')
  } else if (name.startsWith('extra-') && settingType(name.slice(6)) === 'list') set(name, next())
  else return false
  return true
}

/** `-qR` is `-q -R`, `-j4` is `-j 4`. `-I` may be written together with its argument. */
export function expandLetters(word: ByteString): ByteString[] {
  if (/^-I./s.test(word)) return ['-I', word.slice('-I'.length)]
  const [, letters = '', rest = ''] = /^-([A-Za-z]+)(.*)$/s.exec(word) ?? []
  if (letters.length + rest.length < 2) return [word]
  return [...[...letters].map((letter) => `-${letter}`), ...(rest === '' ? [] : [rest])]
}

/** A word of a command line. `next` takes the one after it, which is its argument. */
export interface Argument {
  word: ByteString
  next: () => ByteString
}

/**
 * The words of a command line, but for those that others take. Where there is none to take `next` throws
 * UsageError.
 *
 * @param prefix what the message says before the word
 */
export function* eachArgument(
  words: readonly ByteString[],
  prefix: '' | 'flag ' = '',
): Generator<Argument> {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const next = () => {
      if (++i >= words.length) throw new UsageError(`${prefix}'${word}' requires an argument`)
      return words[i]
    }
    yield { word, next }
  }
}

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
  const set = (name: string, value: ByteString) => setAsArgument(settings, name, value)
  const quiet = () => {}
  const all: Flags = {
    '--expr': () => (result.fromExpression = true),
    '-': () => (result.fromStandardInput = true),
    '--attr': (next) => result.attributePaths.push(next()),
    '--arg': (next) => add('expression', next),
    '--argstr': (next) => add('string', next),
    '--include': (next) => result.searchPath.push(next()),
    '--impure': () => set('pure-eval', 'false'),
    '--verbose': quiet,
    '--quiet': quiet,
    ...flags,
  }
  const short: Record<string, string> = {
    '-E': '--expr',
    '-A': '--attr',
    '-I': '--include',
    '-v': '--verbose',
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
    else if (!setByFlag(flag, next, set)) throw new UsageError(`unrecognised flag '${word}'`)
  }
  return result
}
