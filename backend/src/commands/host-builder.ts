/** What builds for a command in a terminal: goals on this machine's own store. */
import { existsSync } from 'node:fs'
import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type {
  BuilderSettings,
  BuildPlan,
  CommandBuilder,
  WantedOutput,
} from '@snowglobe/worker/commands/command-builder'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { StoreError, type Hold, type StoreEntry } from '@snowglobe/worker/store/store'
import type { BuildContext } from '../build/build-context'
import { BuildError, exitStatus } from '../build/build-error'
import type { GoalEvent } from '../build/goal'
import { defaultSystemFeatures, type BuildMode, type BuildSettings } from '../build/build-settings'
import { BuildReporter } from '../build/build-reporter'
import { DirectLauncher } from '../build/direct-launcher'
import { knownOutputs } from '../build/known-outputs'
import { JsonVoice } from '../build/json-voice'
import { LogArchive } from '../build/log-archive'
import { OutputLocker } from '../build/output-locks'
import { planBuild } from '../build/plan'
import { LocalQueue, type QueueEntry } from '../build/queue'
import { SortedLine } from '../build/sorted-line'
import { Scheduler, type Wanted } from '../build/scheduler'
import { TextVoice } from '../build/text-voice'
import type { Launcher } from '../sandbox/launcher'
import type { LimitReached, Limits } from '../sandbox/limits'
import type { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { addRoot } from './add-root'
import { hostSystem } from './host-system'
import { LazyNetwork } from './lazy-network'
import type { StoreLocation } from './store-location'

const retainedLog = 256 * 1024

export class HostBuilder implements CommandBuilder {
  private readonly scheduler: Scheduler
  private readonly reporter: BuildReporter
  private readonly stop = new AbortController()
  private readonly holds: Hold[] = []
  private readonly locker = new OutputLocker()
  private readonly told = new Set<ByteString>()
  private readonly network: LazyNetwork
  private sandbox: Promise<Launcher> | null = null

  constructor(
    private readonly store: DiskStore,
    private readonly location: StoreLocation,
    given: BuilderSettings,
    writeError: (text: ByteString) => void,
    private readonly onClosed: () => void = () => {},
  ) {
    const { settings, showLogs } = given
    this.network = new LazyNetwork(store, settings)
    const build = buildSettings(settings)
    const voice = given.json ? new JsonVoice(writeError) : new TextVoice(writeError, showLogs)
    this.reporter = new BuildReporter(voice, { showLogs })
    const compress = settings.boolean('compress-build-log', true)
    this.context = {
      store,
      settings: build,
      queue: new LocalQueue(maxJobs(settings), new SortedLine(isBefore)),
      launcher: (isolated) => (isolated ? this.findSandbox() : this.findDirect()),
      limits: limitsOf(settings),
      describeLimit,
      shell: shellOf(settings),
      locker: this.locker,
      archive: settings.boolean('keep-build-log', true)
        ? new LogArchive(join(location.logDirectory, 'drvs'), compress)
        : null,
      retainedLog,
      substitution: asksCaches(settings) ? this.network.substitution : null,
      fetcher: this.network.fetcher,
      openEgress: this.network.openEgress,
      report: (message) => writeError(utf8ToByteString(`warning: ${message}\n`)),
      unexpected: (error) =>
        utf8ToByteString(error instanceof Error ? error.message : String(error)),
    }
    this.scheduler = new Scheduler(this.context, 0)
  }

  private readonly context: BuildContext

  add(entries: readonly StoreEntry[]): Promise<void> {
    return this.store.add(entries)
  }

  plan(wanted: readonly WantedOutput[], paths: readonly ByteString[] = []): Promise<BuildPlan> {
    const onMessage = (text: ByteString) => this.hear({ type: 'message', text })
    return planBuild(wanted, this.context, { signal: this.stop.signal, onMessage }, paths)
  }

  /** `paths` are to be substituted, beside the outputs. */
  async realise(
    wanted: readonly WantedOutput[],
    mode: BuildMode,
    paths: readonly ByteString[] = [],
  ): Promise<number> {
    const byDerivation = new Map<ByteString, Set<ByteString>>()
    for (const { drvPath, output } of wanted) {
      const outputs = byDerivation.get(drvPath) ?? new Set()
      byDerivation.set(drvPath, outputs.add(output))
    }
    // Until there are links to what is built, nothing else keeps it.
    this.holds.push(await this.store.hold([...byDerivation.keys()].filter((p) => this.isValid(p))))
    const outputGoals = [...byDerivation].map(([drvPath, outputs]): Wanted => ({
      kind: 'outputs',
      drvPath,
      outputs,
    }))
    const pathGoals = paths.map((path): Wanted => ({ kind: 'path', path }))
    const goals = [...outputGoals, ...pathGoals].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    const interrupted = this.listenForSignals()
    const realisation = this.scheduler.realise(goals, (event) => this.hear(event), { mode })
    const results = await Promise.race([realisation.results, interrupted.promise])
    interrupted.release()
    realisation.leave()
    await this.scheduler.idle()
    this.reporter.end()
    if (results === null) {
      this.reporter.error('interrupted by the user')
      return 1
    }
    // Without keep-going some may not have ended when the first has failed.
    const failed = realisation.goals.filter((_, index) => results[index]?.error !== null)
    if (failed.length === 0) {
      await this.holdOutputs(byDerivation)
      return 0
    }
    const errors = results.flatMap((result) => result?.error ?? [])
    // As Nix: the first error comes last, when all others have been told.
    for (const error of [...errors.slice(1), ...errors.slice(0, 1)]) this.reporter.failure(error)
    if (failed.length > 1)
      this.reporter.error(`build of ${listPaths(failed.map(({ path }) => path))} failed`)
    return exitStatus(this.reporter.failures)
  }

  /** Passes on what happens; what caches say when they are asked again need not be said again. */
  private hear(event: GoalEvent): void {
    if (event.type === 'message') {
      if (this.told.has(event.text)) return
      this.told.add(event.text)
    }
    this.reporter.hear(event)
  }

  validOutput({ drvPath, output }: WantedOutput): ByteString | null {
    if (!this.isValid(drvPath)) return null
    const known = knownOutputs(this.store, drvPath, this.store.readDerivation(drvPath))
    const path = known.get(output)
    return path !== undefined && this.isValid(path) ? path : null
  }

  async addRoot(link: ByteString, path: ByteString): Promise<void> {
    await addRoot(this.store, byteStringToUtf8(link), path)
  }

  async close(): Promise<void> {
    this.stop.abort()
    await this.scheduler.close()
    this.locker.close()
    await this.network.close()
    for (const hold of this.holds) await hold.release()
    if (this.sandbox !== null) await removeTree(this.buildDirectory())
    this.onClosed()
  }

  private isValid(path: ByteString): boolean {
    return this.store.isValidPath(path)
  }

  private async holdOutputs(wanted: ReadonlyMap<ByteString, ReadonlySet<ByteString>>) {
    const paths = [...wanted].flatMap(([drvPath, outputs]) =>
      [...outputs].flatMap((output) => this.validOutput({ drvPath, output }) ?? []),
    )
    this.holds.push(await this.store.hold(paths))
  }

  private findDirect(): Promise<Launcher> {
    const { layout, storeDir } = this.location
    if (utf8ToByteString(layout.store) !== storeDir) return this.findSandbox()
    return Promise.resolve(new DirectLauncher(layout.store))
  }

  /** Only who builds needs the sandbox's code. */
  private findSandbox(): Promise<Launcher> {
    this.sandbox ??= import('../sandbox/find-launcher').then(({ findLauncher, NoSandbox }) =>
      findLauncher({
        directory: this.buildDirectory(),
        binaryDirectory: join(cacheDirectory(), 'launcher'),
        shell: this.context.shell,
        controlGroups: false,
        ofStrangers: false,
        remembers: true,
      }).catch((error: unknown) => {
        if (!(error instanceof NoSandbox)) throw error
        const message = utf8ToByteString(
          `${error.message}; or use '--option sandbox false' to build without one`,
        )
        throw new BuildError({ kind: 'internal', message })
      }),
    )
    return this.sandbox
  }

  /** Of this process alone: others may build in the same store. */
  private buildDirectory(): string {
    return join(this.location.layout.work, 'builds', String(process.pid))
  }

  /** Ends the wait for goals when somebody presses Ctrl-C. */
  private listenForSignals(): { promise: Promise<null>; release: () => void } {
    let listener = () => {}
    const promise = new Promise<null>((resolve) => (listener = () => resolve(null)))
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, listener)
    return {
      promise,
      release: () => {
        for (const signal of signals) process.off(signal, listener)
      },
    }
  }
}

