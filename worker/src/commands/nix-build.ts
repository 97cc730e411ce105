/** `nix-build`: evaluates expressions, builds their derivations and links to what came out. */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { Evaluator } from '../evaluator/evaluator'
import { NixError } from '../evaluator/errors'
import { absolute } from './absolute'
import { versionLine, warnOfUnknownSettings } from './announce'
import { parseArguments, type EvaluationArguments } from './arguments'
import { takeLogFormat } from './command-line'
import { describePlan } from './build-plan'
import { describeError } from './describe-error'
import { describeFailure } from './describe-failure'
import type { Settings } from './settings'
import type { CommandBuilder, WantedOutput } from './command-builder'
import { BuildNeeded, type CommandHost, type CommandSurroundings } from './command-host'
import { automaticArguments, useSources } from './evaluate-sources'
import { evaluatorOptions } from './evaluator-options'
import { findDerivations } from './find-derivations'

interface Arguments extends EvaluationArguments {
  /** Absolute; null for no links. */
  outLink: ByteString | null
  dryRun: boolean
  mode: 'normal' | 'check'
  showLogs: boolean
  json: boolean
}

const usage = `Usage: nix-build [OPTION…] [FILE…] | -E EXPR… | DERIVATION…

Builds the derivations of an expression (./default.nix), links to their outputs and prints their paths.

  -A, --attr PATH     of each expression, take the attribute PATH (may be repeated)
  -E, --expr          arguments are expressions, not files
  --arg NAME EXPR     give functions the argument NAME
  --argstr NAME TEXT  as --arg, for a string
  -I PATH             add to the search path: NAME=PATH or a directory
  -o, --out-link LINK link to outputs as LINK, LINK-2, LINK-dev, … (result)
  --no-out-link       make no links
  --dry-run           show what would be built or fetched, and do nothing
  --check             build again what is there, and compare
  -j, --max-jobs N    build so many derivations at a time (1; auto: as many as there are processors)
  --cores N           what builders find in NIX_BUILD_CORES
  -k, --keep-going    go on with what does not need a build that failed
  -K, --keep-failed   keep the build directories of builds that fail
  --fallback          build what a cache has but cannot give
  --timeout N         end builds after N seconds
  --max-silent-time N end builds that print nothing for N seconds
  -Q, --no-build-output  do not show what builders print
  --log-format FORMAT raw, raw-with-logs, or internal-json for programs
  --store STORE       use another store: a directory, or local?root=DIRECTORY
  --show-trace        show the whole trace of an error
  --option NAME VALUE set a setting of Nix
`

function understand(
  args: readonly ByteString[],
  directory: ByteString,
  settings: Settings | undefined,
): Arguments {
  const own = {
    outLink: 'result' as ByteString | null,
    dryRun: false,
    mode: 'normal' as Arguments['mode'],
    showLogs: true,
    json: false,
  }
  const nothing = () => {}
  const shared = parseArguments(
    args,
    {
      '--no-out-link': () => (own.outLink = null),
      '--no-link': () => (own.outLink = null),
      '--out-link': (next) => (own.outLink = next()),
      '--dry-run': () => (own.dryRun = true),
      '--check': () => (own.mode = 'check'),
      '--no-build-output': () => (own.showLogs = false),
      '--log-format': (next) => {
        const format = takeLogFormat(next())
        own.json = format === 'internal-json'
        own.showLogs = format !== 'raw' && format !== 'bar'
      },
      // Of older versions: they change nothing any more.
      '--add-drv-link': nothing,
      '--indirect': nothing,
      '--no-gc-warning': nothing,
      '--drv-link': (next) => void next(),
      '--add-root': (next) => void next(),
      '--pure': nothing,
      '--impure': nothing,
    },
    {
      '-o': '--out-link',
      '-Q': '--no-build-output',
    },
    settings,
  )
  const { outLink } = own
  return {
    ...shared,
    ...own,
    outLink: outLink === null ? null : absolute(outLink, directory),
  }
}

/** Runs the command. Gives its exit status. */
export async function nixBuild(
  args: readonly ByteString[],
  plain: CommandSurroundings,
): Promise<number> {
  let surroundings = plain
  if (args.includes('--help')) {
    surroundings.writeOutput(usage)
    return 0
  }
  if (args.includes('--version')) {
    surroundings.writeOutput(versionLine('nix-build'))
    return 0
  }
  let given: Arguments
  try {
    const settings = surroundings.configuredSettings?.()
    given = understand(args, surroundings.workingDirectory, settings)
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-build'))
    return 1
  }
  warnOfUnknownSettings(given.settings, surroundings)
  const { settings, showLogs, json } = given
  if (json) surroundings = { ...plain, writeError: (text) => plain.writeError(inJson(text)) }
  if (surroundings.openBuilder === undefined) {
    surroundings.writeError('error: nothing can be built here\n')
    return 1
  }
  let builder: CommandBuilder
  try {
    builder = await surroundings.openBuilder({ settings, showLogs, json })
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-build'))
    return 1
  }
  try {
    const wanted = await evaluateWanted(given, surroundings, builder)
    return wanted === null ? 1 : await build(given, wanted, surroundings, builder)
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-build'))
    return 1
  } finally {
    await builder.close()
  }
}

