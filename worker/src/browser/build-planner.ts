import { byteStringToUtf8, bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { DerivationError, type Derivation } from '@snowglobe/shared/derivation'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { readNar } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { forecastBuild, type Forecast } from '../plan/build-forecast'
import { explainBuilds, type BuildReason, type Known } from '../plan/explain-builds'
import { packageName } from '../plan/pair-by-name'
import { StoreError, type Store, type StoreEntry } from '../store/store'
import type { PlannedView, ReasonView } from './api'
import type { BackendClient } from './backend-client'
import type { WantedOutput, WithAdded } from './evaluator-protocol'

/** What building some outputs will take. */
export interface BuildPlan {
  /** The closure's derivations by their paths, inputs before what needs them. */
  derivations: ReadonlyMap<ByteString, Derivation>
  forecast: ReadonlyMap<ByteString, Forecast>
}

/** Instantiates packages of the channel as it is; see `EvaluatorApi.instantiateChannel`. */
export type InstantiateChannel = (
  packages: readonly ByteString[],
) => Promise<WithAdded<[ByteString, ByteString][]>>

/** More packages than this are not looked up: who builds so much wants to see the largest changes only. */
const mostCompared = 300

/** Tells what a build will take, and why: in what its derivations differ from those before. */
export class BuildPlanner {
  /** Of the last build that ended well. */
  private previous: BuildPlan | null = null

  constructor(
    private readonly store: Store,
    private readonly backend: Pick<BackendClient, 'missing'>,
  ) {}

  /**
   * @param closure of the derivations wanted, inputs before what needs them
   * @throws BackendError, StoreError
   */
  async plan(wanted: readonly WantedOutput[], closure: Iterable<ByteString>): Promise<BuildPlan> {
    const derivations = await readDerivations(this.store, closure)
    const outputs = [...derivations.values()].flatMap((derivation) =>
      [...derivation.outputs.values()].flatMap(({ path }) => (path === '' ? [] : [path])),
    )
    const missing = new Set(await this.backend.missing(outputs))
    const forecast = forecastBuild(wanted, derivations, (path) => missing.has(path))
    return { derivations, forecast }
  }

  /** Has later builds compared with this one. */
  remember(plan: BuildPlan): void {
    this.previous = plan
  }

  /** Why each derivation of a plan that is to be built has to be. */
  async explain(
    plan: BuildPlan,
    instantiateChannel: InstantiateChannel,
  ): Promise<Map<ByteString, BuildReason>> {
    const toBuild = [...plan.derivations.keys()].filter((path) => {
      return plan.forecast.get(path) === 'build'
    })
    if (toBuild.length === 0) return new Map()
    const known: Known[] = []
    const { previous } = this
    if (previous !== null) {
      const { derivations } = previous
      known.push({ origin: 'before', byPackage: byPackage(derivations), closure: derivations })
    }
    const names = new Set(toBuild.map((path) => packageName(plan.derivations.get(path)!.name)))
    const channel = await instantiateChannel([...names].slice(0, mostCompared))
    const ofChannel = await this.closureOf(channel, plan.derivations)
    known.push({ origin: 'channel', byPackage: new Map(channel.result), closure: ofChannel })
    return explainBuilds(
      toBuild,
      known,
      (path) =>
        plan.derivations.get(path) ??
        previous?.derivations.get(path) ??
        ofChannel.get(path) ??
        null,
    )
  }

  /** The derivations of a channel and all that they are made from; some may have been `read` already. */
  private async closureOf(
    { result, added }: Awaited<ReturnType<InstantiateChannel>>,
    read: ReadonlyMap<ByteString, Derivation>,
  ): Promise<Map<ByteString, Derivation>> {
    const fresh = new Map(added.map((entry) => [entry.info.path, entry]))
    const closure = new Map<ByteString, Derivation>()
    const open = result.map(([, path]) => path)
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (closure.has(path)) continue
      const entry = fresh.get(path)
      const derivation =
        read.get(path) ??
        (entry === undefined
          ? (await readDerivations(this.store, [path])).get(path)
          : parse(this.store.storeDir, entry))
      if (derivation === undefined) continue
      closure.set(path, derivation)
      open.push(...derivation.inputDerivations.keys())
    }
    return closure
  }
}

/** What the page is told of a plan: what nothing needs is left out. */
export function viewPlan({ derivations, forecast }: BuildPlan): PlannedView[] {
  const views: PlannedView[] = []
  for (const [path, { name }] of derivations) {
    const what = forecast.get(path)
    if (what === undefined || what === 'unneeded') continue
    views.push({ path: byteStringToUtf8(path), name: byteStringToUtf8(name), forecast: what })
  }
  return views
}

export function viewReasons(
  reasons: ReadonlyMap<ByteString, BuildReason>,
): { path: string; reason: ReasonView }[] {
  return [...reasons].map(([path, reason]) => ({
    path: byteStringToUtf8(path),
    reason: viewReason(reason),
  }))
}

function viewReason(reason: BuildReason): ReasonView {
  if (reason.kind !== 'changed') return reason
  const text = byteStringToUtf8
  const changes = reason.changes.map(({ what, name, change, removed, added }) => ({
    what,
    name: text(name),
    change,
    removed: removed.map(text),
    added: added.map(text),
  }))
  return { ...reason, changes }
}

/** Those of a name that no other has: of several there is no telling which is which. */
function byPackage(derivations: ReadonlyMap<ByteString, Derivation>): Map<ByteString, ByteString> {
  const found = new Map<ByteString, ByteString | null>()
  for (const [path, { name }] of derivations) {
    const key = packageName(name)
    found.set(key, found.has(key) ? null : path)
  }
  return new Map([...found].flatMap(([name, path]) => (path === null ? [] : [[name, path]])))
}

async function readDerivations(
  store: Store,
  paths: Iterable<ByteString>,
): Promise<Map<ByteString, Derivation>> {
  const wanted = [...paths].filter((path) => path.endsWith('.drv'))
  const read = await Promise.all(
    wanted.map(async (path) => {
      const nar = await store.narFromPath(path).catch((error: unknown) => {
        if (error instanceof StoreError) return null
        throw error
      })
      return nar === null ? null : ([path, parse(store.storeDir, { info: { path }, nar })] as const)
    }),
  )
  return new Map(read.filter((entry) => entry !== null))
}

function parse(
  storeDir: ByteString,
  { info, nar }: { info: Pick<StoreEntry['info'], 'path'>; nar: StoreEntry['nar'] },
): Derivation {
  const contents = readNar(nar)
  if (contents.type !== 'regular') throw new DerivationError(`'${info.path}' is no file`)
  const { name } = parseStorePath(storeDir, info.path)
  return parseDerivation(bytesToByteString(contents.contents), name.slice(0, -'.drv'.length))
}
