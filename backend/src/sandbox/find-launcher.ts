/** Finds out how builds can be sandboxed on this machine. */
import { mkdirSync } from 'node:fs'
import { removeTree } from '../store/remove-tree'
import {
  BubblewrapLauncher,
  bubblewrapVersion,
  dedicatedUser,
  type BubblewrapOptions,
} from './bubblewrap'
import { findResourceGroups, removeStaleGroups } from './control-groups'
import { closeInheritedDescriptors } from './inherited-descriptors'
import type { Launcher } from './launcher'
import { processTrees } from './process-tree'
import { defaultLimits } from './limits'
import type { Architecture } from './seccomp'

/** No sandbox can be made; the message says why and what the operator can do. */
export class NoSandbox extends Error {
  override name = 'NoSandbox'
}

const architectures: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }

/** The system of this machine, like "x86_64-linux"; null if builds are not possible on it. */
export function ownSystem(): string | null {
  const architecture = architectures[process.arch]
  return architecture === undefined || process.platform !== 'linux' ? null : `${architecture}-linux`
}

/**
 * A launcher that has been tried out. Started as root, builders get users of their own if that
 * works; it does not where the data directory is closed to others. `directory` is emptied. Throws
 * NoSandbox.
 */
export async function findLauncher({
  directory,
  shell,
  controlGroups,
}: {
  directory: string
  shell: string
  controlGroups: boolean
}): Promise<Launcher> {
  const architecture = architectures[process.arch]
  if (architecture === undefined)
    throw new NoSandbox(`builds need an x86_64 or aarch64 processor, not ${process.arch}`)
  const version = bubblewrapVersion()
  if (version === null)
    throw new NoSandbox(
      'bubblewrap is not installed: run "apt-get install bubblewrap" as root, then start again',
    )
  closeInheritedDescriptors()
  await removeTree(directory)
  mkdirSync(directory, { recursive: true })
  removeStaleGroups()
  const resourceGroups = controlGroups ? findResourceGroups() : processTrees
  const failures: string[] = []
  for (const userOfSlot of candidates()) {
    const options = { directory, architecture, resourceGroups, userOfSlot, version }
    try {
      const launcher = new BubblewrapLauncher(options)
      await tryOut(launcher, shell)
      return launcher
    } catch (error) {
      failures.push((error as Error).message)
    }
  }
  throw new NoSandbox(
    `bubblewrap cannot make a sandbox here (${failures.at(-1)}). If user namespaces are switched ` +
      'off, run "sysctl kernel.unprivileged_userns_clone=1" or ' +
      '"sysctl kernel.apparmor_restrict_unprivileged_userns=0" as root, then start again',
  )
}

function candidates(): BubblewrapOptions['userOfSlot'][] {
  const oneself = () => null
  return dedicatedUser(0) === null ? [oneself] : [dedicatedUser, oneself]
}

/** Runs a builder that does next to nothing. Throws an Error that says what went wrong. */
async function tryOut(launcher: Launcher, shell: string): Promise<void> {
  const workspace = await launcher.createWorkspace(0)
  try {
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-ec', 'echo > /build/file; echo > /dev/null'],
        environment: [],
        storeDir: '/nix/store',
        inputs: [],
        shell,
      },
      defaultLimits,
    )
    let output = ''
    sandbox.log.on('data', (bytes: Buffer) => (output += bytes.toString()))
    const exit = await sandbox.exit
    if (exit.kind === 'exited' && exit.exitCode === 0) return
    throw new Error(exit.kind === 'setup-failed' ? exit.reason : output.trim() || exit.kind)
  } finally {
    await workspace.remove()
  }
}
