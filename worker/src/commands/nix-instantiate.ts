/** `nix-instantiate`: evaluates expressions and writes derivations. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from '../evaluator/attribute-set'
import { coerceResumable, ContextBuilder } from '../evaluator/coerce'
import { NixError } from '../evaluator/errors'
import { Evaluator } from '../evaluator/evaluator'
import { toJson } from '../evaluator/json'
import { printAmbiguous } from '../evaluator/print-value'
import { toXml } from '../evaluator/xml'
import type { Value } from '../evaluator/values'
import { printTree } from '../language/print-tree'
import { evaluatorOptions } from './evaluator-options'
import { absolute } from './absolute'
import { versionLine, warnOfGarbage, warnOfUnknownSettings } from './announce'
import { parseArguments, type EvaluationArguments, type Flags } from './arguments'
import { describeError } from './describe-error'
import { describeFailure } from './describe-failure'
import type { Settings } from './settings'
import { StoreError } from '../store/store'
import { ToldFailure, type CommandHost, type CommandSurroundings } from './command-host'
import { automaticArguments, findFile, useSources } from './evaluate-sources'
import { findDerivations, type FoundDerivation } from './find-derivations'

type Output = 'plain' | 'json' | 'xml' | 'raw'

interface Arguments extends EvaluationArguments {
  mode: 'instantiate' | 'evaluate' | 'parse' | 'find-file'
  output: Output
  strict: boolean
  location: boolean
  readWrite: boolean
  readOnly: boolean
  /** Where roots for derivations are to be; null if nowhere. */
  addRoot: ByteString | null
  /** Say so where derivations get no roots. */
  warnOfGarbage: boolean
}

const usage = `Usage: nix-instantiate [--eval | --parse | --find-file] [OPTION…] FILE… | -E EXPR… | -

Instantiates the derivations of an expression: writes their .drv files and prints their paths.

  --eval             print the value instead (to weak head normal form)
  --strict           evaluate and print the whole value
  --json, --xml      print the value as JSON or XML
  --raw              print a string as it is
  --parse            print the syntax tree
  --find-file        print where files are in the search path
  -E, --expr         arguments are expressions, not files
  -A, --attr PATH    of each expression, take the attribute PATH (may be repeated)
  --arg NAME EXPR    give functions the argument NAME
  --argstr NAME TEXT as --arg, for a string
  -I PATH            add to the search path: NAME=PATH or a directory
  --add-root LINK    make links to derivations that keep them from being collected
  --readonly-mode    write nothing to the store (also --dry-run)
  --read-write-mode  write to the store also with --eval
  --show-trace       show the whole trace of an error
  --option NAME VALUE  set an option of Nix
`

function understand(args: readonly ByteString[], settings: Settings | undefined): Arguments {
  const own = {
    mode: 'instantiate' as Arguments['mode'],
    output: 'plain' as Output,
    strict: false,
    location: true,
    readWrite: false,
    readOnly: false,
    addRoot: null as ByteString | null,
    warnOfGarbage: true,
  }
  const flags: Flags = {
    '--eval': () => (own.mode = 'evaluate'),
    '--eval-only': () => (own.mode = 'evaluate'),
    '--parse': () => (own.mode = 'parse'),
    '--parse-only': () => (own.mode = 'parse'),
    '--find-file': () => (own.mode = 'find-file'),
    '--strict': () => (own.strict = true),
    '--json': () => (own.output = 'json'),
    '--xml': () => (own.output = 'xml'),
    '--raw': () => (own.output = 'raw'),
    '--no-location': () => (own.location = false),
    '--readonly-mode': () => (own.readOnly = true),
    '--dry-run': () => (own.readOnly = true),
    '--add-root': (next) => (own.addRoot = next()),
    '--indirect': () => {},
    '--no-gc-warning': () => (own.warnOfGarbage = false),
    '--read-write-mode': () => (own.readWrite = true),
  }
  const shared = parseArguments(args, flags, {}, settings)
  return { ...shared, ...own }
}

