/** What a server builds with, put together: sandbox, queue, goals, and shells beside them. */
import { join } from 'node:path'
import { busyboxSeeds } from '@snowglobe/shared/busybox-seed'
import { Builder } from '../build/builder'
import { defaultSystemFeatures } from '../build/build-settings'
import type { LogArchive } from '../build/log-archive'
import { FairLine } from '../build/fair-line'
import { LocalQueue } from '../build/queue'
import type { NetworkServices } from '../cache/network-services'
import { findLauncher, NoSandbox, ownSystem } from '../sandbox/find-launcher'
import type { Launcher } from '../sandbox/launcher'
import { describeLimit } from '../sandbox/limits'
import { addForeignSystem } from './foreign-builds'
import { ensureBusyboxSeed, SeedError } from '../seed/busybox'
import { KeptBuilds } from '../shell/kept-builds'
import { Shells } from '../shell/shells'
import type { DiskStore } from '../store/disk-store'
import type { Configuration } from './configuration'

export interface BuildsOptions extends Configuration {
  store: DiskStore
  archive: LogArchive
  network: NetworkServices
  /** How long a build goes on after its last watcher has gone. */
  graceMilliseconds: number
  /** Where the compiled launcher is kept. */
  launcherDirectory: string
  report: (message: string) => void
}

/** What is needed to build, or the reason why nothing can be built. */
export type Builds =
  | {
      builder: Builder
      shells: Shells
      launcher: Launcher
      /** What derivations may ask for. */
      systems: readonly string[]
      /** Stops everything, and waits until it has gone. */
      close(): Promise<void>
    }
  | { reason: string }

/** Prepares the sandbox and what uses it. Never throws because there can be none. */
export async function prepareBuilds(options: BuildsOptions): Promise<Builds> {
  try {
    return await open(options)
  } catch (error) {
    if (error instanceof NoSandbox || error instanceof SeedError) return { reason: error.message }
    throw error
  }
}

async function open(options: BuildsOptions): Promise<Builds> {
  const { store, archive, network, limits, publicLimits, cores, report } = options
  const system = ownSystem()
  if (system === null) throw new NoSandbox(`builds need Linux, not ${process.platform}`)
  const shell = await ensureBusyboxSeed(store, system)
  const tools = busyboxSeeds[system]!.path
  // Nearly every derivation needs it, and tabs do not send what was there once.
  await store.setRoot('snowglobe-tools', tools)
  const launcher = await findLauncher({
    directory: join(options.dataDirectory, 'builds'),
    binaryDirectory: options.launcherDirectory,
    shell,
    controlGroups: options.controlGroups,
    kinds: options.launchers,
  })
  const systems = [system]
  // In its own time: its seed may have to be fetched.
  const foreign = options.emulation ? addForeignSystem(launcher, store) : Promise.resolve(null)
  void foreign
    .then((other) => other !== null && systems.push(other))
    .catch((error: unknown) => report(`programs of another processor: ${String(error)}`))
  const kept = new KeptBuilds({
    most: publicLimits.keptBuilds,
    bytes: publicLimits.keptBytes,
    seconds: publicLimits.keptSeconds,
  })
  const builder = new Builder({
    context: {
      store,
      settings: {
        systems,
        systemFeatures: [...defaultSystemFeatures, 'ca-derivations'].sort(),
        cores,
        keepGoing: false,
        keepFailed: false,
        fallback: true,
        substitute: options.substitution.substitute,
        alwaysAllowSubstitutes: false,
        logLines: 25,
        sandbox: 'true',
        experimentalFeatures: new Set(['ca-derivations', 'impure-derivations']),
        // Nothing of the server's environment is anybody's business.
        environmentVariable: () => undefined,
      },
      queue: new LocalQueue(options.jobs, new FairLine()),
      launcher: () => Promise.resolve(launcher),
      limits,
      describeLimit: (limit, drvPath) => `building of '${drvPath}' ${describeLimit(limit)}`,
      shell,
      // Nobody else has the data directory.
      locker: null,
      archive,
      retainedLog: Infinity,
      substitution: options.substitution.substitute ? network.substitution : null,
      fetcher: options.fetch.enabled ? network.fixedOutputs : null,
      ...(options.fetch.builders ? { openEgress: network.egress.open } : {}),
      keepWorkspace: async (drvPath, workspace) =>
        launcher.terminals && (await kept.keep(drvPath, workspace)),
      report,
      unexpected: (error, doing) => {
        report(`${doing}: ${error instanceof Error ? error.stack : String(error)}`)
        return "an internal error, see the server's log"
      },
    },
    queueCapacity: publicLimits.queueLength,
    graceMilliseconds: options.graceMilliseconds,
  })
  const shells = new Shells({
    store,
    launcher,
    limits,
    shellLimits: publicLimits,
    kept,
    shell,
    tools,
    cores,
    firstSlot: options.jobs,
  })
  return {
    builder,
    shells,
    launcher,
    systems,
    async close() {
      await foreign.catch(() => {})
      await Promise.all([builder.close(), shells.close()])
      await kept.close()
    },
  }
}
