/** The arguments of `nix-env`: one operation, its flags and its arguments, and settings. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { absolute } from '../absolute'
import type { AutomaticArgument } from '../arguments'
import { eachArgument, expandLetters, takeCommonFlag, UsageError } from '../command-line'
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
  for (const { word, next } of eachArgument(words.flatMap(expandLetters))) {
    const addArgument = (kind: AutomaticArgument['kind']) => {
      const name = next()
      result.automatic.set(name, { kind, text: next() })
    }
    if (word === '--help') return { ...result, operation: 'help' }
    if (Object.hasOwn(operations, word)) {
      const wanted = operations[word as keyof typeof operations]
      if (operation !== null && operation !== wanted) {
        throw new UsageError('only one operation may be specified')
      }
      operation = wanted
    } else if (word === '--profile' || word === '-p') {
      result.profile = absolute(next(), workingDirectory)
    } else if (word === '--file' || word === '-f') result.file = next()
    else if (word === '--force-name') result.forceName = next()
    else if (word === '--dry-run') result.dryRun = true
    else if (word === '--system-filter') result.systemFilter = next()
    else if (word === '--prebuilt-only' || word === '-b') result.prebuiltOnly = true
    else if (word === '--arg') addArgument('expression')
    else if (word === '--argstr') addArgument('string')
    else if (word === '--impure') settings.set('pure-eval', 'false')
    else if (word === '-I' || word === '--include') result.searchPath.push(next())
    else if (!word.startsWith('-')) result.args.push(word)
    // `--system` is a column here, and no setting.
    else if (word === '--system' || !takeCommonFlag(word, next, settings)) {
      result.flags.push(word)
      const isAttribute = word === '--attr' || word === '-A'
      const takesArgument =
        word === '--from-profile' ||
        (operation === 'query' && isAttribute) ||
        (operation === 'install' && word === '--priority')
      if (takesArgument) result.flags.push(next())
    }
  }
  if (operation === null) throw new UsageError('no operation specified')
  return { ...result, operation }
}
