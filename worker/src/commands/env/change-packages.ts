/** The operations of `nix-env` that make new environments: install, uninstall, upgrade, and flags. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { addGeneration } from '../../store/profile'
import { onlyFlags, UsageError } from '../command-line'
import type { EnvSession } from './env-session'
import type { Package } from './package'
import { packagesFrom, takeSourceFlags } from './package-sources'
import { findUpgrade, isSelected, type UpgradeKind } from './select-packages'
import { describeEnvironment, environmentReferences, installedPackages } from './user-environment'
import { StoreError } from '../../store/store'

/** Somebody else has changed the profile meanwhile. */
class ProfileChanged extends Error {
  override name = 'ProfileChangedError'
}

/** `--install`. Throws UsageError, StoreError, NixError and ToldFailure. */
export async function install(session: EnvSession): Promise<void> {
  const { given } = session
  const { source, rest } = takeSourceFlags(given.flags)
  let [preserveInstalled, removeAll] = [false, false]
  let priority: ByteString | null = null
  for (let i = 0; i < rest.length; i++) {
    const flag = rest[i]
    if (flag === '--preserve-installed' || flag === '-P') preserveInstalled = true
    else if (flag === '--remove-all' || flag === '-r') removeAll = true
    else if (flag === '--priority') {
      priority = rest[++i] ?? ''
      if (!/^-?\d+$/.test(priority)) {
        throw new UsageError("'--priority' requires an integer argument")
      }
    } else throw new UsageError(`unknown flag '${flag}'`)
  }
  const chosen = await session.evaluate(() => {
    const found = packagesFrom(session, source, given.args, true)
    for (const one of found) {
      if (given.forceName !== null) one.rename(given.forceName)
      if (priority !== null) one.changeMeta('priority', priority)
    }
    return found
  })
  const fresh = given.prebuiltOnly ? await prebuilt(session, chosen) : chosen
  await changeEnvironment(session, async (installed) => {
    const all = await session.evaluate(() => {
      const names = new Set(fresh.map((one) => one.nameParts().name))
      const isReplaced = (one: Package) =>
        !preserveInstalled && names.has(one.nameParts().name) && !one.metaBoolean('keep')
      if (removeAll) return fresh
      for (const one of installed.filter(isReplaced)) session.say(`replacing old '${one.name()}'`)
      for (const one of fresh) session.say(`installing '${one.name()}'`)
      return [...fresh, ...installed.filter((one) => !isReplaced(one))]
    })
    return { all, fresh }
  })
}

/** `--upgrade`. */
export async function upgrade(session: EnvSession): Promise<void> {
  const { source, rest } = takeSourceFlags(session.given.flags)
  onlyFlags({ flags: rest }, ['--lt', '--leq', '--eq', '--always'])
  const kind = (rest.at(-1) ?? '--lt').slice('--'.length) as UpgradeKind
  await changeEnvironment(session, async (installed) => {
    const found = await session.evaluate(() =>
      packagesFrom(session, source, session.given.args, false),
    )
    const available = session.given.prebuiltOnly ? await prebuilt(session, found) : found
    const all = await session.evaluate(() =>
      installed.map((one) => {
        const better = one.metaBoolean('keep') ? null : findUpgrade(one, available, kind)
        if (better !== null) session.say(`upgrading '${one.name()}' to '${better.name()}'`)
        return better ?? one
      }),
    )
    return { all, fresh: all }
  })
}

/** `--uninstall`. */
export async function uninstall(session: EnvSession): Promise<void> {
  onlyFlags(session.given, [])
  await changeEnvironment(session, async (installed) => {
    let left = installed
    for (const selector of session.given.args) {
      const path = selector.includes('/') ? session.store.followLinks(selector) : null
      const gone = await session.evaluate(() =>
        left.filter((one) => (path === null ? isSelected(selector, one) : one.outPath() === path)),
      )
      if (gone.length === 0) {
        session.say(`warning: selector '${selector}' matched no installed derivations`)
      }
      const parted = partition(left, (one) => !gone.includes(one))
      for (const one of parted.others) session.say(`uninstalling '${one.name()}'`)
      left = parted.wanted
    }
    return { all: left, fresh: [] }
  })
}

/**
 * Parts a list in two in the order that std::partition of GCC's library gives it, which is that of Nix: an
 * environment's path depends on it.
 */
