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
import type { Launcher } from './launcher'
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
export async function findLauncher(directory: string, shell: string): Promise<Launcher> {
  const architecture = architectures[process.arch]
  if (architecture === undefined)
    throw new NoSandbox(`builds need an x86_64 or aarch64 processor, not ${process.arch}`)
  const version = bubblewrapVersion()
  if (version === null)
    throw new NoSandbox(
      'bubblewrap is not installed: run "apt-get install bubblewrap" as root, then start again',
    )
  await removeTree(directory)
  mkdirSync(directory, { recursive: true })
  removeStaleGroups()
  const resourceGroups = findResourceGroups()
  const failures: string[] = []
  for (const userOfSlot of candidates()) {
    const options = { directory, architecture, resourceGroups, userOfSlot, version }
    const launcher = new BubblewrapLauncher(options)
    const failure = await tryOut(launcher, shell)
    if (failure === null) return launcher
    failures.push(failure)
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

/** Runs a builder that only ends. Gives what went wrong, or null. */
async function tryOut(launcher: Launcher, shell: string): Promise<string | null> {
  const workspace = await launcher.createWorkspace(0)
  try {
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-c', 'echo > /build/file'],
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
    if (exit.kind === 'exited' && exit.exitCode === 0) return null
    return exit.kind === 'setup-failed' ? exit.reason : output.trim() || exit.kind
  } finally {
    await workspace.remove()
  }
}
