/** `nix`, as far as it asks about stores and profiles. Source: Nix manual, "nix". */
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { describeVersions, diffClosures, hasOtherSize } from '../store/closure-diff'
import { formatSize } from '../store/format-size'
import { StoreError } from '../store/store'
import { absolute } from './absolute'
import { versionLine, warnOfUnknownSettings } from './announce'
import { eachArgument, expandLetters, takeCommonFlag, UsageError } from './command-line'
import { dependencyTree } from './dependency-tree'
import { describeError } from './describe-error'
import { green, normal, red } from './drawing'
import type { ProfileStore, ProfileSurroundings } from './profile-host'
import type { Settings } from './settings'
import { buildLog, validInfo } from './store-query'

const usage = `Usage: nix COMMAND [FLAG…] [ARGUMENT…]

  store diff-closures BEFORE AFTER  which packages differ between two closures
  profile diff-closures             the same between each two generations of a profile
                                    (--profile PROFILE)
  why-depends PATH DEPENDENCY       by which way a path depends on another (--all, --precise)
  path-info PATH…                   what is known of paths (-r, --recursive; --all; -s, --size;
                                    -S, --closure-size; -h, --human-readable; --sigs)
  log PATH                          the log of a build

Paths are those of the store, and links to them like ./result.

  --store STORE                     another store: a directory, or local?root=DIRECTORY
`

interface Arguments {
  flags: Set<string>
  args: ByteString[]
  profile: ByteString | null
  settings: Settings
}

interface Task extends Arguments {
  store: ProfileStore
  surroundings: ProfileSurroundings
}

interface Command {
  /** Flags, and what the code calls them. */
  flags: Readonly<Record<string, string>>
  /** How many arguments there must be. */
  least: number
  most: number
  /** Gives what is printed. */
  run(task: Task): Promise<ByteString>
}

const commands: Readonly<Record<string, Command>> = {
  'store diff-closures': {
    flags: {},
    least: 2,
    most: 2,
    run: async ({ store, args }) => {
      const [before = '', after = ''] = args.map((path) => store.followLinks(path))
      return describeDifferences(store, before, after, '')
    },
  },
  'profile diff-closures': {
    flags: {},
    least: 0,
    most: 0,
    run: diffGenerations,
  },
  'why-depends': {
    flags: { '--all': 'all', '-a': 'all', '--precise': 'precise' },
    least: 2,
    most: 2,
    run: whyDepends,
  },
  'path-info': {
    flags: {
      '--recursive': 'recursive',
      '-r': 'recursive',
      '--all': 'all',
      '--size': 'size',
      '-s': 'size',
      '--closure-size': 'closure-size',
      '-S': 'closure-size',
      '--human-readable': 'human-readable',
      '-h': 'human-readable',
      '--sigs': 'sigs',
    },
    least: 0,
    most: Infinity,
    run: pathInfo,
  },
  log: { flags: {}, least: 1, most: 1, run: showLog },
}

/** Runs the command. Gives its exit status. */
export async function nix(
  args: readonly ByteString[],
  surroundings: ProfileSurroundings,
): Promise<number> {
  let store: ProfileStore | null = null
  try {
    if (args[0] === '--version') {
      surroundings.writeOutput(versionLine('nix'))
      return 0
    }
    if (args.includes('--help') || args[0] === 'help') {
      surroundings.writeOutput(usage)
      return 0
    }
    const { command, given } = understand(args, surroundings.configuredSettings())
    warnOfUnknownSettings(given.settings, surroundings)
    store = await surroundings.openStore(given.settings)
    surroundings.writeOutput(await command.run({ ...given, store, surroundings }))
    return 0
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix'))
    return 1
  } finally {
    store?.close()
  }
}

/** Sorts the words of a command line. Throws UsageError. */
function understand(
  words: readonly ByteString[],
  settings: Settings,
): { command: Command; given: Arguments } {
  const given: Arguments = { flags: new Set(), args: [], profile: null, settings }
  let name = ''
  let command: Command | null = null
  for (const { word, next } of eachArgument(words.flatMap(expandLetters), 'flag ')) {
    if (word.startsWith('-')) {
      if (command !== null && Object.hasOwn(command.flags, word)) {
        given.flags.add(command.flags[word])
      } else if (word === '--profile') given.profile = next()
      else if (!takeCommonFlag(word, next, settings)) {
        throw new UsageError(`unrecognised flag '${word}'`)
      }
    } else if (command !== null) given.args.push(word)
    else {
      name = name === '' ? word : `${name} ${word}`
      if (Object.hasOwn(commands, name)) command = commands[name]
      else if (!isGroup(name)) throw new UsageError(`'${word}' is not a recognised command`)
    }
  }
  if (command === null) {
    throw new UsageError(
      name === '' ? 'no subcommand specified' : `'nix ${name}' requires a sub-command.`,
    )
  }
  const { args } = given
  if (args.length < command.least) throw new UsageError('more arguments are required')
  const extra = args.slice(command.most)
  if (extra.length > 0) throw new UsageError(`unexpected argument '${extra[0]}'`)
  return { command, given }
}

