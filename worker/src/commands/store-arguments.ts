/** The arguments of `nix-store`: one operation, its flags and its arguments, and settings. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { eachArgument, expandLetters, takeCommonFlag, UsageError } from './command-line'
import { Settings } from './settings'

/** Flags that say what to do, and what the code calls it. */
const operations = {
  '--realise': 'realise',
  '--realize': 'realise',
  '-r': 'realise',
  '--add': 'add',
  '-A': 'add',
  '--add-fixed': 'add-fixed',
  '--print-fixed-path': 'print-fixed-path',
  '--delete': 'delete',
  '--query': 'query',
  '-q': 'query',
  '--print-env': 'print-env',
  '--read-log': 'read-log',
  '-l': 'read-log',
  '--dump-db': 'dump-db',
  '--load-db': 'load-db',
  '--register-validity': 'register-validity',
  '--check-validity': 'check-validity',
  '--gc': 'gc',
  '--dump': 'dump',
  '--restore': 'restore',
  '--export': 'export',
  '--import': 'import',
  '--init': 'init',
  '--verify': 'verify',
  '--verify-path': 'verify-path',
  '--repair-path': 'repair-path',
  '--optimise': 'optimise',
  '--optimize': 'optimise',
  '--generate-binary-cache-key': 'generate-binary-cache-key',
} as const

export type StoreOperation = (typeof operations)[keyof typeof operations]

export interface StoreArguments {
  operation: StoreOperation | 'help' | 'version'
  /** Flags of the operation, in order; `--max-freed` is followed by its argument. */
  flags: ByteString[]
  args: ByteString[]
  settings: Settings
  /** Where a root for what is realised is to be; null if nowhere. */
  addRoot: ByteString | null
  /** Print nothing of what was realised. */
  noOutput: boolean
  /** Say so where what is realised gets no root. */
  warnOfGarbage: boolean
  /** More arguments are words on standard input. */
  fromStandardInput: boolean
}

const ignored = new Set(['--indirect', '--readonly-mode'])

/**
 * Sorts the arguments.
 *
 * @param settings what is configured; flags are stronger
 * @throws UsageError, with Nix's message
 */
export function parseStoreArguments(
  words: readonly ByteString[],
  settings = new Settings(),
): StoreArguments {
  const result: StoreArguments = {
    operation: 'help',
    flags: [],
    args: [],
    settings,
    addRoot: null,
    noOutput: false,
    warnOfGarbage: true,
    fromStandardInput: false,
  }
  let operation: StoreArguments['operation'] | null = null
  const choose = (next: StoreArguments['operation']) => {
    if (operation !== null && operation !== next) {
      throw new UsageError('only one operation may be specified')
    }
    operation = next
  }
  for (const { word, next } of eachArgument(words.flatMap(expandLetters))) {
    if (word === '--help') return { ...result, operation: 'help' }
    if (word === '--version') choose('version')
    else if (Object.hasOwn(operations, word)) choose(operations[word as keyof typeof operations])
    else if (ignored.has(word)) continue
    else if (word === '--add-root') result.addRoot = next()
    else if (word === '--no-gc-warning') result.warnOfGarbage = false
    else if (word === '--no-output') result.noOutput = true
    else if (word === '--stdin') result.fromStandardInput = true
    else if (word === '--max-freed') result.flags.push(word, next())
    else if (!word.startsWith('-')) result.args.push(word)
    // `--repair` and `--check` are flags of operations, and no setting has such a name.
    else if (!takeCommonFlag(word, next, settings)) result.flags.push(word)
  }
  if (operation === null) throw new UsageError('no operation specified')
  return { ...result, operation }
}
