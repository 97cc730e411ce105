/** Opens shells in sandboxes, within limits of their own. */
import { spawn } from 'node:child_process'
import { chown } from 'node:fs/promises'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { DerivationError } from '@snowglobe/shared/derivation'
import type { ShellRequest } from '@snowglobe/shared/messages'
import type { Launcher, RunningSandbox, Workspace } from '../sandbox/launcher'
import type { Limits } from '../sandbox/limits'
import type { Hold } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'
import type { KeptBuilds } from './kept-builds'
import { shellSetting, type ShellSetting } from './shell-setting'

export interface ShellLimits {
  /** Shells at a time. */
  shells: number
  /** Without a key or a byte of output. */
  shellIdleSeconds: number
  /** Of one shell, whatever happens in it. */
  shellSeconds: number
}

export interface ShellsOptions {
  store: DiskStore
  launcher: Launcher
  limits: Limits
  shellLimits: ShellLimits
  kept: KeptBuilds
  /** A static shell of this machine. */
  shell: string
  /** A store path with tools in `bin`. */
  tools: ByteString
  cores: number
  /** The first slot of sandboxes that no build uses. */
  firstSlot: number
}

export interface OpenShell {
  sandbox: RunningSandbox
  directory: ShellRequest['directory']
  /** Ends when everything is tidied up. */
  closed: Promise<void>
}

/** A shell cannot be opened; the message says why and what to do. */
export class ShellRefused extends Error {
  override name = 'ShellRefused'

  constructor(
    message: string,
    readonly limit: string | null = null,
  ) {
    super(message)
  }
}

export class Shells {
  private readonly free: number[]
  private readonly open = new Set<OpenShell>()

  constructor(private readonly options: ShellsOptions) {
    const { shellLimits, firstSlot } = options
    this.free = Array.from({ length: shellLimits.shells }, (_, index) => firstSlot + index)
  }

  get running(): number {
    return this.open.size
  }

  /** Throws ShellRefused. */
  async start(request: ShellRequest): Promise<OpenShell> {
    const { store, launcher, shellLimits } = this.options
    const drvPath = utf8ToByteString(request.derivation)
    if (!launcher.terminals)
      throw new ShellRefused('this server has no terminals: it needs a compiler for C (cc)')
    if (!drvPath.endsWith('.drv') || !store.isValidPath(drvPath))
      throw new ShellRefused(`the derivation '${request.derivation}' is not in this store`)
    const slot = this.free.pop()
    if (slot === undefined)
      throw new ShellRefused(
        `all shells are in use (limit shells = ${shellLimits.shells}); try again in a while`,
        'shells',
      )
    let workspace: Workspace | undefined
    let hold: Hold | undefined
    try {
      workspace = await launcher.createWorkspace(slot)
      const directory = await this.fill(workspace, drvPath, request)
      const setting = this.settingFor(workspace, drvPath, request)
      hold = await store.hold([...setting.visible])
      const sandbox = await this.launch(workspace, setting, directory)
      const closed = this.tidyUp(sandbox, workspace, hold, slot)
      const shell: OpenShell = { sandbox, directory, closed }
      this.open.add(shell)
      void shell.closed.then(() => this.open.delete(shell))
      return shell
    } catch (error) {
      await hold?.release()
      await workspace?.remove()
      this.free.push(slot)
      if (error instanceof DerivationError) throw new ShellRefused(error.message)
      throw error
    }
  }

  /** Ends all shells, and waits until they have gone. */
  async close(): Promise<void> {
    const open = [...this.open]
    for (const { sandbox } of open) sandbox.kill()
    await Promise.all(open.map(({ closed }) => closed))
  }

  /** Each shell has a copy of what was left behind: nobody changes what the next one sees. */
  private async fill(
    workspace: Workspace,
    drvPath: ByteString,
    request: ShellRequest,
  ): Promise<ShellRequest['directory']> {
    if (request.directory === 'empty') return 'empty'
    const found = await this.options.kept.use(drvPath, (from) => copyContents(from, workspace))
    return found ? 'failed' : 'empty'
  }

  private settingFor(
    workspace: Workspace,
    drvPath: ByteString,
    { columns, rows }: ShellRequest,
  ): ShellSetting {
    const { store, shell, tools, cores } = this.options
    return shellSetting(store, drvPath, workspace, { shell, tools, cores, columns, rows })
  }

  private async launch(
    workspace: Workspace,
    { request, files, visible }: ShellSetting,
    directory: ShellRequest['directory'],
  ): Promise<RunningSandbox> {
    const { store, limits, shellLimits } = this.options
    // Garbage may have been collected until they were held.
    for (const path of visible)
      if (!store.isValidPath(path))
        throw new ShellRefused('an input has just been deleted; try again')
    if (directory === 'empty')
      for (const [name, contents] of files) await workspace.writeBuildFile(name, contents)
    return workspace.launch(request, {
      ...limits,
      wallClockSeconds: shellLimits.shellSeconds,
      silenceSeconds: shellLimits.shellIdleSeconds,
    })
  }

  private async tidyUp(
    sandbox: RunningSandbox,
    workspace: Workspace,
    hold: Hold,
    slot: number,
  ): Promise<void> {
    await sandbox.exit
    await hold.release()
    await workspace.remove()
    this.free.push(slot)
  }
}

/** Copies a build directory with all that is in it, for the user of another slot. */
async function copyContents(from: Workspace, to: Workspace): Promise<void> {
  await run('cp', ['-a', '--reflink=auto', '--', `${from.buildDirectory}/.`, to.buildDirectory])
  if (to.user === null) return
  const { uid, gid } = to.user
  await run('chown', ['-hR', `${uid}:${gid}`, '--', to.buildDirectory])
  await chown(to.buildDirectory, uid, gid)
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore' })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with exit code ${code}`)),
    )
  })
}
