/** The arguments of `nix-env`: one operation, its flags and its arguments, and settings. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { setAsArgument, setByFlag, UsageError, type AutomaticArgument } from '../arguments'
import type { Settings } from '../settings'

/** Flags that say what to do, and what the code calls it. */
const operations = {
  '--install': 'install',
  '-i': 'install',
  '--uninstall': 'uninstall',
  '-e': 'uninstall',
  '--upgrade': 'upgrade',
  '-u': 'upgrade',
  '--set': 'set',
  '--set-flag': 'set-flag',
  '--query': 'query',
  '-q': 'query',
  '--switch-profile': 'switch-profile',
  '-S': 'switch-profile',
  '--switch-generation': 'switch-generation',
  '-G': 'switch-generation',
  '--rollback': 'rollback',
  '--list-generations': 'list-generations',
  '--delete-generations': 'delete-generations',
  '--version': 'version',
} as const

export type EnvOperation = (typeof operations)[keyof typeof operations]

export interface EnvArguments {
  operation: EnvOperation | 'help'
  /** Flags of the operation, in order; those that take an argument are followed by it. */
  flags: ByteString[]
  args: ByteString[]
  /** Absolute; null where none was named. */
  profile: ByteString | null
  /** The expression that packages are taken from; null for the user's own. */
  file: ByteString | null
  /** `*` for all. */
  systemFilter: ByteString
  /** Only what needs no build. */
  prebuiltOnly: boolean
  /** A name for what is installed in place of its own. */
  forceName: ByteString | null
  dryRun: boolean
  automatic: Map<ByteString, AutomaticArgument>
  searchPath: ByteString[]
  settings: Settings
}

/** Letters before settings that can be given so. */
const short: Readonly<Record<string, string>> = {
  '-j': '--max-jobs',
  '-k': '--keep-going',
  '-K': '--keep-failed',
}
const quiet = new Set(['-v', '--verbose', '--quiet', '--debug', '-Q', '--no-build-output'])

/**
 * Sorts the arguments.
 *
 * @param settings what is configured; flags are stronger
 * @throws UsageError, with Nix's message
 */
export function parseEnvArguments(
  words: readonly ByteString[],
  workingDirectory: ByteString,
  settings: Settings,
): EnvArguments {
  const args = words.flatMap(expandLetters)
  const result: EnvArguments = {
    operation: 'help',
    flags: [],
    args: [],
    profile: null,
    file: null,
    systemFilter: '*',
    prebuiltOnly: false,
    forceName: null,
    dryRun: false,
    automatic: new Map(),
    searchPath: [],
    settings,
  }
  let operation: EnvOperation | null = null
  const set = (name: string, value: ByteString) => setAsArgument(settings, name, value)
  for (let i = 0; i < args.length; i++) {
    const given = args[i]
    const next = () => {
      if (++i >= args.length) throw new UsageError(`'${given}' requires an argument`)
      return args[i]
    }
    const addArgument = (kind: AutomaticArgument['kind']) => {
      const name = next()
      result.automatic.set(name, { kind, text: next() })
    }
    if (given === '--help') return { ...result, operation: 'help' }
    if (Object.hasOwn(operations, given)) {
      const wanted = operations[given as keyof typeof operations]
      if (operation !== null && operation !== wanted) {
        throw new UsageError('only one operation may be specified')
      }
      operation = wanted
    } else if (quiet.has(given)) continue
    else if (given === '--profile' || given === '-p') {
      result.profile = absolute(next(), workingDirectory)
    } else if (given === '--file' || given === '-f') result.file = next()
    else if (given === '--force-name') result.forceName = next()
    else if (given === '--dry-run') result.dryRun = true
    else if (given === '--system-filter') result.systemFilter = next()
    else if (given === '--prebuilt-only' || given === '-b') result.prebuiltOnly = true
    else if (given === '--arg') addArgument('expression')
    else if (given === '--argstr') addArgument('string')
    else if (given === '-I' || given === '--include') result.searchPath.push(next())
    else if (given === '--option') {
      const name = next()
      set(name, next())
    } else if (given === '--log-format') next()
    else if (!given.startsWith('-')) result.args.push(given)
    // `--system` is a column here, and no setting.
    else if (given === '--system' || !setByFlag(short[given] ?? given, next, set)) {
      result.flags.push(given)
      const isAttribute = given === '--attr' || given === '-A'
      const takesArgument =
        given === '--from-profile' ||
        (operation === 'query' && isAttribute) ||
        (operation === 'install' && given === '--priority')
      if (takesArgument) result.flags.push(next())
    }
  }
  if (operation === null) throw new UsageError('no operation specified')
  return { ...result, operation }
}

/** A path of the command line as an absolute one. */
export function absolute(path: ByteString, workingDirectory: ByteString): ByteString {
  return path.startsWith('/') ? path : `${workingDirectory}/${path}`
}

/** `-iA` is `-i -A`, and `-j8` is `-j 8`. `-I` may be written together with its argument. */
function expandLetters(word: ByteString): ByteString[] {
  if (word.startsWith('-I') && word.length > 2) return ['-I', word.slice(2)]
  const [, letters = '', rest = ''] = /^-([a-zA-Z]+)(.*)$/s.exec(word) ?? []
  if (letters.length + rest.length < 2) return [word]
  return [...[...letters].map((letter) => `-${letter}`), ...(rest === '' ? [] : [rest])]
}

/** Throws UsageError for the first flag, of an operation that has none. */
export function noFlags({ flags }: EnvArguments): void {
  if (flags.length > 0) throw new UsageError(`unknown flag '${flags[0]}'`)
}
