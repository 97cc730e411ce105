/** Sandboxes by bubblewrap (bwrap(1)): namespaces, mounts and the system call filter. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import { bubblewrapArguments, type SandboxPlaces } from './bubblewrap-arguments'
import { etcFiles } from './etc-files'
import { builderNiceness, deviceNumbers, fileSizeSlack } from './kernel-files'
import type {
  Launcher,
  LauncherOptions,
  RunningSandbox,
  SandboxExit,
  SandboxRequest,
  Workspace,
} from './launcher'
import type { LimitReached, Limits } from './limits'
import { createNamedPipe, openLogPipe } from './log-pipe'
import type { ResourceGroups } from './resource-group'
import { seccompProgram } from './seccomp'
import { Supervisor } from './supervisor'
import { WorkDirectories, type BuildUser } from './work-directories'

const nobody = 65534

/** File descriptors of bubblewrap, beyond the three standard ones. */
const descriptors = { args: 3, seccomp: 4, info: 5, block: 6 }

export interface BubblewrapOptions extends LauncherOptions {
  version: string
}

/** `bubblewrap 0.8.0`, or null where there is none. */
export function bubblewrapVersion(): string | null {
  const answer = spawnSync('bwrap', ['--version'], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : null
}

export class BubblewrapLauncher implements Launcher {
  readonly name: string
  readonly details: string
  readonly network = false
  readonly terminals = false
  private readonly seccompFile: string
  private readonly etc: string
  private readonly empty: string
  private readonly devices: string | null
  private readonly readOnlyProc: readonly string[]
  private readonly pipes = new Set<string>()

  constructor(private readonly options: BubblewrapOptions) {
    this.name = options.version
    const user = options.userOfSlot(0)
    const who = user === null ? "the server's own user" : `users from ${user.uid} on`
    this.details = `${options.version}, builders are ${who}, limits by ${options.resourceGroups.name}`
    // Others may pass through to their own workspace, whose name nobody can guess, not look around.
    mkdirSync(options.directory, { recursive: true })
    chmodSync(options.directory, 0o711)
    this.seccompFile = join(options.directory, 'seccomp.bpf')
    writeFileSync(this.seccompFile, seccompProgram(options.architecture))
    this.etc = join(options.directory, 'etc')
    mkdirSync(this.etc, { recursive: true })
    for (const [name, contents] of Object.entries(etcFiles))
      writeFileSync(join(this.etc, name), contents, { mode: 0o644 })
    this.empty = join(options.directory, 'empty')
    writeFileSync(this.empty, '', { mode: 0o444 })
    const asRoot = process.getuid?.() === 0 && options.userOfSlot(0) === null
    this.devices = asRoot ? makeDevices(join(options.directory, 'dev')) : null
    this.readOnlyProc = asRoot ? kernelFiles() : ['sys']
  }

  async createWorkspace(slot: number): Promise<Workspace> {
    const user = this.options.userOfSlot(slot)
    const work = await WorkDirectories.create(this.options.directory, user)
    const places: SandboxPlaces = {
      build: work.build,
      store: work.store,
      etc: this.etc,
      empty: this.empty,
      devices: this.devices,
      readOnlyProc: this.readOnlyProc,
    }
    return {
      user,
      buildDirectory: places.build,
      buildDirectoryInside: '/build',
      writeBuildFile: (name, contents) => work.writeBuildFile(name, contents),
      launch: async (request, limits) =>
        this.launch(
          request,
          limits,
          places,
          user,
          await this.pipeOfSlot(slot, user),
          work.directory,
        ),
      outputSource: (path) => work.outputSource(path),
      discardOutputs: () => work.discardOutputs(),
      remove: () => work.remove(),
    }
  }

  private async pipeOfSlot(slot: number, user: BuildUser | null): Promise<string> {
    const path = join(this.options.directory, `log-${slot}`)
    if (!this.pipes.has(path)) createNamedPipe(path, user)
    this.pipes.add(path)
    return path
  }

  private async launch(
    request: SandboxRequest,
    limits: Limits,
    places: SandboxPlaces,
    user: BuildUser | null,
    pipe: string,
    directory: string,
  ): Promise<RunningSandbox> {
    const argsFile = join(directory, 'args')
    await writeFile(argsFile, bubblewrapArguments(request, places, descriptors), { mode: 0o600 })
    const group = this.options.resourceGroups.create(limits)
    const log = openLogPipe(pipe)
    const args = openSync(argsFile, 'r')
    const filter = openSync(this.seccompFile, 'r')
    try {
      const command = this.commandLine(request, limits, user)
      const child = spawn(command[0] ?? '', command.slice(1), {
        stdio: ['ignore', log.writer, log.writer, args, filter, 'pipe', 'pipe'],
        // Nothing of the server's environment, and nothing of the builder's before it is inside.
        env: { PATH: process.env['PATH'] },
        ...(user ?? {}),
      })
      return supervise(child, log.reader, group, limits, [places.build, places.store])
    } catch (error) {
      log.reader.destroy()
      group.remove()
      throw error
    } finally {
      for (const descriptor of [log.writer, args, filter]) closeSync(descriptor)
    }
  }

  private commandLine(request: SandboxRequest, limits: Limits, user: BuildUser | null): string[] {
    const resourceLimits = ['--core=1']
    if (Number.isFinite(limits.diskBytes))
      resourceLimits.push(`--fsize=${limits.diskBytes + fileSizeSlack}`)
    // Counted for the whole user: only where the user is the slot's own. Some are bubblewrap's.
    if (user !== null && Number.isFinite(limits.processes))
      resourceLimits.push(`--nproc=${limits.processes + 16}`)
    return [
      'prlimit',
      ...resourceLimits,
      'setarch',
      '--addr-no-randomize',
      'bwrap',
      '--args',
      String(descriptors.args),
      '--',
      commandLineText(request.builder),
      ...request.args.map(commandLineText),
    ]
  }
}

/**
 * A builder that is root outside would own the host's device nodes, and could change their modes for
 * everybody. It gets nodes that are nobody's instead. Gives their directory.
 */
function makeDevices(directory: string): string {
  mkdirSync(directory, { recursive: true })
  for (const [name, [major, minor]] of Object.entries(deviceNumbers)) {
    const file = join(directory, name)
    rmSync(file, { force: true })
    const made = spawnSync('mknod', ['-m', '0666', file, 'c', String(major), String(minor)])
    if (made.status !== 0) throw new Error(`cannot make ${file}: ${made.stderr.toString().trim()}`)
    chownSync(file, nobody, nobody)
  }
  return directory
}

/**
 * What in /proc is not of a process: settings of the kernel, which belong to root. A builder that is
 * root outside could write them without any capability; bubblewrap itself protects only a few.
 */
function kernelFiles(): string[] {
  return readdirSync('/proc', { withFileTypes: true })
    .filter((entry) => !/^\d+$/.test(entry.name) && !entry.isSymbolicLink())
    .filter((entry) => entry.isDirectory() || (lstatSync(`/proc/${entry.name}`).mode & 0o222) !== 0)
    .map((entry) => entry.name)
}

/** Node encodes a command line as UTF-8; bytes that are none cannot be said. */
function commandLineText(argument: ByteString): string {
  const bytes = byteStringToBytes(argument)
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

function supervise(
  child: ChildProcess,
  log: Readable,
  group: ReturnType<ResourceGroups['create']>,
  limits: Limits,
  written: string[],
): RunningSandbox {
  let stopped: SandboxExit | null = null
  let innerPid: number | null = null
  let settled = false
  const kill = () => {
    if (settled) return
    // Process 1 of the namespace takes all others with it; the outer one may not have started it.
    if (innerPid !== null) killQuietly(innerPid)
    if (child.pid !== undefined) killQuietly(child.pid)
  }
  const stopAs = (exit: SandboxExit) => {
    stopped ??= exit
    kill()
  }
  const stopAtLimit = (limit: LimitReached) => stopAs({ kind: 'limit', limit })
  const supervisor = new Supervisor(limits, group, written, stopAtLimit)

  // The sandbox waits for a byte until it is in its group, so that no process escapes the limits.
  readInfo(child.stdio[descriptors.info] as Readable, (pid) => {
    innerPid = pid
    try {
      group.add(pid)
    } catch (error) {
      // A sandbox that could not be set up has gone by now, and says so itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH')
        stopAs({ kind: 'setup-failed', reason: `cannot limit the sandbox: ${String(error)}` })
      return
    }
    if (stopped !== null) return kill()
    lowerPriority(pid)
    supervisor.start()
    const block = child.stdio[descriptors.block] as NodeJS.WritableStream
    block.on('error', () => {})
    block.end('1')
  })

  const ended = new Promise<{ exitCode: number } | { error: Error }>((resolve) => {
    child.once('error', (error) => resolve({ error }))
    child.once('exit', (code, signal) => resolve({ exitCode: code ?? (signal ? 128 + 9 : 1) }))
  })
  const complaint = firstBytes(log)
  const kept = log.pipe(new PassThrough())
  log.once('close', () => kept.end())
  log.on('error', () => {})
  const exit = ended.then(async (end): Promise<SandboxExit> => {
    settled = true
    supervisor.stop()
    if ('error' in end) log.destroy()
    else {
      supervisor.check()
      await supervisor.checkDisk()
    }
    group.remove()
    if (stopped !== null) return stopped
    if ('error' in end) return { kind: 'setup-failed', reason: end.error.message }
    return exitOf(end.exitCode, end.exitCode === 0 ? '' : complaint())
  })
  return {
    log: kept,
    exit,
    kill: () => stopAs({ kind: 'killed' }),
    stopAtLimit,
    noteOutput: () => supervisor.noteOutput(),
  }
}

const complaintBytes = 4096

/** Keeps the beginning of what is read from a log. Gives what gives it. */
function firstBytes(log: Readable): () => string {
  let text = ''
  log.on('data', (bytes: Buffer) => {
    if (text.length < complaintBytes) text += bytes.toString('utf8').slice(0, complaintBytes)
  })
  return () => text
}

/** Bubblewrap says into the log why it could not start the builder, and ends with 1. */
function exitOf(exitCode: number, firstOutput: string): SandboxExit {
  const [, said] = /^bwrap: ([^\n]*)\n$/.exec(firstOutput) ?? []
  if (exitCode === 1 && said !== undefined) {
    const [, program, reason] = /^execvp (.*): (.*?)$/.exec(said) ?? []
    if (program === undefined) return { kind: 'setup-failed', reason: said }
    return { kind: 'exited', exitCode, notExecuted: `executing '${program}': ${reason}` }
  }
  return { kind: 'exited', exitCode }
}

/** The server must be able to stop a build, however busy that keeps the machine. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, builderNiceness)
  } catch {
    // It has gone already.
  }
}

/** Bubblewrap tells the process id of process 1, as seen from outside, in JSON. */
function readInfo(info: Readable, onPid: (pid: number) => void): void {
  let text = ''
  let told = false
  info.on('error', () => {})
  info.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
    if (told || pid === undefined) return
    told = true
    onPid(Number(pid))
  })
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone already.
  }
}
