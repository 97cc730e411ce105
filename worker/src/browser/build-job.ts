import type { ByteString } from '@snowglobe/shared/bytes'
import { writeExportStream, type ExportedPath } from '@snowglobe/shared/export-stream'
import type { PathInfo, Store } from '../store/store'
import type { BuildEvent, BuildResult } from './api'
import { BackendError, type BackendClient } from './backend-client'
import { viewPlan, type BuildPlan, type BuildPlanner } from './build-planner'
import { watchBuild, type BuildNews, type BuildRequest, type Socket } from './build-watch'
import type { WantedOutput } from './evaluator-protocol'

/** NAR bytes sent in one request, so that progress shows; one larger path goes alone. */
const uploadSize = 8 * 1024 * 1024

export interface BuildJobOptions {
  wanted: readonly WantedOutput[]
  store: Store
  backend: Pick<BackendClient, 'missing' | 'import'>
  planner: BuildPlanner
  connect(): Socket
  onEvent(event: BuildEvent): void
  /** Hears of the plan before anything is done for it. */
  onPlan?(plan: BuildPlan): void
  signal: AbortSignal
  wait(milliseconds: number): Promise<void>
}

/**
 * Has outputs built: tells the plan, sends what the builder lacks, and follows the build.
 *
 * @throws BackendError, StoreError, StoppedError
 */
export async function runBuild(options: BuildJobOptions): Promise<BuildResult> {
  const { wanted, onEvent, signal } = options
  const { plan, closure } = await makePlan(options)
  options.onPlan?.(plan)
  await upload(options, closure)
  const end = await watchBuild({
    request: requestFor(wanted),
    connect: options.connect,
    onNews: (news) => onEvent(eventOf(news)),
    onConnection: (state) => onEvent({ type: 'connection', state }),
    signal,
    wait: options.wait,
  })
  if (end.type === 'failed') return { status: 'failed', failure: end.failure }
  const outputs = end.outputs.map(({ derivation, output, path, narHash, narSize }) => {
    return { derivation, output, path, narHash, narSize }
  })
  return { status: 'built', outputs }
}

/**
 * Finds out what building outputs will take, and tells it.
 *
 * @throws BackendError, StoreError
 */
export async function makePlan({
  wanted,
  store,
  planner,
  onEvent,
  signal,
}: Pick<BuildJobOptions, 'wanted' | 'store' | 'planner' | 'onEvent' | 'signal'>): Promise<{
  plan: BuildPlan
  closure: ReadonlyMap<ByteString, PathInfo | null>
}> {
  const closure = await closureOf(
    store,
    wanted.map(({ derivation }) => derivation),
  )
  const plan = await planner.plan(wanted, closure.keys())
  signal.throwIfAborted()
  onEvent({ type: 'plan', derivations: viewPlan(plan) })
  return { plan, closure }
}

/**
 * All that these paths refer to, themselves included, each after what it refers to. Null stands for
 * a path whose contents are not here.
 */
export async function closureOf(
  store: Pick<Store, 'queryPathInfo'>,
  roots: readonly ByteString[],
): Promise<Map<ByteString, PathInfo | null>> {
  const infos = new Map<ByteString, PathInfo | null>()
  const open = [...roots]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (infos.has(path)) continue
    const info = await store.queryPathInfo(path)
    infos.set(path, info)
    open.push(...(info?.references ?? []))
  }
  const sorted = new Map<ByteString, PathInfo | null>()
  const entered = new Set<ByteString>()
  const stack = [...roots].reverse()
  for (let path = stack.at(-1); path !== undefined; path = stack.at(-1)) {
    const info = infos.get(path) ?? null
    if (entered.has(path)) {
      stack.pop()
      if (!sorted.has(path)) sorted.set(path, info)
      continue
    }
    entered.add(path)
    for (const reference of info?.references ?? []) {
      if (!entered.has(reference)) stack.push(reference)
    }
  }
  return sorted
}

async function upload(
  { store, backend, onEvent, signal }: BuildJobOptions,
  closure: ReadonlyMap<ByteString, PathInfo | null>,
): Promise<void> {
  const missing = new Set(await backend.missing([...closure.keys()]))
  signal.throwIfAborted()
  const infos: PathInfo[] = []
  for (const [path, info] of closure) {
    if (!missing.has(path)) continue
    if (info === null || info.contentAddress === null) {
      throw new BackendError(
        `the builder does not have '${path}', which is the output of a build and can only be built ` +
          'there: build it first, or evaluate again',
      )
    }
    infos.push(info)
  }
  let done = 0
  onEvent({ type: 'uploading', done, total: infos.length })
  let batch: ExportedPath[] = []
  let size = 0
  const send = async () => {
    await backend.import(writeExportStream(batch), signal)
    done += batch.length
    batch = []
    size = 0
    onEvent({ type: 'uploading', done, total: infos.length })
  }
  for (const { path, references, deriver, narSize } of infos) {
    if (batch.length > 0 && size + narSize > uploadSize) await send()
    batch.push({ path, references, deriver, nar: await store.narFromPath(path) })
    size += narSize
  }
  if (batch.length > 0) await send()
}

/** One entry for each derivation; the same build again has the same name on a connection only. */
function requestFor(wanted: readonly WantedOutput[]): BuildRequest {
  const outputs = new Map<ByteString, string[]>()
  for (const { derivation, output } of wanted) {
    const of = outputs.get(derivation)
    if (of === undefined) outputs.set(derivation, [output])
    else if (!of.includes(output)) of.push(output)
  }
  const random = crypto.getRandomValues(new Uint8Array(12))
  return {
    type: 'build',
    id: Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    derivations: [...outputs].map(([path, names]) => ({ path, outputs: names })),
  }
}

function eventOf(news: BuildNews): BuildEvent {
  switch (news.type) {
    case 'queued':
      return { type: 'queued', position: news.position }
    case 'state':
      return {
        type: 'state',
        derivation: news.derivation,
        name: news.name,
        state: news.state,
      }
    case 'message':
      return { type: 'message', text: news.text }
    case 'transfer':
      return { type: 'transfer', done: news.done, total: news.total }
    case 'log':
      return { type: 'log', derivation: news.derivation, text: news.text }
  }
}
