/** The operations of `nix-store` that look after a store: garbage, damage, disk space. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { equalBytes, formatNarHash } from '../store/check-entry'
import { formatSize } from '../store/format-size'
import { findGarbage } from '../store/garbage'
import { type Damage, type GarbageOptions, type KeepSettings, type Root } from '../store/store'
import { noArguments, onlyFlags, parseBytes, UsageError } from './command-line'
import type { Settings } from './settings'
import type { StoreArguments } from './store-arguments'
import type { HostedStore, StoreCommandSurroundings } from './store-host'
import { buildLog, readStoreDerivation, validInfo } from './store-query'

/** One operation at work. */
export interface StoreCommand {
  given: StoreArguments
  store: HostedStore
  surroundings: StoreCommandSurroundings
}

/** Where a command writes. */
export type Voice = Pick<StoreCommandSurroundings, 'writeOutput' | 'writeError'>

/** Nix's `keep-outputs` and `keep-derivations`. */
export function keepSettings(settings: Settings): KeepSettings {
  return {
    keepOutputs: settings.boolean('keep-outputs', false),
    keepDerivations: settings.boolean('keep-derivations', true),
  }
}

/** `--gc`. */
export async function collect(command: StoreCommand): Promise<number> {
  const { given, store, surroundings } = command
  let show: 'roots' | 'live' | 'dead' | null = null
  let maxFreed: number | undefined
  for (let i = 0; i < given.flags.length; i++) {
    const flag = given.flags[i]
    if (flag === '--print-roots') show = 'roots'
    else if (flag === '--print-live') show ??= 'live'
    else if (flag === '--print-dead') show ??= 'dead'
    else if (flag === '--max-freed') maxFreed = parseBytes(given.flags[++i])
    else throw new UsageError(`bad sub-operation '${flag}' in GC`)
  }
  noArguments(given)
  if (maxFreed !== undefined && show !== null) {
    throw new UsageError(
      'option --max-freed cannot be combined with --print-live, --print-dead, or --print-roots',
    )
  }
  const keep = keepSettings(given.settings)
  if (show === null) {
    await deleteGarbage(command, { ...keep, maxFreed })
    return 0
  }
  if (show !== 'roots') surroundings.writeError('finding garbage collector roots...\n')
  const roots = await store.roots()
  if (show === 'roots') {
    surroundings.writeOutput(roots.map(({ name, path }) => `${name} -> ${path}\n`).join(''))
    return 0
  }
  surroundings.writeError('determining live/dead paths...\n')
  const { live, dead } = await lookForGarbage(store, roots, keep)
  const shown = show === 'live' ? [...live] : dead
  surroundings.writeOutput(
    shown
      .sort()
      .map((path) => `${path}\n`)
      .join(''),
  )
  return 0
}

/** What a collection would keep, and what it would delete. */
export async function lookForGarbage(
  store: HostedStore,
  roots: readonly Root[],
  keep: KeepSettings,
): Promise<{ live: Set<ByteString>; dead: ByteString[] }> {
  const rootPaths = roots.map(({ path }) => path)
  const { live, dead } = findGarbage(await store.graph(), rootPaths, keep)
  return { live, dead: [...dead, ...store.unregisteredPaths()] }
}

/** `--delete`. */
export async function deletePaths(command: StoreCommand): Promise<number> {
  const { given, store } = command
  const flags = onlyFlags(given, ['--ignore-liveness'])
  await deleteGarbage(command, {
    ...keepSettings(given.settings),
    paths: given.args.map((path) => store.followLinks(path)),
    ignoreRoots: flags.has('--ignore-liveness'),
  })
  return 0
}

const deletionsToldAtOnce = 64

/** Collects garbage and tells of it, as Nix does. Nothing is deleted where nothing may be freed. */
export async function deleteGarbage(
  { store, surroundings }: Pick<StoreCommand, 'store'> & { surroundings: Voice },
  options: GarbageOptions,
): Promise<void> {
  if (options.maxFreed === 0) return printFreed(surroundings, 0, 0)
  /** Deletions that have not been told yet: to tell each by itself takes longer than to delete. */
  let deletions: ByteString[] = []
  const tellDeletions = () => {
    if (deletions.length > 0) surroundings.writeError(deletions.join(''))
    deletions = []
  }
  let count = 0
  let bytesFreed = 0
  try {
    const collected = await store.collectGarbage({
      ...options,
      onProgress: (message) => {
        tellDeletions()
        surroundings.writeError(`${message}\n`)
      },
      onDelete: (path) => {
        count++
        deletions.push(`deleting '${path}'\n`)
        if (deletions.length >= deletionsToldAtOnce) tellDeletions()
      },
    })
    ;({ bytesFreed } = collected)
  } finally {
    tellDeletions()
    printFreed(surroundings, count, bytesFreed)
  }
}

