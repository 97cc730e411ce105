import { spawn } from 'node:child_process'
import process from 'node:process'
import { HostError } from '@snowglobe/worker/evaluator/host'

export interface ProgramOptions {
  directory?: string
  /** What it reads on standard input. */
  input?: Uint8Array | string
  /** In place of our own. */
  environment?: NodeJS.ProcessEnv
  /** Gives also what it says on standard error. */
  withErrors?: boolean
  /** Bytes that it may print. */
  maxOutput?: number
  /** What each of its processes may use, where it works for somebody else. */
  limits?: ProgramLimits
  /** Ends it. */
  signal?: AbortSignal
}

export interface ProgramLimits {
  memoryBytes: number
  /** Of one file that it writes. */
  fileBytes: number
  cpuSeconds: number
}

/** Nothing that a program prints here is larger. */
const maxOutputBytes = 4 * 2 ** 30
/** A program that was ended before it could tidy up. */
export class ProgramKilled extends HostError {
  override name = 'ProgramKilled'
}

/** How a shell says that there is no such program. */
const notFound = 127

/**
 * Runs a program and gives what it prints on standard output; what it says on standard error is part
 * of the error.
 *
 * @throws HostError where it is not there or fails, in Nix's words
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Buffer> {
  const { directory, input, environment, signal, limits } = options
  const { withErrors = false, maxOutput = maxOutputBytes } = options
  signal?.throwIfAborted()
  const [command, parameters] =
    limits === undefined ? [program, args] : ['/bin/sh', limited(limits, program, args)]
  const child = spawn(command, parameters, {
    cwd: directory,
    env: environment ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own can be ended with all that is in it. A person's own program has to stay with
    // the terminal: it may ask for a passphrase.
    detached: limits !== undefined,
  })
  const end = () => {
    if (child.pid === undefined || limits === undefined) return void child.kill('SIGKILL')
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  signal?.addEventListener('abort', end)
  const output: Buffer[] = []
  const said: Buffer[] = []
  let size = 0
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > maxOutput) end()
    else output.push(piece)
  })
  child.stderr.on('data', (piece: Buffer) => said.push(piece))
  // One that ends before it has read everything tells by its status.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise<Buffer>((resolve, reject) => {
    const isMissing = () => reject(new HostError(`executing '${program}': ${missing}`))
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') isMissing()
      else reject(new HostError(`executing '${program}': ${error.message}`))
    })
    child.on('close', (status, killedBy) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      if (size > maxOutput) {
        return reject(
          new ProgramKilled(`program '${program}' printed more than ${maxOutput} bytes`),
        )
      }
      if (status === 0) return resolve(Buffer.concat(withErrors ? [...output, ...said] : output))
      if (status === notFound && limits !== undefined) return isMissing()
      const text = Buffer.concat(said).toString('latin1').trimEnd()
      const more = text === '' ? '' : `\n${text}`
      reject(
        killedBy === null
          ? new HostError(`program '${program}' failed with exit code ${status}${more}`)
          : new ProgramKilled(`program '${program}' was killed by ${killedBy}${more}`),
      )
    })
  }).finally(() => signal?.removeEventListener('abort', end))
}

const missing = 'No such file or directory'

/** Whether the error says that there is no such program. */
export function isMissingProgram(error: unknown, program: string): boolean {
  return error instanceof HostError && error.message === `executing '${program}': ${missing}`
}

/** What a shell is told so that it sets limits and then becomes the program. */
function limited(limits: ProgramLimits, program: string, args: readonly string[]): string[] {
  const memory = `ulimit -v ${Math.floor(limits.memoryBytes / 1024)}`
  // POSIX has these in blocks of 512 bytes.
  const files = `ulimit -f ${Math.floor(limits.fileBytes / 512)}`
  const time = `ulimit -t ${Math.ceil(limits.cpuSeconds)}`
  return ['-c', `${memory}; ${files}; ${time}; exec "$0" "$@"`, program, ...args]
}