function partition<Item>(list: readonly Item[], isWanted: (item: Item) => boolean) {
  const items = [...list]
  let [first, end] = [0, items.length]
  for (; first < end; first++) {
    if (isWanted(items[first])) continue
    do end--
    while (first < end && !isWanted(items[end]))
    if (first >= end) break
    ;[items[first], items[end]] = [items[end], items[first]]
  }
  return { wanted: items.slice(0, first), others: items.slice(first) }
}

/** `--set-flag`. */
export async function setFlag(session: EnvSession): Promise<void> {
  onlyFlags(session.given, [])
  const [name, value, ...selectors] = session.given.args
  if (name === undefined || value === undefined) {
    throw new UsageError("not enough arguments to '--set-flag'")
  }
  await changeEnvironment(session, async (installed) => {
    const used = new Set<ByteString>()
    for (const one of installed) {
      const selector = selectors.find((given) => isSelected(given, one))
      if (selector === undefined) continue
      used.add(selector)
      session.say(`setting flag on '${one.name()}'`)
      one.changeMeta(name, value)
    }
    const unused = selectors.find((selector) => !used.has(selector) && selector !== '*')
    if (unused !== undefined) throw new StoreError(`selector '${unused}' matches no derivations`)
    return { all: installed, fresh: [] }
  })
}

/** `--set`: makes the profile lead to a package itself. */
export async function setProfile(session: EnvSession): Promise<void> {
  const { given, store, profile } = session
  const { source, rest } = takeSourceFlags(given.flags)
  onlyFlags({ flags: rest }, [])
  const found = await session.evaluate(() => packagesFrom(session, source, given.args, true))
  const [one] = found
  if (one === undefined || found.length > 1) {
    throw new StoreError('--set requires exactly one derivation')
  }
  const { drvPath, outPath } = await session.evaluate(() => ({
    drvPath: one.drvPath(),
    outPath: one.outPath(),
  }))
  const hold = await store.hold([outPath])
  try {
    await session.realise([drvPath ?? outPath], { dryRun: given.dryRun })
    if (given.dryRun) return
    const now = Math.floor(Date.now() / 1000)
    await store.changeProfileAt(profile, (before) => addGeneration(before, outPath, now))
  } finally {
    await hold.release()
  }
}

/** Those that are valid already, or that a cache has. */
async function prebuilt(session: EnvSession, packages: readonly Package[]): Promise<Package[]> {
  const paths = await session.evaluate(() => packages.map((one) => one.outPath()))
  const there = await session.store.queryValidPaths(paths)
  return packages.filter((_, index) => there.has(paths[index]))
}

/** What an environment is to have, and what of it is new. */
interface Change {
  all: readonly Package[]
  fresh: readonly Package[]
}

/** Makes a new environment and a generation of it; again if the profile is changed meanwhile. */
async function changeEnvironment(
  session: EnvSession,
  decide: (installed: Package[]) => Promise<Change>,
): Promise<void> {
  for (;;) {
    try {
      await changeOnce(session, decide)
      return
    } catch (error) {
      if (!(error instanceof ProfileChanged)) throw error
      session.say(`profile "${session.profile}" changed while we were busy; restarting`)
      session.refresh()
    }
  }
}

async function changeOnce(
  session: EnvSession,
  decide: (installed: Package[]) => Promise<Change>,
): Promise<void> {
  const { given, store, profile } = session
  const before = store.profileAt(profile).current
  const installed = await session.evaluate(() => installedPackages(session.evaluator, profile))
  const { all, fresh } = await decide(installed)
  const keepDerivations = given.settings.boolean('keep-env-derivations', false)
  const { wanted, references } = await session.evaluate(() => ({
    wanted: fresh.map((one) => one.drvPath() ?? one.outPath()),
    references: environmentReferences(all, keepDerivations),
  }))
  // Until the profile has them nothing else keeps them.
  const hold = await store.hold(references)
  try {
    await session.realise(wanted, { dryRun: given.dryRun })
    if (given.dryRun) return
    const environment = await session.evaluate(() =>
      describeEnvironment(session.evaluator, all, keepDerivations),
    )
    const { drvPath, outPath } = environment
    const environmentHold = await store.hold([drvPath, outPath])
    try {
      await session.realise([drvPath], { showPlan: false })
      const now = Math.floor(Date.now() / 1000)
      await store.changeProfileAt(profile, (found) => {
        if (found.current !== before) throw new ProfileChanged()
        return addGeneration(found, outPath, now)
      })
    } finally {
      await environmentHold.release()
    }
  } finally {
    await hold.release()
  }
}
