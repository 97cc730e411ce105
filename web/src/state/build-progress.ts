import type { BuildFailure, BuildState } from '@snowglobe/shared/messages'
import type {
  BuildEvent,
  BuildResult,
  PlannedView,
  Problem,
  ReasonView,
} from '@snowglobe/worker/browser/api'

export interface PlannedDerivation {
  path: string
  name: string
  /** What was thought before it began; null if it came up since. */
  forecast: PlannedView['forecast'] | null
  /** Why it is to be built, once that is known. */
  reason: ReasonView | null
  state: BuildState
  /** Of its builder, as its setup hooks tell. */
  phase: string | null
  startedAt: number | null
  endedAt: number | null
}

export type BuiltOutput = Extract<BuildResult, { status: 'built' }>['outputs'][number]

/** All there is to see of a build. */
export interface BuildProgress {
  status: 'preparing' | 'building' | BuildResult['status']
  derivations: PlannedDerivation[]
  upload: { done: number; total: number } | null
  /** Bytes that have been fetched, and how many are known of; null while there are none. */
  transfer: { done: number; total: number } | null
  /** In the queue, from 1; null once it runs. */
  queuePosition: number | null
  connection: 'ok' | 'lost'
  outputs: BuiltOutput[]
  failure: BuildFailure | null
  problems: Problem[]
  /** Why nothing was built. */
  reason: string | null
  startedAt: number
  endedAt: number | null
  /** Shown again after a reload: how long it took is not known any more. */
  resumed: boolean
}

export function beginBuild(now: number): BuildProgress {
  return {
    status: 'preparing',
    derivations: [],
    upload: null,
    transfer: null,
    queuePosition: null,
    connection: 'ok',
    outputs: [],
    failure: null,
    problems: [],
    reason: null,
    startedAt: now,
    endedAt: null,
    resumed: false,
  }
}

const isOver = (state: BuildState) =>
  state === 'built' || state === 'present' || state === 'failed' || state === 'cancelled'

/** Whether an event still counts after the result: it came another way, on which the last ones may be late. */
function countsLate(event: BuildEvent): boolean {
  return (
    event.type === 'plan' ||
    event.type === 'reasons' ||
    (event.type === 'state' && isOver(event.state))
  )
}

/** The progress after an event; `now` in milliseconds since 1970. Log text is the terminal's. */
export function afterEvent(progress: BuildProgress, event: BuildEvent, now: number): BuildProgress {
  if (progress.endedAt !== null && !countsLate(event)) return progress
  switch (event.type) {
    case 'plan': {
      const known = new Map(progress.derivations.map((item) => [item.path, item]))
      const fresh = { reason: null, phase: null, startedAt: null, endedAt: null } as const
      const derivations = event.derivations.map((item): PlannedDerivation => {
        const state = item.forecast === 'present' ? 'present' : 'waiting'
        return known.get(item.path) ?? { ...item, ...fresh, state }
      })
      return { ...progress, derivations }
    }
    case 'reasons': {
      const reasons = new Map(event.reasons.map(({ path, reason }) => [path, reason]))
      const derivations = progress.derivations.map((item) => ({
        ...item,
        reason: reasons.get(item.path) ?? item.reason,
      }))
      return { ...progress, derivations }
    }
    case 'uploading':
      return { ...progress, upload: { done: event.done, total: event.total } }
    case 'queued':
      return { ...progress, queuePosition: event.position, upload: null }
    case 'state': {
      const { derivation: path, name, state } = event
      const before = progress.derivations.find((item) => item.path === path)
      const working = state === 'building' || state === 'substituting'
      const item: PlannedDerivation = {
        path,
        name,
        forecast: before?.forecast ?? null,
        reason: before?.reason ?? null,
        state,
        phase: before?.phase ?? null,
        startedAt: before?.startedAt ?? (working ? now : null),
        endedAt: isOver(state) ? now : null,
      }
      const derivations =
        before === undefined
          ? [...progress.derivations, item]
          : progress.derivations.map((other) => (other === before ? item : other))
      const status = progress.endedAt === null ? 'building' : progress.status
      return { ...progress, status, derivations, queuePosition: null, upload: null }
    }
    case 'transfer':
      return { ...progress, transfer: { done: event.done, total: event.total } }
    case 'log':
    case 'message':
      return progress
    case 'connection':
      return { ...progress, connection: event.state === 'lost' ? 'lost' : 'ok' }
  }
}

export function afterPhase(progress: BuildProgress, path: string, phase: string): BuildProgress {
  const derivations = progress.derivations.map((item) =>
    item.path === path ? { ...item, phase } : item,
  )
  return { ...progress, derivations }
}

export function afterResult(
  progress: BuildProgress,
  result: BuildResult,
  now: number,
): BuildProgress {
  const over = {
    ...progress,
    status: result.status,
    upload: null,
    queuePosition: null,
    connection: 'ok' as const,
    endedAt: now,
  }
  switch (result.status) {
    case 'built':
      return { ...over, outputs: result.outputs }
    case 'failed':
      return { ...over, failure: result.failure }
    case 'not-buildable':
      return { ...over, reason: result.reason, problems: result.problems }
    case 'planned':
      return over
    case 'stopped':
      return {
        ...over,
        derivations: progress.derivations.map((item) =>
          isOver(item.state) ? item : { ...item, state: 'cancelled', endedAt: now },
        ),
      }
  }
}

/** One sentence about how far the build is. */
export function describeProgress(progress: BuildProgress): string {
  const { status, derivations, upload, queuePosition } = progress
  const done = derivations.filter(({ state }) => state === 'built' || state === 'present').length
  if (progress.connection === 'lost') return 'Connection lost, trying again…'
  switch (status) {
    case 'preparing':
      if (queuePosition !== null)
        return `Waiting for a builder: number ${queuePosition} in the queue`
      if (upload !== null)
        return `Sending what the builder lacks: ${upload.done} of ${upload.total}`
      if (derivations.length > 0) return describeForecast(derivations)
      return 'Finding out what to build…'
    case 'planned':
      return describeForecast(derivations)
    case 'building':
      return (
        `${done} of ${derivations.length} ${derivations.length === 1 ? 'derivation' : 'derivations'} done` +
        describeTransfer(progress.transfer)
      )
    case 'built': {
      const outputs = progress.outputs.length
      return `${outputs} ${outputs === 1 ? 'output' : 'outputs'} in the store`
    }
    case 'failed':
      return progress.failure?.message ?? 'The build failed'
    case 'not-buildable':
      return progress.reason ?? 'There is nothing to build'
    case 'stopped':
      return 'Stopped'
  }
}

/** What a plan will take, like `3 to build, 1 to fetch, 12 already there`. */
function describeForecast(derivations: readonly PlannedDerivation[]): string {
  const count = (forecast: PlannedView['forecast']) =>
    derivations.filter((item) => item.forecast === forecast).length
  const [build, fetch, present] = [count('build'), count('fetch'), count('present')]
  if (build === 0 && fetch === 0) return 'Nothing to build: all is there already'
  const parts = [`${build} to build`]
  if (fetch > 0) parts.push(`${fetch} to fetch`)
  if (present > 0) parts.push(`${present} already there`)
  return parts.join(', ')
}

/** What is said of bytes that are on their way; nothing once all have come. */
function describeTransfer(transfer: BuildProgress['transfer']): string {
  if (transfer === null || transfer.done >= transfer.total) return ''
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  return `, ${mebibytes(transfer.done)} of ${mebibytes(transfer.total)} MiB fetched`
}

/** Milliseconds as people say them: `0.8 s`, `12 s`, `3 min 5 s`. */
export function describeDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