function buildSettings(settings: Settings): BuildSettings {
  const system = settings.text('system') ?? utf8ToByteString(hostSystem())
  const features = settings.list('system-features')
  return {
    systems: [system, ...settings.list('extra-platforms')],
    systemFeatures:
      features.length > 0 ? features : hostFeatures(settings.list('experimental-features')),
    cores: settings.number('cores', availableParallelism()),
    keepGoing: settings.boolean('keep-going', false),
    keepFailed: settings.boolean('keep-failed', false),
    fallback: settings.boolean('fallback', false),
    substitute: settings.boolean('substitute', true),
    alwaysAllowSubstitutes: settings.boolean('always-allow-substitutes', false),
    logLines: settings.number('log-lines', 25),
    sandbox: sandboxMode(settings.text('sandbox') ?? 'true'),
    experimentalFeatures: new Set(settings.list('experimental-features')),
    environmentVariable: (name) => {
      const value = process.env[byteStringToUtf8(name)]
      return value === undefined ? undefined : utf8ToByteString(value)
    },
  }
}

function asksCaches(settings: Settings): boolean {
  const none =
    settings.text('substituters') !== undefined && settings.list('substituters').length === 0
  return settings.boolean('substitute', true) && !none
}

function hostFeatures(experimental: readonly ByteString[]): ByteString[] {
  const features = [...defaultSystemFeatures]
  if (existsSync('/dev/kvm')) features.push('kvm')
  if (experimental.includes('ca-derivations')) features.push('ca-derivations')
  return features.sort()
}