/** Runs the command. Gives its exit status. */
export async function nixInstantiate(
  args: readonly ByteString[],
  surroundings: CommandSurroundings,
): Promise<number> {
  if (args.includes('--help')) {
    surroundings.writeOutput(usage)
    return 0
  }
  if (args.includes('--version')) {
    surroundings.writeOutput(versionLine('nix-instantiate'))
    return 0
  }
  let given: Arguments
  try {
    given = understand(args, surroundings.configuredSettings?.())
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-instantiate'))
    return 1
  }
  const { settings } = given
  warnOfUnknownSettings(settings, surroundings)
  const readOnly = given.readOnly || (given.mode !== 'instantiate' && !given.readWrite)
  const host = await surroundings.makeHost({
    searchPath: given.searchPath,
    readOnly,
    settings,
  })
  const evaluator = new Evaluator(host, evaluatorOptions(settings, surroundings.nativeLimit))
  try {
    const results = await evaluateAll(given, evaluator, surroundings)
    await host.flush()
    surroundings.writeOutput(await describeResults(results, given, host, surroundings))
    return 0
  } catch (error) {
    if (error instanceof ToldFailure) return error.status
    surroundings.writeError(
      describeFailure(error, 'nix-instantiate', evaluator, {
        showTrace: settings.boolean('show-trace', false),
      }),
    )
    return error instanceof NixError ? error.exitStatus : 1
  } finally {
    await host.close?.()
  }
}

/** What is printed of an expression: text, or a derivation. */
type Result = ByteString | FoundDerivation

async function evaluateAll(
  given: Arguments,
  evaluator: Evaluator,
  surroundings: CommandSurroundings,
): Promise<Result[]> {
  const directory = surroundings.workingDirectory
  if (given.mode === 'find-file') {
    return given.sources.map((name) => `${evaluator.run(() => findFile(evaluator, name))}\n`)
  }
  const automatic = automaticArguments(given, evaluator, directory)
  const results = await useSources(given, evaluator, surroundings, (parse) =>
    evaluator.run(() => {
      const node = parse()
      if (given.mode === 'parse') return [`${printTree(node)}\n`]
      return resultsOf(given, evaluator, evaluator.evaluateNode(node), automatic)
    }),
  )
  return results.flat()
}

function resultsOf(
  given: Arguments,
  evaluator: Evaluator,
  root: Value,
  automatic: AttributeSet,
): Result[] {
  const paths = given.attributePaths.length === 0 ? [''] : given.attributePaths
  return paths.flatMap((path): Result[] => {
    const value = evaluator.selectPath(root, path, automatic)
    if (given.mode === 'instantiate') return findDerivations(evaluator, value, automatic)
    // As Nix: a function is called only where there are arguments to give it.
    const result = automatic.size === 0 ? value : evaluator.autoCall(automatic, value)
    return [printValue(given, evaluator, result)]
  })
}

/** Makes the roots that derivations are to have. Throws StoreError. */
async function describeResults(
  results: readonly Result[],
  given: Arguments,
  host: CommandHost,
  surroundings: CommandSurroundings,
): Promise<ByteString> {
  const root =
    given.addRoot === null ? null : absolute(given.addRoot, surroundings.workingDirectory)
  let output = ''
  let derivations = 0
  for (const result of results) {
    if (typeof result === 'string') {
      output += result
      continue
    }
    const { drvPath, outputName } = result
    const count = ++derivations === 1 ? '' : `-${derivations}`
    const shown = root === null ? drvPath : `${root}${count}`
    if (root !== null) await addRoot(host, shown, drvPath)
    output += outputName === 'out' ? `${shown}\n` : `${shown}!${outputName}\n`
  }
  if (derivations > 0 && root === null && given.warnOfGarbage) warnOfGarbage(surroundings)
  return output
}

async function addRoot(host: CommandHost, link: ByteString, path: ByteString): Promise<void> {
  if (host.addRoot === undefined) throw new StoreError('there are no roots here')
  await host.addRoot(link, path)
}

function printValue(given: Arguments, evaluator: Evaluator, value: Value): ByteString {
  switch (given.output) {
    case 'raw': {
      const options = {
        more: false,
        copyToStore: true,
        context: 'while generating the nix-instantiate output',
      }
      return evaluator.resume(
        coerceResumable(evaluator, value, options, new ContextBuilder(), 0),
      ) as ByteString
    }
    case 'json':
      return `${toJson(evaluator, value, given.strict)}\n`
    case 'xml':
      return toXml(evaluator, value, { strict: given.strict, location: given.location })
    case 'plain':
      return `${printAmbiguous(given.strict ? evaluator.forceDeep(value) : value)}\n`
  }
}
