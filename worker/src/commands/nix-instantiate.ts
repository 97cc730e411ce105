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
import { versionLine, warnOfUnknownSettings } from './announce'
import { parseArguments, type EvaluationArguments, type Flags } from './arguments'
import { describeError } from './describe-error'
import { describeFailure } from './describe-failure'
import type { Settings } from './settings'
import { ToldFailure, type CommandSurroundings } from './command-host'
import { automaticArguments, findFile, useSources } from './evaluate-sources'
import { findDerivations } from './find-derivations'

type Output = 'plain' | 'json' | 'xml' | 'raw'

interface Arguments extends EvaluationArguments {
  mode: 'instantiate' | 'evaluate' | 'parse' | 'find-file'
  output: Output
  strict: boolean
  location: boolean
  readWrite: boolean
  readOnly: boolean
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
  --readonly-mode    write nothing to the store
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
  const evaluator = new Evaluator(host, {
    ...evaluatorOptions(settings),
    ...(surroundings.nativeLimit === undefined ? {} : { nativeLimit: surroundings.nativeLimit }),
  })
  try {
    const output = await evaluateAll(given, evaluator, surroundings)
    await host.flush()
    surroundings.writeOutput(output)
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

async function evaluateAll(
  given: Arguments,
  evaluator: Evaluator,
  surroundings: CommandSurroundings,
): Promise<ByteString> {
  const directory = surroundings.workingDirectory
  if (given.mode === 'find-file') {
    return given.sources
      .map((name) => `${evaluator.run(() => findFile(evaluator, name))}\n`)
      .join('')
  }
  const automatic = automaticArguments(given, evaluator, directory)
  const results = await useSources(given, evaluator, surroundings, (parse) =>
    evaluator.run(() => {
      const node = parse()
      if (given.mode === 'parse') return `${printTree(node)}\n`
      return printResults(given, evaluator, evaluator.evaluateNode(node), automatic)
    }),
  )
  return results.join('')
}

function printResults(
  given: Arguments,
  evaluator: Evaluator,
  root: Value,
  automatic: AttributeSet,
): ByteString {
  const paths = given.attributePaths.length === 0 ? [''] : given.attributePaths
  return paths
    .map((path) => {
      const value = evaluator.selectPath(root, path, automatic)
      if (given.mode === 'instantiate') {
        return findDerivations(evaluator, value, automatic)
          .map(({ drvPath, outputName }) =>
            outputName === 'out' ? `${drvPath}\n` : `${drvPath}!${outputName}\n`,
          )
          .join('')
      }
      // As Nix: a function is called only where there are arguments to give it.
      const result = automatic.size === 0 ? value : evaluator.autoCall(automatic, value)
      return printValue(given, evaluator, result)
    })
    .join('')
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