function printFreed(surroundings: Voice, count: number, bytes: number): void {
  surroundings.writeOutput(`${count} store paths deleted, ${formatSize(bytes)} freed\n`)
}

/** `--verify`. */
export async function verifyStore(command: StoreCommand): Promise<number> {
  const { given, store, surroundings } = command
  noArguments(given)
  const flags = onlyFlags(given, ['--check-contents', '--repair'])
  const damages = await store.verify({
    checkContents: flags.has('--check-contents'),
    onProgress: (message) => surroundings.writeError(`${message}\n`),
    onDamage: (damage) => surroundings.writeError(`${describeDamage(damage)}\n`),
  })
  let bad = false
  for (const { path, kind } of damages) {
    if (kind === 'disappeared') continue
    if (!flags.has('--repair') || (await repair(command, path)) !== 0) bad = true
  }
  if (!bad) return 0
  surroundings.writeError('warning: not all store errors were fixed\n')
  return 1
}

function describeDamage({ path, kind, expected, found }: Damage): ByteString {
  switch (kind) {
    case 'disappeared':
      return `path '${path}' disappeared, removing from database...`
    case 'in-use':
      return `path '${path}' disappeared, but it still has valid referrers!`
    case 'modified':
      return modified(path, expected, found ?? new Uint8Array(32))
  }
}

function modified(path: ByteString, expected: Uint8Array, found: Uint8Array): ByteString {
  return (
    `path '${path}' was modified! expected hash '${formatNarHash(expected)}', ` +
    `got '${formatNarHash(found)}'`
  )
}

/** `--verify-path`. */
export async function verifyPaths({ given, store, surroundings }: StoreCommand): Promise<number> {
  if (given.flags.length > 0) throw new UsageError('no flags expected')
  let status = 0
  for (const arg of given.args) {
    const path = store.followLinks(arg)
    const { narHash } = await validInfo(store, path)
    const found = await store.inspect(path)
    if (equalBytes(found.narHash, narHash)) continue
    surroundings.writeError(`${modified(path, narHash, found.narHash)}\n`)
    status = 1
  }
  return status
}

/** `--repair-path`. */
export async function repairPaths(command: StoreCommand): Promise<number> {
  if (command.given.flags.length > 0) throw new UsageError('no flags expected')
  for (const arg of command.given.args) {
    const status = await repair(command, command.store.followLinks(arg))
    if (status !== 0) return status
  }
  return 0
}

/** Substitutes a damaged path, or builds it again. */
async function repair({ store }: StoreCommand, path: ByteString): Promise<number> {
  return store.realise([{ path, outputs: [] }], { mode: 'repair', dryRun: false })
}

/** `--optimise`. */
export async function optimise({ given, store, surroundings }: StoreCommand): Promise<number> {
  if (given.args.length > 0 || given.flags.length > 0) throw new UsageError('no arguments expected')
  const { filesLinked, bytesFreed } = await store.optimise()
  surroundings.writeError(`${formatSize(bytesFreed)} freed by hard-linking ${filesLinked} files\n`)
  return 0
}

/** `--print-env`: the environment of a derivation, for a shell to read. */
export async function printEnvironment({
  given,
  store,
  surroundings,
}: StoreCommand): Promise<number> {
  onlyFlags(given, [])
  const [path] = given.args
  if (given.args.length !== 1 || path === undefined) {
    throw new UsageError("'--print-env' requires one derivation store path")
  }
  const { environment, args } = await readStoreDerivation(store, store.followLinks(path))
  const lines = [...environment]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `export ${name}; ${name}=${quoted(value)}\n`)
  surroundings.writeOutput(`${lines.join('')}export _args; _args=${quoted(args.join(' '))}\n`)
  return 0
}

/** A text as one word of a shell. */
function quoted(text: ByteString): ByteString {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** `--read-log`. */
export async function readLogs({ given, store, surroundings }: StoreCommand): Promise<number> {
  onlyFlags(given, [])
  for (const arg of given.args) {
    const path = store.followLinks(arg)
    const log = await buildLog(store, path)
    if (log === null) {
      surroundings.writeError(`error: build log of derivation '${path}' is not available\n`)
      return 1
    }
    surroundings.writeOutput(log)
  }
  return 0
}
