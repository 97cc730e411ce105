/** Sandboxes by the launcher in C (backend/launcher). */
import { spawn } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import type { ForeignFormat, ForeignSystem } from './foreign-format'
import type { LauncherBinary } from './launcher-binary'
import type {
  Launcher,
  LauncherOptions,
  RunningSandbox,
  SandboxExit,
  SandboxRequest,
  SandboxTerminal,
  Workspace,
} from './launcher'
import type { LimitReached, Limits } from './limits'
import { nativeRequest } from './native-request'
import { PseudoTerminal } from './pseudo-terminal'
import type { ResourceGroup } from './resource-group'
import { seccompProgram } from './seccomp'
import { Supervisor } from './supervisor'
import { WorkDirectories } from './work-directories'

export class NativeLauncher implements Launcher {
  readonly name = 'the launcher in C'
  readonly details: string
  readonly network = true
  readonly terminals = true
  private readonly filter: number
  private readonly mountPoint: string
  private readonly foreign = new Map<string, { format: ForeignFormat; shell: string }>()

  constructor(
    private readonly binary: LauncherBinary,
    private readonly options: LauncherOptions,
  ) {
    const user = options.userOfSlot(0)
    const who = user === null ? "the server's own user" : `users from ${user.uid} on`
    this.details = `the launcher in C (${binary.compiler}), builders are ${who}, limits by ${options.resourceGroups.name}`
    // Others may pass through to their own workspace, whose name nobody can guess, not look around.
    mkdirSync(options.directory, { recursive: true })
    chmodSync(options.directory, 0o711)
    this.mountPoint = join(options.directory, 'root')
    mkdirSync(this.mountPoint, { recursive: true })
    const filterFile = join(options.directory, 'seccomp.bpf')
    writeFileSync(filterFile, seccompProgram(options.architecture))
    this.filter = openSync(filterFile, 'r')
  }

  /** Only root can map the users that setting it up takes. */
  addForeignSystem({ system, format }: ForeignSystem, shell: string): void {
    if (this.options.userOfSlot(0) !== null) this.foreign.set(system, { format, shell })
  }

  async createWorkspace(slot: number): Promise<Workspace> {
    const { directory, userOfSlot } = this.options
    const places = await WorkDirectories.create(directory, userOfSlot(slot))
    return {
      user: places.user,
      buildDirectory: places.build,
      buildDirectoryInside: '/build',
      writeBuildFile: (name, contents) => places.writeBuildFile(name, contents),
      launch: async (request, limits) => this.launch(request, limits, places),
      outputSource: (path) => places.outputSource(path),
      discardOutputs: () => places.discardOutputs(),
      remove: () => places.remove(),
    }
  }

  private launch(request: SandboxRequest, limits: Limits, places: WorkDirectories): RunningSandbox {
    const group = this.options.resourceGroups.create(limits)
    let terminal: PseudoTerminal | undefined
    const foreign = this.foreign.get(request.system ?? '') ?? null
    const shell = foreign?.shell ?? request.shell
    try {
      const message = nativeRequest(
        { ...request, shell },
        {
          mountPoint: this.mountPoint,
          places,
          limits,
          groups: group.processFiles,
          foreign: foreign?.format ?? null,
        },
      )
      terminal = new PseudoTerminal()
      const child = spawn(this.binary.path, [], {
        stdio: ['ignore', 'ignore', 'inherit', 'pipe', this.filter, terminal.descriptor],
        env: {},
      })
      const control = child.stdio[3] as Duplex
      control.write(message)
      const sandbox = new NativeSandbox(control, terminal, group, limits, places, request)
      child.once('error', (error) => sandbox.hear(`failed ${error.message}`))
      child.once('exit', () => void sandbox.end())
      return sandbox
    } catch (error) {
      terminal?.close()
      group.remove()
      throw error
    }
  }

  /** Only for tests: a server has one launcher as long as it runs. */
  close(): void {
    closeSync(this.filter)
  }
}

class NativeSandbox implements RunningSandbox {
  readonly log: Readable
  readonly exit: Promise<SandboxExit>
  readonly terminal?: SandboxTerminal
  private readonly supervisor: Supervisor
  /** Why it was killed from here. */
  private stopped: SandboxExit | null = null
  /** What the launcher said. */
  private told: SandboxExit | null = null
  private readonly allTold: Promise<void>
  private settle!: (exit: SandboxExit) => void

  constructor(
    private readonly control: Duplex,
    private readonly pty: PseudoTerminal,
    private readonly group: ResourceGroup,
    limits: Limits,
    places: WorkDirectories,
    { terminal }: SandboxRequest,
  ) {
    this.log = pty.output
    this.exit = new Promise((resolve) => (this.settle = resolve))
    const written = [places.build, places.store]
    this.supervisor = new Supervisor(limits, group, written, (limit) => this.stopAtLimit(limit))
    this.allTold = this.hearAll(control)
    if (terminal === undefined) return
    this.resize(terminal.columns, terminal.rows)
    this.terminal = {
      write: (bytes: Buffer) => this.pty.write(bytes),
      resize: (columns: number, rows: number) => this.resize(columns, rows),
    }
  }

  /** Ends when the launcher has closed its end. */
  private hearAll(control: Duplex): Promise<void> {
    let rest = ''
    control.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString('utf8')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.hear(line)
    })
    return new Promise((resolve) => {
      // Whoever is told to stop may just have ended.
      control.on('error', () => resolve())
      control.once('close', () => resolve())
    })
  }

  /** Takes one line of what the launcher says. */
  hear(line: string): void {
    const space = line.indexOf(' ')
    const event = line.slice(0, space)
    const rest = line.slice(space + 1)
    switch (event) {
      case 'started':
        // The launcher has put it into control groups itself.
        if (this.group.processFiles.length === 0) this.group.add(Number(rest))
        this.supervisor.start()
        return
      case 'exited':
        this.told = { kind: 'exited', exitCode: Number(rest) }
        return
      case 'signalled':
        this.told = { kind: 'exited', exitCode: 128 + Number(rest), signal: Number(rest) }
        return
      case 'not-executed':
        this.told = { kind: 'exited', exitCode: 1, notExecuted: rest }
        return
      case 'failed':
        this.told ??= { kind: 'setup-failed', reason: rest }
    }
  }

  /** The launcher has gone, and every process of the sandbox with it. */
  async end(): Promise<void> {
    await this.allTold
    this.supervisor.stop()
    this.supervisor.check()
    await this.supervisor.checkDisk()
    this.group.remove()
    // Where it never came to opening it, nobody closes the other end.
    if (this.told === null || this.told.kind === 'setup-failed') this.pty.close()
    this.settle(
      this.stopped ??
        this.told ?? { kind: 'setup-failed', reason: 'the launcher ended without a word' },
    )
  }

  kill(): void {
    this.stop({ kind: 'killed' })
  }

  stopAtLimit(limit: LimitReached): void {
    this.stop({ kind: 'limit', limit })
  }

  noteOutput(): void {
    this.supervisor.noteOutput()
  }

  private stop(exit: SandboxExit): void {
    this.stopped ??= exit
    if (this.told === null) this.control.write('kill\n')
  }

  private resize(columns: number, rows: number): void {
    this.control.write(`resize ${columns} ${rows}\n`)
  }
}
