import type { BuildState } from '@snowglobe/shared/messages'
import type { ChangeView, PlannedView } from '@snowglobe/worker/browser/api'
import { describeReason } from '../format/build-reason'
import { nameOfDerivation, reasonAgainstBuild, showPlan } from '../state/build'
import type { BuildProgress, PlannedDerivation } from '../state/build-progress'
import { openDerivation } from '../state/store'
import { Elapsed } from './elapsed'
import { CrossIcon, TickIcon } from './icons'

/** More derivations than this are folded: what is done, and what waits for no reason of its own. */
const shownAtOnce = 8

/** Which derivations a build takes: what is done, what is being done, and why what waits is needed. */
export function BuildPlan({ build }: { build: BuildProgress }) {
  const { derivations, status, outputs } = build
  const lines = (items: readonly PlannedDerivation[]) => (
    <ol class="plan">
      {items.map((item) => (
        <PlanLine key={item.path} item={item} status={status} />
      ))}
    </ol>
  )
  const folded = (items: readonly PlannedDerivation[], what: string) =>
    items.length > 0 && (
      <details class="plan-part">
        <summary>
          {items.length} {what}
        </summary>
        {lines(items)}
      </details>
    )
  if (derivations.length <= shownAtOnce) {
    return (
      <>
        <h4>Plan</h4>
        {lines(derivations)}
      </>
    )
  }
  if (status === 'built' && outputs.length > 0) {
    return (
      <details class="plan-part">
        <summary>Plan: {derivations.length} derivations</summary>
        {lines(derivations)}
      </details>
    )
  }
  const isDone = ({ state }: PlannedDerivation) => state === 'built' || state === 'present'
  const done = derivations.filter(isDone)
  const waiting = derivations.filter(({ state }) => state === 'waiting')
  const changed = waiting.filter(({ reason }) => reason?.kind === 'changed')
  const active = derivations.filter((item) => !isDone(item) && item.state !== 'waiting')
  // What changed is what a person wants to see; but not hundreds of them.
  const telling = changed.slice(0, shownAtOnce)
  const others = waiting.filter((item) => !telling.includes(item))
  const isPlanned = status === 'planned'
  const unbuilt = others.filter(({ forecast }) => forecast !== 'fetch')
  const isOfChannel = ({ reason }: PlannedDerivation) =>
    reason?.kind === 'not-built' && reason.origin === 'channel'
  const why = unbuilt.every(isOfChannel) ? ', as the channel has them' : ''
  return (
    <>
      <h4>{isPlanned ? 'Plan' : `Plan: ${done.length} of ${derivations.length} done`}</h4>
      {lines([...active, ...telling])}
      {folded(unbuilt, (isPlanned ? 'more to build' : 'waiting') + why)}
      {folded(
        others.filter(({ forecast }) => forecast === 'fetch'),
        'to fetch',
      )}
      {folded(done, isPlanned ? 'already there' : 'done')}
    </>
  )
}

/** Has the plan shown without building, or made anew; nothing while nothing can be built. */
export function PlanButton({ again = false }: { again?: boolean }) {
  if (reasonAgainstBuild.value !== null) return null
  return (
    <button type="button" class="link plan-button" onClick={() => void showPlan()}>
      {again ? 'Plan again' : 'Show the plan'}
    </button>
  )
}

const stateNames: Record<BuildState, string> = {
  waiting: 'waiting',
  substituting: 'fetching',
  building: 'building',
  built: 'built',
  present: 'already there',
  failed: 'failed',
  cancelled: 'cancelled',
}

const forecastNames: Record<PlannedView['forecast'], string> = {
  build: 'to build',
  fetch: 'to fetch',
  present: 'already there',
}

function describeState(item: PlannedDerivation, status: BuildProgress['status']): string {
  const { state, forecast, phase } = item
  if (state === 'waiting' && status === 'built') return 'not needed'
  if (state === 'waiting' && forecast !== null) return forecastNames[forecast]
  if (forecast === 'fetch' && state === 'building') return 'fetching'
  if (forecast === 'fetch' && state === 'built') return 'fetched'
  return state === 'building' && phase !== null
    ? `${stateNames[state]}, ${phase}`
    : stateNames[state]
}

function PlanLine({ item, status }: { item: PlannedDerivation; status: BuildProgress['status'] }) {
  const { state } = item
  return (
    <li class={`plan-line state-${state}`}>
      <span class="plan-mark" aria-hidden="true">
        {(state === 'built' || state === 'present') && <TickIcon />}
        {state === 'failed' && <CrossIcon />}
      </span>
      <button
        type="button"
        class="plan-name"
        title={item.path}
        onClick={() => openDerivation(item.path)}
      >
        {nameOfDerivation(item.path)}
      </button>
      <span class="plan-state">{describeState(item, status)}</span>
      {item.startedAt !== null && <Elapsed from={item.startedAt} to={item.endedAt} />}
      {item.reason !== null && <Why reason={item.reason} />}
    </li>
  )
}

/** Why it is to be built; what makes the difference can be unfolded. */
function Why({ reason }: { reason: NonNullable<PlannedDerivation['reason']> }) {
  const text = describeReason(reason)
  const values =
    reason.kind === 'changed'
      ? reason.changes.filter(({ removed, added }) => removed.length + added.length > 0)
      : []
  if (values.length === 0) return <p class="plan-why">{text}</p>
  return (
    <details class="plan-why">
      <summary>{text}</summary>
      <dl class="plan-changes">
        {values.map((change) => (
          <ChangedValue key={change.what + change.name} change={change} />
        ))}
      </dl>
    </details>
  )
}

function ChangedValue({ change }: { change: ChangeView }) {
  const { what, name, removed, added } = change
  return (
    <div>
      <dt>{name === '' ? what : name}</dt>
      {removed.map((part, index) => (
        <dd key={`-${index}`} class="value-gone">
          <span class="visually-hidden">without </span>
          {part}
        </dd>
      ))}
      {added.map((part, index) => (
        <dd key={`+${index}`} class="value-come">
          <span class="visually-hidden">with </span>
          {part}
        </dd>
      ))}
    </div>
  )
}