/** Whether a word is the first of commands. */
function isGroup(word: ByteString): boolean {
  return Object.keys(commands).some((name) => name.startsWith(`${word} `))
}

async function describeDifferences(
  store: ProfileStore,
  before: ByteString,
  after: ByteString,
  indentation: ByteString,
): Promise<ByteString> {
  const differences = diffClosures(store.storeDir, await store.graph(), before, after)
  return differences
    .map((difference) => {
      const { name, sizeChange } = difference
      const versions = utf8ToByteString(describeVersions(difference))
      const colour = sizeChange > 0 ? red : green
      const size = hasOtherSize(difference) ? `${colour}${formatSize(sizeChange)}${normal}` : ''
      const items = [versions, size].filter((item) => item !== '')
      return `${indentation}${name}: ${items.join(', ')}\n`
    })
    .join('')
}

async function diffGenerations({ store, profile, settings, surroundings }: Task) {
  const given = profile ?? store.profilePlaces(settings).default
  const place = absolute(given, surroundings.workingDirectory)
  const { generations } = store.profileAt(place)
  const described: ByteString[] = []
  for (const [index, generation] of generations.entries()) {
    const before = generations[index - 1]
    if (before === undefined) continue
    const [from, to] = [before, generation].map(({ path }) => store.followLinks(path))
    const differences = await describeDifferences(store, from, to, '  ')
    described.push(`Version ${before.number} -> ${generation.number}:\n${differences}`)
  }
  return described.join('\n')
}

async function whyDepends({ store, args, flags, surroundings }: Task): Promise<ByteString> {
  const [from = '', to = ''] = args.map((path) => store.followLinks(path))
  const graph = await store.graph()
  if (!graph.closure([from]).has(to)) {
    surroundings.writeError(`'${from}' does not depend on '${to}'\n`)
    return ''
  }
  const options = { all: flags.has('all'), precise: flags.has('precise') }
  return dependencyTree(store, graph, from, to, options)
}

async function pathInfo({ store, args, flags }: Task): Promise<ByteString> {
  const graph = await store.graph()
  const given = args.map((path) => store.followLinks(path))
  if (flags.has('all') && given.length > 0) {
    throw new UsageError("'--all' does not expect arguments")
  }
  if (!flags.has('all') && given.length === 0) throw new UsageError('more arguments are required')
  for (const path of given) await validInfo(store, path)
  const named = flags.has('all') ? graph.nodes.keys() : given
  const paths = graph.sorted(flags.has('recursive') ? graph.closure(named) : named)
  const width = Math.max(...paths.map((path) => path.length))
  const shown = ['size', 'closure-size', 'sigs'].some((flag) => flags.has(flag))
  const size = (bytes: number) =>
    flags.has('human-readable') ? formatSize(bytes).padStart(10) : String(bytes).padStart(11)
  const lines: ByteString[] = []
  for (const path of paths) {
    const info = await validInfo(store, path)
    const cells = [shown ? path.padEnd(width) : path]
    if (flags.has('size')) cells.push(size(info.narSize))
    if (flags.has('closure-size')) cells.push(size(graph.closureSize(path)))
    if (flags.has('sigs')) {
      const words = [
        ...(info.ultimate ? ['ultimate'] : []),
        ...(info.contentAddress === null ? [] : [`ca:${info.contentAddress}`]),
        ...info.signatures,
      ]
      cells.push(words.join(' '))
    }
    lines.push(`${cells.join('\t')}\n`)
  }
  return lines.join('')
}

async function showLog({ store, args }: Task): Promise<ByteString> {
  const path = store.followLinks(args[0] ?? '')
  const log = await buildLog(store, path)
  if (log === null) throw new StoreError(`build log of '${path}' is not available`)
  return log
}
