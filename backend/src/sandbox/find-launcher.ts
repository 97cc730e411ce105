/** Finds out how builds can be sandboxed on this machine. */
import { mkdirSync } from 'node:fs'
import { removeTree } from '../store/remove-tree'
import { BubblewrapLauncher, bubblewrapVersion } from './bubblewrap'
import { findResourceGroups, removeStaleGroups } from './control-groups'
import { closeInheritedDescriptors } from './inherited-descriptors'
import type { Launcher, LauncherOptions } from './launcher'
import { launcherBinary } from './launcher-binary'
import { NativeLauncher } from './native-launcher'
import { processTrees } from './process-tree'
import { ProvenLauncher } from './proven-launcher'
import type { ResourceGroups } from './resource-group'
import type { Architecture } from './seccomp'
import { runTrial } from './trial-builder'
import { unlimitedGroups } from './unlimited-group'
import { dedicatedUser } from './work-directories'

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

export const launcherKinds = ['native', 'bubblewrap'] as const
export type LauncherKind = (typeof launcherKinds)[number]

export interface FindLauncherOptions {
  /** Where builds are made; emptied. */
  directory: string
  /** Where the compiled launcher is kept. */
  binaryDirectory: string
  /** A static shell of this machine. */
  shell: string
  controlGroups: boolean
  /**
   * Whether builds may be anybody's, as on a server: they have limits on what they use, and are not told
   * what is mounted. For a person's own commands both are as with Nix.
   */
  ofStrangers?: boolean
  /** Which to try, in this order. */
  kinds?: readonly LauncherKind[]
  /** Whether a launcher in C that somebody has just tried out is taken without a trial. */
  remembers?: boolean
}

/**
 * A launcher that has been tried out, now or by who is remembered: the one in C where it can be compiled, else bubblewrap. Started
 * as root, builders get users of their own if that works; it does not for bubblewrap where the data
 * directory is closed to others. Throws NoSandbox.
 */
export async function findLauncher(find: FindLauncherOptions): Promise<Launcher> {
  const { directory, shell, kinds = launcherKinds, ofStrangers: hidesMounts = true } = find
  const architecture = architectures[process.arch]
  if (architecture === undefined)
    throw new NoSandbox(`builds need an x86_64 or aarch64 processor, not ${process.arch}`)
  closeInheritedDescriptors()
  await removeTree(directory)
  mkdirSync(directory, { recursive: true })
  const resourceGroups = groupsFor(find)
  const proven = find.remembers === true ? ProvenLauncher.of(find.binaryDirectory, shell) : null
  const known = kinds[0] === 'native' ? (proven?.recall() ?? null) : null
  const failures: string[] = []
  for (const kind of kinds)
    for (const userOfSlot of candidates(kind)) {
      try {
        const options = { directory, architecture, resourceGroups, userOfSlot, hidesMounts }
        if (kind === 'bubblewrap') return await triedOut(bubblewrap(options), shell)
        const binary = known ?? launcherBinary(find.binaryDirectory)
        const launcher = new NativeLauncher(binary, options)
        if (known === null) await triedOut(launcher, shell)
        if (known === null) proven?.remember(binary)
        return proven?.watch(launcher) ?? launcher
      } catch (error) {
        failures.push((error as Error).message)
      }
    }
  throw new NoSandbox(
    `no sandbox can be made here (${[...new Set(failures)].join('; ')}). If user namespaces are ` +
      'switched off, run "sysctl kernel.unprivileged_userns_clone=1" or ' +
      '"sysctl kernel.apparmor_restrict_unprivileged_userns=0" as root, then start again',
  )
}

function groupsFor({ ofStrangers = true, controlGroups }: FindLauncherOptions): ResourceGroups {
  if (!ofStrangers) return unlimitedGroups
  removeStaleGroups()
  return controlGroups ? findResourceGroups() : processTrees
}

function bubblewrap(options: LauncherOptions): Launcher {
  const version = bubblewrapVersion()
  if (version === null)
    throw new Error(
      'bubblewrap is not installed: run "apt-get install bubblewrap" as root, then start again',
    )
  return new BubblewrapLauncher({ ...options, version })
}

/** Who builders may be on this machine. The launcher in C makes nobody's builder root. */
function candidates(kind: LauncherKind): LauncherOptions['userOfSlot'][] {
  const oneself = () => null
  if (dedicatedUser(0) === null) return [oneself]
  return kind === 'native' ? [dedicatedUser] : [dedicatedUser, oneself]
}

/** The launcher, tried out. Throws an Error that says what went wrong. */
async function triedOut(launcher: Launcher, shell: string): Promise<Launcher> {
  const script = 'echo > /build/file; echo > /dev/null'
  const { exit, output } = await runTrial(launcher, script, { shell })
  if (exit.kind === 'exited' && exit.exitCode === 0) return launcher
  throw new Error(exit.kind === 'setup-failed' ? exit.reason : output.trim() || exit.kind)
}
