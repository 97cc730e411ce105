/** `nix-store --realise`: what is not there is substituted or built by the goals that nix-build has, too. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { HostedStore } from '@snowglobe/worker/commands/store-host'
import { describePlan } from '@snowglobe/worker/commands/build-plan'
import type { WantedOutput } from '@snowglobe/worker/commands/command-builder'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { StoreError } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'
import type { StoreLocation } from './store-location'

/** Realises in a store, with a command's settings. */
export function realiseIn(
  store: DiskStore,
  location: StoreLocation,
  settings: Settings,
  writeError: (text: ByteString) => void,
): HostedStore['realise'] {
  return async (wanted, { mode, dryRun, showPlan = true }) => {
    const outputs: WantedOutput[] = []
    /** No derivation is known to make them. */
    const paths: ByteString[] = []
    for (const { path, outputs: names } of wanted) {
      if (mode === 'repair') {
        if (await isRepairedFromCache(store, settings, path, writeError)) continue
        outputs.push(madeBy(store, path))
        continue
      }
      if (path.endsWith('.drv') && store.isValidPath(path)) {
        const all = [...store.readDerivation(path).outputs.keys()]
        for (const name of names.length === 0 ? all : names) {
          if (!all.includes(name))
            throw new StoreError(`derivation '${path}' does not have an output named '${name}'`)
          outputs.push({ drvPath: path, output: name })
        }
      } else if (!store.isValidPath(path)) paths.push(path)
    }
    if (outputs.length === 0 && paths.length === 0) return 0
    const { HostBuilder } = await import('./host-builder')
    const builder = new HostBuilder(store, location, { settings, showLogs: true }, writeError)
    try {
      if (mode === 'normal') {
        const plan = await builder.plan(outputs, paths)
        if (showPlan) writeError(describePlan(plan))
        const { willBuild, willSubstitute, unknown } = plan
        const isDone = willBuild.length + willSubstitute.length + unknown.length === 0
        if (dryRun || isDone) return 0
      } else if (dryRun) return 0
      return await builder.realise(outputs, mode, paths)
    } finally {
      await builder.close()
    }
  }
}

/** The output of a derivation that a path is. Throws StoreError where none is known. */
function madeBy(store: DiskStore, path: ByteString): WantedOutput {
  const drvPath = store.pathInfo(path)?.deriver ?? null
  if (drvPath !== null && store.isValidPath(drvPath))
    for (const [output, made] of store.derivationOutputs(drvPath))
      if (made === path) return { drvPath, output }
  throw new StoreError(`cannot repair path '${path}'`)
}

/**
 * Puts what a cache has of a path in the place of what is there. Gives whether a cache has it. Throws
 * StoreError.
 */
async function isRepairedFromCache(
  store: DiskStore,
  settings: Settings,
  path: ByteString,
  writeError: (text: ByteString) => void,
): Promise<boolean> {
  const { openNetworkServices } = await import('../cache/network-services')
  const { networkSettings } = await import('../cache/network-settings')
  const info = store.pathInfo(path)
  if (info === null) throw new StoreError(`path '${path}' is not valid`)
  const network = openNetworkServices({ store, ...networkSettings(settings) })
  try {
    const transfer = {
      signal: new AbortController().signal,
      onMessage: (text: ByteString) => writeError(`${text}\n`),
    }
    const nar = await network.substitution.nar(path, info.narHash, transfer)
    if (nar !== null) await store.repair(path, nar)
    return nar !== null
  } finally {
    network.close()
  }
}
