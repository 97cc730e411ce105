/** Sandboxes by the launcher in C (backend/launcher). */
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { ForeignFormat, ForeignSystem } from './foreign-format'
import { LaunchServer } from './launch-server'
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
  private readonly server: LaunchServer
  private readonly mountPoint: string
  private readonly foreign = new Map<string, { format: ForeignFormat; shell: string }>()

  constructor(
    binary: LauncherBinary,
    private readonly options: LauncherOptions,
  ) {
    const { directory, userOfSlot, resourceGroups } = options
    const user = userOfSlot(0)
    const who = user === null ? "the server's own user" : `users from ${user.uid} on`
    this.details = `the launcher in C (${binary.compiler}), builders are ${who}, limits by ${resourceGroups.name}`
    // Others may pass through to their own workspace, whose name nobody can guess, not look around.
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, 0o711)
    this.mountPoint = join(directory, 'root')
    mkdirSync(this.mountPoint, { recursive: true })
    const filterFile = join(directory, 'seccomp.bpf')
    writeFileSync(filterFile, seccompProgram(options.architecture))
    this.filter = openSync(filterFile, 'r')
    this.server = new LaunchServer(binary.path, join(directory, 'launcher'), this.filter)
  }

  /** Only root can map the users that setting it up takes. */
  addForeignSystem({ system, format }: ForeignSystem, shell: string): void {
    if (this.options.userOfSlot(0) !== null) this.foreign.set(system, { format, shell })
  }

  async createWorkspace(slot: number): Promise<Workspace> {
    const { directory, userOfSlot } = this.options
    const places = await WorkDirectories.create(directory, userOfSlot(slot))
    let unmounted = Promise.resolve()
    return {
      user: places.user,
      buildDirectory: places.build,
      buildDirectoryInside: '/build',
      writeBuildFile: (name, contents) => places.writeBuildFile(name, contents),
      launch: async (request, limits) => {
        await unmounted
        const sandbox = await this.launch(request, limits, places)
        unmounted = sandbox.unmounted
        return sandbox
      },
      outputSource: (path) => places.outputSource(path),
      discardOutputs: () => unmounted.then(() => places.discardOutputs()),
      remove: () => unmounted.then(() => places.remove()),
    }
  }

  private async launch(
    request: SandboxRequest,
    limits: Limits,
    places: WorkDirectories,
  ): Promise<NativeSandbox> {
    const group = this.options.resourceGroups.create(limits)
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
          hidesMounts: this.options.hidesMounts,
        },
      )
      const connection = await this.server.connect()
      connection.write(message)
      return new NativeSandbox(connection, group, limits, places, request)
    } catch (error) {
      group.remove()
      throw error
    }
  }

  /** Only for tests: a server has one launcher as long as it runs. */
  close(): void {
    this.server.close()
    closeSync(this.filter)
  }
}

/** Of a frame: a letter and the length of what follows. */
const headerBytes = 5

class NativeSandbox implements RunningSandbox {
  readonly log = new PassThrough()
  readonly exit: Promise<SandboxExit>
  /** When the launcher's process has gone: nothing is mounted in the workspace any more. */
  readonly unmounted: Promise<void>
  readonly terminal?: SandboxTerminal
  private readonly supervisor: Supervisor
  /** Why it was killed from here. */
  private stopped: SandboxExit | null = null
  /** What the launcher said. */
  private told: SandboxExit | null = null
  /** Nobody reads the log any more, and the end is to be heard all the same. */
  private discards = false
  private ended = false
  private pending: Buffer = Buffer.alloc(0)
  private settle!: (exit: SandboxExit) => void

  constructor(
    private readonly connection: Socket,
    private readonly group: ResourceGroup,
    limits: Limits,
    places: WorkDirectories,
    { terminal }: SandboxRequest,
  ) {
    this.exit = new Promise((resolve) => (this.settle = resolve))
    const written = [places.build, places.store]
    this.supervisor = new Supervisor(limits, group, written, (limit) => this.stopAtLimit(limit))
    connection.on('data', (bytes: Buffer) => this.receive(bytes))
    // Whoever is told to stop may just have ended.
    connection.on('error', () => {})
    this.unmounted = new Promise((resolve) => connection.once('close', () => resolve()))
    void this.unmounted.then(() => this.end())
    this.log.on('drain', () => connection.resume())
    if (terminal === undefined) return
    this.resize(terminal.columns, terminal.rows)
    this.terminal = {
      write: (bytes) => {
        this.say(`input ${bytes.length}\n`)
        if (this.told === null) connection.write(bytes)
      },
      resize: (columns, rows) => this.resize(columns, rows),
    }
  }

  private receive(bytes: Buffer): void {
    let data = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes])
    while (data.length >= headerBytes) {
      const end = headerBytes + data.readUInt32LE(1)
      if (data.length < end) break
      const contents = data.subarray(headerBytes, end)
      if (data[0] === 0x6f) this.show(contents)
      else this.hear(contents.toString('utf8'))
      data = data.subarray(end)
    }
    this.pending = data
  }

  /** Who reads slowly is waited for, and so is whoever writes inside. */
  private show(output: Buffer): void {
    if (this.discards) return
    if (!this.log.write(output)) this.connection.pause()
  }

  /** Takes an event that the launcher tells. */
  private hear(event: string): void {
    const space = event.indexOf(' ')
    const rest = event.slice(space + 1)
    switch (event.slice(0, space)) {
      case 'started':
        // The launcher has put it into control groups itself.
        if (this.group.processFiles.length === 0) this.group.add(Number(rest))
        this.supervisor.start()
        return
      case 'exited':
        return this.endWith({ kind: 'exited', exitCode: Number(rest) })
      case 'signalled':
        return this.endWith({
          kind: 'exited',
          exitCode: 128 + Number(rest),
          signal: Number(rest),
        })
      case 'not-executed':
        return this.endWith({ kind: 'exited', exitCode: 1, notExecuted: rest })
      case 'failed':
        this.told ??= { kind: 'setup-failed', reason: rest }
    }
  }

  /** Takes the launcher's last word. */
  private endWith(exit: SandboxExit): void {
    this.told = exit
    void this.end()
    // Nothing follows but the end of the connection, which is not to wait for whoever reads the log.
    this.discards = true
    this.connection.resume()
  }

  /** Every process of the sandbox has gone. */
  private async end(): Promise<void> {
    if (this.ended) return
    this.ended = true
    this.log.end()
    this.supervisor.stop()
    this.supervisor.check()
    await this.supervisor.checkDisk()
    this.group.remove()
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
    this.say('kill\n')
    if (!this.connection.isPaused()) return
    this.discards = true
    this.connection.resume()
  }

  private resize(columns: number, rows: number): void {
    this.say(`resize ${columns} ${rows}\n`)
  }

  private say(line: string): void {
    if (this.told === null && this.connection.writable) this.connection.write(line)
  }
}