function sandboxMode(text: ByteString): BuildSettings['sandbox'] {
  if (text === 'relaxed') return 'relaxed'
  if (['true', 'yes', '1'].includes(text)) return 'true'
  if (['false', 'no', '0'].includes(text)) return 'false'
  throw new StoreError(`option 'sandbox' has invalid value '${text}'`)
}

function maxJobs(settings: Settings): number {
  const text = settings.text('max-jobs') ?? '1'
  if (text === 'auto') return availableParallelism()
  if (!/^\d+$/.test(text))
    throw new StoreError("configuration setting 'max-jobs' should be 'auto' or an integer")
  return Number(text)
}

function limitsOf(settings: Settings): Limits {
  const seconds = (name: string) => settings.number(name, 0) || Infinity
  return {
    wallClockSeconds: seconds('timeout'),
    silenceSeconds: seconds('max-silent-time'),
    cpuSeconds: Infinity,
    memoryBytes: Infinity,
    processes: Infinity,
    diskBytes: Infinity,
    logBytes: settings.number('max-build-log-size', 0) || Infinity,
  }
}

/** Of this user alone: programs in it are run. */
function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'snowglobe')
}

function describeLimit(
  { name, value }: LimitReached,
  drvPath: ByteString,
  outputs: readonly ByteString[],
): ByteString {
  const building = `building of '${drvPath}!${outputs.join(',')}' from .drv file`
  if (name === 'silenceSeconds') return `${building} timed out after ${value} seconds of silence`
  if (name === 'logBytes')
    return `${building} killed after writing more than ${value} bytes of log output`
  return `${building} timed out after ${value} seconds`
}

/** What `sandbox-paths` makes /bin/sh, else this machine's static busybox. */
function shellOf(settings: Settings): string {
  for (const entry of settings.list('sandbox-paths')) {
    const [, source] = /^\/bin\/sh=(.*?)\??$/s.exec(entry) ?? []
    if (source !== undefined) return byteStringToUtf8(source)
  }
  return ['/bin/busybox', '/usr/bin/busybox'].find((program) => existsSync(program)) ?? '/bin/sh'
}

function isBefore(a: QueueEntry, b: QueueEntry): boolean {
  const order = ({ drvPath }: QueueEntry) => orderOf({ kind: 'outputs', drvPath, outputs: [] })
  return order(a) < order(b)
}

/** By name, and substitutes first: as Nix orders its goals. */
function orderOf(wanted: Wanted): ByteString {
  const path = wanted.kind === 'path' ? wanted.path : wanted.drvPath
  return `${wanted.kind === 'path' ? 'a' : 'b'}${path.slice(path.indexOf('-'))}$${path}`
}

function listPaths(paths: readonly ByteString[]): ByteString {
  return paths
    .map((path) => `'${path}'`)
    .sort()
    .join(', ')
}
