import { spawn } from 'node:child_process'
import process from 'node:process'
import { HostError } from '@snowglobe/worker/evaluator/host'

export interface ProgramOptions {
  directory?: string
  /** What it reads on standard input. */
  input?: Uint8Array | string
  environment?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** Nothing that a program prints here is larger. */
const maxOutput = 4 * 2 ** 30

/**
 * Runs a program and gives what it prints on standard output; what it says on standard error is part
 * of the error.
 *
 * @throws HostError where it is not there or fails, in Nix's words
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { directory, input, environment, signal }: ProgramOptions = {},
): Promise<Buffer> {
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  })
  const output: Buffer[] = []
  const said: Buffer[] = []
  let size = 0
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > maxOutput) child.kill('SIGKILL')
    else output.push(piece)
  })
  child.stderr.on('data', (piece: Buffer) => said.push(piece))
  // One that ends before it has read everything tells by its status.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'No such file or directory' : error.message
      reject(new HostError(`executing '${program}': ${why}`))
    })
    child.on('close', (status, killedBy) => {
      if (status === 0) return resolve(Buffer.concat(output))
      const how =
        killedBy === null ? `failed with exit code ${status}` : `was killed by ${killedBy}`
      const text = Buffer.concat(said).toString('latin1').trimEnd()
      reject(new HostError(`program '${program}' ${how}${text === '' ? '' : `\n${text}`}`))
    })
  })
}
