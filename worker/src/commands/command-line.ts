/** Command lines of Nix: their words, and the flags that all commands have. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { SettingError, settingType, wholeNumber, type Settings } from './settings'

/** Arguments that cannot be understood; the command says so and ends with status 1. */
export class UsageError extends Error {
  override name = 'UsageError'
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

/** Letters of settings. */
const letters: Readonly<Record<string, string>> = {
  '-j': '--max-jobs',
  '-k': '--keep-going',
  '-K': '--keep-failed',
}

/** How much is told, where a command has no more to say of it. */
const verbosity = new Set(['-v', '--verbose', '--quiet', '--debug', '-Q', '--no-build-output'])

const logFormats = ['raw', 'raw-with-logs', 'internal-json', 'bar', 'bar-with-logs']

/**
 * Takes a flag that every command has: `--option NAME VALUE`, a setting by its name (`--NAME VALUE`, `--NAME`
 * and `--no-NAME`, `--extra-NAME VALUE`), or how much is told, and in which form. Gives whether it is such a
 * flag. Throws UsageError and SettingError.
 */
export function takeCommonFlag(
  given: ByteString,
  next: () => ByteString,
  settings: Settings,
): boolean {
  const flag = letters[given] ?? given
  if (verbosity.has(flag)) return true
  if (!flag.startsWith('--')) return false
  const name = flag.slice('--'.length)
  const type = settingType(name)
  const set = (setting: string, value: ByteString) => setAsArgument(settings, setting, value)
  if (flag === '--option') {
    const option = next()
    set(option, next())
  } else if (flag === '--log-format') takeLogFormat(next())
  else if (type === 'boolean') set(name, 'true')
  else if (type !== null) set(name, next())
  else if (name.startsWith('no-') && settingType(name.slice(3)) === 'boolean') {
    set(name.slice(3), 'false')
  } else if (name.startsWith('extra-') && settingType(name.slice(6)) === 'list') set(name, next())
  else return false
  return true
}

/** The form in which a command tells of its work. Throws SettingError where there is none of this name. */
export function takeLogFormat(format: ByteString): ByteString {
  if (logFormats.includes(format)) return format
  throw new SettingError(`option 'log-format' has an invalid value '${format}'`)
}

/** Sets a setting. Throws UsageError where its value is none of its type. */
export function setAsArgument(settings: Settings, name: ByteString, value: ByteString): void {
  asUsage(() => settings.set(name, value))
}

/** The flags of an operation. Throws UsageError for the first that it does not know. */
export function onlyFlags(
  { flags }: { flags: readonly ByteString[] },
  known: readonly string[],
): Set<ByteString> {
  for (const flag of flags) {
    if (!known.includes(flag)) throw new UsageError(`unknown flag '${flag}'`)
  }
  return new Set(flags)
}

/** Throws UsageError if an operation was given arguments. */
export function noArguments({ args }: { args: readonly ByteString[] }): void {
  if (args.length > 0) throw new UsageError('no arguments expected')
}

/** A number of bytes, which may end in K, M, G or T. Throws UsageError. */
export function parseBytes(text: ByteString): number {
  return asUsage(() => wholeNumber(text))
}

function asUsage<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof SettingError ? new UsageError(error.message) : error
  }
}
