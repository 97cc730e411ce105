/** Runs nix-instantiate in this process, with what it writes caught. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8ToByteString, type ByteString } from '../../shared/src/bytes'
import { nixInstantiate } from '../../worker/src/commands/nix-instantiate'
import { fileSystemHost } from '../../worker/src/node/file-system-host'

export interface CommandOptions {
  args: readonly string[]
  workingDirectory: string
  input?: ByteString
  environment?: Readonly<Record<string, string>>
  /** Levels of the native stack; 0 runs everything on the deep evaluator. */
  nativeLimit?: number
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
    makeHost: async (settings) =>
      fileSystemHost({
        storeDir,
        realStoreDir: emptyStore,
        searchPath: [...settings.searchPath, ...searchPath(environment.NIX_PATH)],
        system: settings.settings.text('system') ?? 'x86_64-linux',
        workingDirectory,
        environment,
        message: (kind, text, terminal) => (errors += `${terminal ?? `${kind}: ${text}`}\n`),
        write: null,
      }),
  })
  return { status, output, errors }
}

function searchPath(text = ''): ByteString[] {
  return text === '' ? [] : utf8ToByteString(text).split(':')
}
