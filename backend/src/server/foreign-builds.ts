/** Builds for another processor than this machine's, where QEMU is installed. */
import { findForeignSystem } from '../sandbox/foreign-format'
import type { Launcher } from '../sandbox/launcher'
import { defaultLimits } from '../sandbox/limits'
import { ensureBusyboxSeed, SeedError } from '../seed/busybox'
import type { DiskStore } from '../store/disk-store'

/**
 * Lets a launcher run programs of another system, if that works on this machine. Gives the system, or
 * null.
 */
export async function addForeignSystem(
  launcher: Launcher,
  store: DiskStore,
): Promise<string | null> {
  const foreign = findForeignSystem()
  if (foreign === null || launcher.addForeignSystem === undefined) return null
  try {
    const shell = await ensureBusyboxSeed(store, foreign.system)
    launcher.addForeignSystem(foreign, shell)
    return (await runs(launcher, foreign.system, shell)) ? foreign.system : null
  } catch (error) {
    if (error instanceof SeedError) return null
    throw error
  }
}

/** Whether a program of the system runs in a sandbox, and a program that this one starts. */
async function runs(launcher: Launcher, system: string, shell: string): Promise<boolean> {
  const workspace = await launcher.createWorkspace(0)
  try {
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-c', '/bin/sh -c "exit 42"'],
        environment: [],
        storeDir: '/nix/store',
        inputs: [],
        shell,
        system,
      },
      defaultLimits,
    )
    sandbox.log.resume()
    const exit = await sandbox.exit
    return exit.kind === 'exited' && exit.exitCode === 42
  } finally {
    await workspace.remove()
  }
}
