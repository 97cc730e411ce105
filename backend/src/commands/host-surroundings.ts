/** The surroundings of a command that runs in a terminal of this machine. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import {
  byteStringToUtf8,
  bytesToByteString,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import type { BuilderSettings, CommandBuilder } from '@snowglobe/worker/commands/command-builder'
import {
  BuildNeeded,
  ToldFailure,
  type CommandHost,
  type CommandSurroundings,
  type HostSettings,
} from '@snowglobe/worker/commands/command-host'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { Awaited } from '@snowglobe/worker/evaluator/awaited'
import { awaitedClosures, awaitedFetches } from '@snowglobe/worker/evaluator/awaited-fetches'
import type { Host, NeededOutput } from '@snowglobe/worker/evaluator/host'
import { processLimit } from '@snowglobe/worker/evaluator/native-stack'
import { ToldMessages } from '@snowglobe/worker/evaluator/told-messages'
import { fileSystemHost } from '@snowglobe/worker/node/file-system-host'
import { DiskSyntaxCache, syntaxCacheFile } from '@snowglobe/worker/node/syntax-cache'
import type { DiskStore } from '../store/disk-store'
import { addRoot } from './add-root'
import { configuredSettings } from './configuration'
import { HostSources } from './host-sources'
import { hostSystem } from './host-system'
import { readStandardInput } from './read-input'
import { storeLocation, type StoreLocation } from './store-location'
import { storedReferences } from './stored-references'
import { write } from './write-output'

/** The surroundings that the process has. */
export function hostSurroundings(): CommandSurroundings {
  const workingDirectory = utf8ToByteString(process.cwd())
  return {
    workingDirectory,
    readStandardInput: async () => bytesToByteString(await readStandardInput()),
    writeOutput: (text) => write(1, text),
    writeError: (text) => write(2, text),
    configuredSettings: () => configuredSettings(process.env),
    nativeLimit: processLimit,
    makeHost: async (settings) => makeHost(settings, workingDirectory),
  }
}

/** The same for commands that build. */
export function buildingSurroundings(): CommandSurroundings {
  return {
    ...hostSurroundings(),
    openBuilder: (given) => openBuilder(given, storeLocation(process.env, given.settings)),
  }
}

/** Does something with a store that is closed afterwards. */
async function withStore<Result>(
  location: StoreLocation,
  work: (store: DiskStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(location)
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

async function openStore({ layout, storeDir, sync }: StoreLocation): Promise<DiskStore> {
  // Only commands that write need the store's code: the others start faster without it.
  const { DiskStore } = await import('../store/disk-store')
  return DiskStore.openAt(layout, storeDir, { sync })
}

function makeHost(given: HostSettings, workingDirectory: ByteString): CommandHost {
  const { settings, builder, readOnly } = given
  const location = storeLocation(process.env, settings)
  const { layout, storeDir } = location
  const told = new ToldMessages()
  const tell = (kind: 'trace' | 'warning', text: ByteString, terminal?: ByteString) => {
    if (told.isNew(kind, text)) write(2, `${terminal ?? `${kind}: ${text}`}\n`)
  }
  const sources = new HostSources(settings, (text) => tell('warning', text))
  const builders = new LazyBuilder(settings, location)
  const again = () => told.again()
  const host: CommandHost = fileSystemHost({
    storeDir,
    realStoreDir: layout.store,
    searchPath: [...given.searchPath, ...configuredSearchPath(settings)],
    system: settings.text('eval-system') || settings.text('system') || hostSystem(),
    workingDirectory,
    environment: process.env,
    syntaxCache: syntaxCache(),
    message: tell,
    write: readOnly ? null : (entries) => withStore(location, (store) => store.add(entries)),
    references: storedReferences(layout),
    fetch: awaitedFetches((request, ttl) => sources.fetch(request, ttl), again),
    ...(readOnly
      ? {}
      : {
          fetchClosure: awaitedClosures(
            (request) => sources.fetchClosure(request, () => openStore(location)),
            again,
          ),
        }),
    ...(builder !== undefined
      ? { realise: realiseWith(builder, again) }
      : readOnly
        ? {}
        : { realise: (needed) => builders.realise(needed, () => host.flush(), again) }),
  })
  return {
    ...host,
    addRoot: (link, path) =>
      withStore(location, (store) => addRoot(store, byteStringToUtf8(link), path)),
    close: () => builders.close(),
  }
}

/** Builds what evaluation reads, for commands that do not build otherwise. */
class LazyBuilder {
  private builder: CommandBuilder | null = null

  constructor(
    private readonly settings: Settings,
    private readonly location: StoreLocation,
  ) {}

  realise(
    needed: readonly NeededOutput[],
    flush: () => Promise<void>,
    again: () => void,
  ): ByteString[] {
    const wanted = needed.map(({ derivation, output }) => ({ drvPath: derivation, output }))
    const paths = wanted.map((one) => this.builder?.validOutput(one) ?? null)
    if (paths.every((path) => path !== null)) return paths
    again()
    throw new Awaited(async () => {
      await flush()
      this.builder ??= await openBuilder({ settings: this.settings, showLogs: true }, this.location)
      const status = await this.builder.realise(wanted, 'normal')
      if (status !== 0) throw new ToldFailure(status)
    })
  }

  async close(): Promise<void> {
    await this.builder?.close()
  }
}

async function openBuilder(
  given: BuilderSettings,
  location: StoreLocation,
): Promise<CommandBuilder> {
  const [store, { HostBuilder }] = await Promise.all([
    openStore(location),
    import('./host-builder'),
  ])
  return new HostBuilder(
    store,
    location,
    given,
    (text) => write(2, text),
    () => store.close(),
  )
}

/** Evaluation gets outputs that are there; else it is run again when they are. */
function realiseWith(builder: CommandBuilder, again: () => void): NonNullable<Host['realise']> {
  return (needed) => {
    const wanted = needed.map(({ derivation, output }) => ({ drvPath: derivation, output }))
    const paths = wanted.map((one) => builder.validOutput(one))
    if (paths.every((path) => path !== null)) return paths
    again()
    throw new BuildNeeded(wanted)
  }
}

let cache: DiskSyntaxCache | null = null

/** The user's cache of syntax trees. What was parsed is added when the process ends. */
function syntaxCache(): DiskSyntaxCache {
  if (cache === null) {
    const home = process.env.XDG_CACHE_HOME || `${process.env.HOME ?? homedir()}/.cache`
    const opened = new DiskSyntaxCache(syntaxCacheFile(home))
    process.once('exit', () => opened.close())
    cache = opened
  }
  return cache
}

/** What `<nixpkgs>` is where nobody has said it: the collection of this repository. */
function starterChannel(): string {
  const program = process.argv[1]
  const collection = join(dirname(program ?? ''), '../../../pkgs')
  return program !== undefined && existsSync(collection) ? `nixpkgs=${collection}` : ''
}

/** The setting `nix-path`, else NIX_PATH, else the collection of this repository. */
function configuredSearchPath(settings: Settings): ByteString[] {
  const otherwise = searchPathOf(process.env.NIX_PATH ?? starterChannel())
  return settings.list('nix-path', otherwise)
}

/** The entries of NIX_PATH. Colons part them, but for those of URLs. */
function searchPathOf(text: string): ByteString[] {
  return text === '' ? [] : utf8ToByteString(text).split(/:(?!\/\/)/)
}
