/** Builds for another processor than this machine's, where QEMU is installed. */
import { findForeignSystem } from '../sandbox/foreign-format'
import type { Launcher } from '../sandbox/launcher'
import { runTrial } from '../sandbox/trial-builder'
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
    // A program of the system, and one that this one starts.
    const { system } = foreign
    const { exit } = await runTrial(launcher, '/bin/sh -c "exit 42"', { shell, system })
    return exit.kind === 'exited' && exit.exitCode === 42 ? system : null
  } catch (error) {
    if (error instanceof SeedError) return null
    throw error
  }
}