/** What is said in words, for `--log-format internal-json`: a message for each line, or one error. */
function inJson(text: ByteString): ByteString {
  const tell = (level: number, msg: string) =>
    utf8ToByteString(`@nix ${JSON.stringify({ action: 'msg', level, msg })}\n`)
  const said = byteStringToUtf8(text).replace(/\n$/, '')
  if (said === '') return ''
  if (said.startsWith('error:')) return tell(0, said)
  return said
    .split('\n')
    .map((line) => tell(3, line))
    .join('')
}

/** Evaluates, again where it needs something built first. Gives null after telling of a failure. */
async function evaluateWanted(
  given: Arguments,
  surroundings: CommandSurroundings,
  builder: CommandBuilder,
): Promise<WantedOutput[] | null> {
  const { settings, searchPath } = given
  const host = await surroundings.makeHost({ searchPath, readOnly: false, settings, builder })
  for (;;) {
    const evaluator = new Evaluator(host, evaluatorOptions(settings, surroundings.nativeLimit))
    try {
      const wanted = await evaluateOnce(given, evaluator, host, surroundings)
      await host.flush()
      return wanted
    } catch (error) {
      if (error instanceof BuildNeeded) {
        await host.flush()
        const status = await builder.realise(error.needed, 'normal')
        if (status !== 0) return null
        continue
      }
      const showTrace = settings.boolean('show-trace', false)
      surroundings.writeError(describeFailure(error, 'nix-build', evaluator, { showTrace }))
      return null
    }
  }
}

async function evaluateOnce(
  given: Arguments,
  evaluator: Evaluator,
  host: CommandHost,
  surroundings: CommandSurroundings,
): Promise<WantedOutput[]> {
  const derivations = given.fromExpression ? [] : given.sources.map((s) => storeDerivation(s, host))
  const wanted = derivations.filter((one) => one !== null)
  const sources = given.sources.filter((_, index) => (derivations[index] ?? null) === null)
  if (sources.length === 0 && wanted.length > 0) return wanted
  const automatic = automaticArguments(given, evaluator, surroundings.workingDirectory)
  const paths = given.attributePaths.length === 0 ? [''] : given.attributePaths
  const found = await useSources({ ...given, sources }, evaluator, surroundings, (parse) =>
    evaluator.run(() => {
      const root = evaluator.evaluateNode(parse())
      return paths.flatMap((path) =>
        findDerivations(evaluator, evaluator.selectPath(root, path, automatic), automatic),
      )
    }),
  )
  for (const { drvPath, outputName } of found.flat()) {
    if (outputName === '')
      throw new NixError('type', `derivation '${drvPath}' lacks an 'outputName' attribute`)
    wanted.push({ drvPath, output: outputName })
  }
  return wanted
}

/** The output that `/nix/store/….drv`, `….drv!dev` or `….drv^dev` means, or null. */
function storeDerivation(source: ByteString, { store }: CommandHost): WantedOutput | null {
  const [, drvPath, output] = /^(.*\.drv)(?:[!^](.*))?$/s.exec(source) ?? []
  if (drvPath === undefined || !drvPath.startsWith(`${store.storeDir}/`)) return null
  return { drvPath, output: output === undefined || output === '*' ? 'out' : output }
}

async function build(
  given: Arguments,
  wanted: readonly WantedOutput[],
  surroundings: CommandSurroundings,
  builder: CommandBuilder,
): Promise<number> {
  if (given.settings.boolean('print-missing', true))
    surroundings.writeError(describePlan(await builder.plan(wanted)))
  if (given.dryRun) return 0
  const status = await builder.realise(wanted, given.mode)
  if (status !== 0) return status
  /** Numbers of derivations: outputs of one have links of one name. */
  const numbers = new Map<ByteString, number>()
  let output = ''
  for (const one of wanted) {
    const path = builder.validOutput(one)
    if (path === null) throw new Error(`'${one.drvPath}' was built, but its output is not there`)
    const number = numbers.get(one.drvPath) ?? numbers.size + 1
    numbers.set(one.drvPath, number)
    if (given.outLink !== null) {
      const link =
        given.outLink +
        (number > 1 ? `-${number}` : '') +
        (one.output === 'out' ? '' : `-${one.output}`)
      await builder.addRoot(link, path)
    }
    output += `${path}\n`
  }
  surroundings.writeOutput(output)
  return 0
}
