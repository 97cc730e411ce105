/** Builders without a sandbox (`sandbox = false`): they can do whatever their user can. */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Launcher, RunningSandbox, SandboxExit, Workspace } from '../sandbox/launcher'
import type { LimitReached, Limits } from '../sandbox/limits'
import { createNamedPipe, openLogPipe } from '../sandbox/log-pipe'
import { removeTree } from '../store/remove-tree'
import type { SandboxRequest } from '../sandbox/launcher'

const pollMilliseconds = 100

export class DirectLauncher implements Launcher {
  readonly name = 'no sandbox'
  readonly details = 'without a sandbox'
  /** There is nothing to lead out of: builders have the machine's own network. */
  readonly network = false
  readonly terminals = false

  /** `storeDirectory` is where the store's files lie, which must be what paths speak of. */
  constructor(private readonly storeDirectory: string) {}

  createWorkspace(): Promise<Workspace> {
    const directory = mkdtempSync(join(tmpdir(), 'nix-build-'))
    const pipes = mkdtempSync(join(tmpdir(), 'nix-log-'))
    return Promise.resolve({
      user: null,
      buildDirectory: directory,
      buildDirectoryInside: Buffer.from(directory).toString('latin1'),
      writeBuildFile: (name, contents) => {
        writeFileSync(join(directory, name), contents, { flag: 'wx', mode: 0o644 })
        return Promise.resolve()
      },
      launch: (request, limits) =>
        Promise.resolve(launch(request, limits, directory, join(pipes, 'log'))),
      outputSource: (path) => join(this.storeDirectory, basename(path)),
      // They lie in the store itself, which takes care of them.
      discardOutputs: () => Promise.resolve(),
      remove: async () => {
        await removeTree(directory)
        await removeTree(pipes)
      },
    })
  }
}

function launch(
  request: SandboxRequest,
  limits: Limits,
  directory: string,
  pipe: string,
): RunningSandbox {
  createNamedPipe(pipe, null)
  const log = openLogPipe(pipe)
  const text = (bytes: string) => Buffer.from(bytes, 'latin1').toString()
  const environment = Object.fromEntries(request.environment.map(([n, v]) => [text(n), text(v)]))
  const child = spawn(text(request.builder), request.args.map(text), {
    argv0: basename(text(request.builder)),
    cwd: directory,
    env: environment,
    // A group of its own, to be killed whole.
    detached: true,
    stdio: ['ignore', log.writer, log.writer],
  })
  closeSync(log.writer)
  let stopped: SandboxExit | null = null
  const stop = (exit: SandboxExit) => {
    stopped ??= exit
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has gone already.
    }
  }
  const started = performance.now()
  let lastOutput = started
  const poll = setInterval(() => {
    const now = performance.now()
    const reach = (name: 'wallClockSeconds' | 'silenceSeconds') =>
      stop({ kind: 'limit', limit: { name, value: limits[name] } })
    if (now - started > limits.wallClockSeconds * 1000) reach('wallClockSeconds')
    if (now - lastOutput > limits.silenceSeconds * 1000) reach('silenceSeconds')
  }, pollMilliseconds)
  const exit = new Promise<SandboxExit>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'No such file or directory' : error.message
      const notExecuted = `executing '${text(request.builder)}': ${reason}`
      resolve({ kind: 'exited', exitCode: 1, notExecuted })
    })
    child.once('exit', (code, signal) => {
      // What it has left running must not change outputs that are being registered.
      stop({ kind: 'exited', ...exitOf(code, signal) })
      resolve(stopped ?? { kind: 'killed' })
    })
  }).finally(() => clearInterval(poll))
  return {
    log: log.reader,
    exit,
    kill: () => stop({ kind: 'killed' }),
    stopAtLimit: (limit: LimitReached) => stop({ kind: 'limit', limit }),
    noteOutput: () => (lastOutput = performance.now()),
  }
}

function exitOf(
  code: number | null,
  signal: NodeJS.Signals | null,
): { exitCode: number; signal?: number } {
  if (signal === null) return { exitCode: code ?? 1 }
  const number = signalNumber(signal)
  return { exitCode: 128 + number, signal: number }
}

function signalNumber(name: NodeJS.Signals): number {
  return constants.signals[name]
}
