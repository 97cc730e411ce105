/** Runs nix-instantiate in this process, with what it writes caught. */
import type { SyntaxCache } from '../../worker/src/language/file-tree'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8ToByteString, type ByteString } from '../../shared/src/bytes'
import type { CommandHost } from '../../worker/src/commands/command-host'
import { nixInstantiate } from '../../worker/src/commands/nix-instantiate'
import { fileSystemHost, type FileSystemHostOptions } from '../../worker/src/node/file-system-host'

export interface CommandOptions {
  args: readonly string[]
  workingDirectory: string
  input?: ByteString
  environment?: Readonly<Record<string, string>>
  /** Levels of the native stack; 0 runs everything on the deep evaluator. */
  nativeLimit?: number
  syntaxCache?: SyntaxCache
}

export interface CommandResult {
  status: number
  /** Byte strings. */
  output: ByteString
  errors: ByteString
}

const storeDir = '/nix/store'
/** Stands for the store directory of the runs: nothing is written there. */
const emptyStore = mkdtempSync(join(tmpdir(), 'conformance-store-'))
process.on('exit', () => rmSync(emptyStore, { recursive: true }))

/** Runs the command. Throws only what is a fault of ours. */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  const { args, environment = {} } = options
  const workingDirectory = utf8ToByteString(options.workingDirectory)
  let output = ''
  let errors = ''
  const status = await nixInstantiate(args.map(utf8ToByteString), {
    workingDirectory,
    ...(options.nativeLimit === undefined ? {} : { nativeLimit: options.nativeLimit }),
    readStandardInput: async () => options.input ?? '',
    writeOutput: (text) => (output += text),
    writeError: (text) => (errors += text),
    makeHost: async ({ searchPath: given, settings }) =>
      emptyStoreHost(options.workingDirectory, {
        searchPath: [...given, ...searchPath(environment.NIX_PATH)],
        system: settings.text('system') ?? 'x86_64-linux',
        environment,
        ...(options.syntaxCache && { syntaxCache: options.syntaxCache }),
        message: (kind, text, terminal) => (errors += `${terminal ?? `${kind}: ${text}`}\n`),
      }),
  })
  return { status, output, errors }
}

/** A host with the files of this machine, and an empty store that nothing is written to. */
export function emptyStoreHost(
  workingDirectory: string,
  options: Partial<FileSystemHostOptions> = {},
): CommandHost {
  return fileSystemHost({
    storeDir,
    realStoreDir: emptyStore,
    searchPath: [],
    system: 'x86_64-linux',
    workingDirectory: utf8ToByteString(workingDirectory),
    environment: {},
    message: () => {},
    write: null,
    ...options,
  })
}

function searchPath(text = ''): ByteString[] {
  return text === '' ? [] : utf8ToByteString(text).split(':')
}
