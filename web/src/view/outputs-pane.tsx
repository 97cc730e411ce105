import type { BuildFailure, BuildState } from '@snowglobe/shared/messages'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { describeSize } from '../format/size'
import { health, nameOfDerivation, progress } from '../state/build'
import {
  describeDuration,
  describeProgress,
  type BuildProgress,
  type PlannedDerivation,
} from '../state/build-progress'
import { withoutEscapes } from '../state/build-problem'
import { openDerivation, openPlace, place } from '../state/store'
import { FilesBrowser } from './files-browser'
import { CrossIcon, TickIcon } from './icons'
import { ShellButton } from './shell-pane'

/** The build and what came of it: plan, progress, failure, outputs and their files. */
export function OutputsPane() {
  const build = progress.value
  if (build === null && place.value === null) {
    return (
      <div class="empty">
        <p>Nothing was built yet.</p>
        <p class="faint">
          Press <strong>Build</strong> on an expression whose value is a derivation: its outputs and
          their files appear here.
        </p>
      </div>
    )
  }
  return (
    <div class="outputs">
      {build !== null && <Summary build={build} />}
      {build !== null && build.failure !== null && <Failure failure={build.failure} />}
      {build !== null && build.derivations.length > 0 && <Plan build={build} />}
      {build !== null && build.outputs.length > 0 && (
        <>
          <h4>Outputs</h4>
          <ul class="output-list">
            {build.outputs.map((output) => (
              <li key={output.path + output.output}>
                <button
                  type="button"
                  class="output"
                  aria-current={place.value?.path === output.path}
                  onClick={() => void openPlace({ path: output.path, inside: '' })}
                >
                  <span class="output-path">{output.path}</span>
                  <span class="output-facts">
                    {output.output} · {describeSize(output.narSize)} · {output.narHash}
                  </span>
                </button>
                {output.output === firstOutput(build, output.derivation) && (
                  <ShellButton derivation={output.derivation} directory="empty" />
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {place.value !== null && <FilesBrowser />}
    </div>
  )
}

/** Of several outputs of one derivation the first has what belongs to all of them. */
function firstOutput(build: BuildProgress, derivation: string): string | undefined {
  return build.outputs.find((output) => output.derivation === derivation)?.output
}

function Summary({ build }: { build: BuildProgress }) {
  const { status, upload, connection } = build
  const running = build.endedAt === null
  const states = { built: 'good', failed: 'bad', 'not-buildable': 'bad', stopped: 'quiet' } as const
  const tone = running ? 'busy' : states[status as keyof typeof states]
  return (
    <div class={`summary ${tone} ${connection === 'lost' ? 'lost' : ''}`}>
      <span class="summary-text">
        {build.failure === null ? describeProgress(build) : failureKinds[build.failure.kind]}
      </span>
      {!build.resumed && <Elapsed from={build.startedAt} to={build.endedAt} />}
      {upload !== null && <progress max={upload.total} value={upload.done} aria-label="Upload" />}
    </div>
  )
}

/** A running clock, or the time something took. */
function Elapsed({ from, to }: { from: number; to: number | null }) {
  const now = useSignal(Date.now())
  useEffect(() => {
    if (to !== null) return
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 200)
    return () => clearInterval(timer)
  }, [to])
  return <span class="elapsed">{describeDuration(Math.max(0, (to ?? now.value) - from))}</span>
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

/** More derivations than this are folded: what is done, and what waits. */
const shownAtOnce = 8

function Plan({ build }: { build: BuildProgress }) {
  const { derivations, status, outputs } = build
  const isOver = status === 'built'
  const lines = (items: readonly PlannedDerivation[]) => (
    <ol class="plan">
      {items.map((item) => (
        <PlanLine key={item.path} item={item} isOver={isOver} />
      ))}
    </ol>
  )
  if (derivations.length <= shownAtOnce) {
    return (
      <>
        <h4>Plan</h4>
        {lines(derivations)}
      </>
    )
  }
  if (isOver && outputs.length > 0) {
    return (
      <details class="plan-part">
        <summary>Plan: {derivations.length} derivations</summary>
        {lines(derivations)}
      </details>
    )
  }
  const done = derivations.filter(({ state }) => state === 'built' || state === 'present')
  const waiting = derivations.filter(({ state }) => state === 'waiting')
  const others = derivations.filter((item) => !done.includes(item) && !waiting.includes(item))
  return (
    <>
      <h4>
        Plan: {done.length} of {derivations.length} done
      </h4>
      {done.length > 0 && (
        <details class="plan-part">
          <summary>{done.length} done</summary>
          {lines(done)}
        </details>
      )}
      {others.length > 0 && lines(others)}
      {waiting.length > 0 && (
        <details class="plan-part">
          <summary>{waiting.length} waiting</summary>
          {lines(waiting)}
        </details>
      )}
    </>
  )
}

function PlanLine({ item, isOver }: { item: PlannedDerivation; isOver: boolean }) {
  const { state, phase } = item
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
      <span class="plan-state">
        {isOver && state === 'waiting' ? 'not needed' : stateNames[state]}
        {state === 'building' && phase !== null && `, ${phase}`}
      </span>
      {item.startedAt !== null && <Elapsed from={item.startedAt} to={item.endedAt} />}
    </li>
  )
}

const failureKinds: Record<BuildFailure['kind'], string> = {
  'builder-failed': 'The builder failed',
  limit: 'A limit was reached',
  'output-rejected': 'An output was refused',
  'dependency-failed': 'A dependency failed',
  refused: 'The backend refused to build this',
  cancelled: 'The build was cancelled',
  internal: 'The backend failed',
}

/** Whether a builder has run, so that there is something to look at. */
function hasBuildDirectory({ kind }: BuildFailure): boolean {
  return kind === 'builder-failed' || kind === 'limit' || kind === 'output-rejected'
}

function Failure({ failure }: { failure: BuildFailure }) {
  const { derivation, message, exitCode, limit, lastLines } = failure
  const allowed = limit === null ? undefined : health.value?.limits[limit]
  return (
    <div class="failure" role="group" aria-label="Failure">
      <p>{message}</p>
      <dl class="facts">
        {derivation !== null && (
          <div>
            <dt>derivation</dt>
            <dd>
              <button
                type="button"
                class="link"
                title={derivation}
                onClick={() => openDerivation(derivation)}
              >
                {nameOfDerivation(derivation)}
              </button>
            </dd>
          </div>
        )}
        {exitCode !== null && (
          <div>
            <dt>exit code</dt>
            <dd>{exitCode}</dd>
          </div>
        )}
        {limit !== null && (
          <div>
            <dt>limit</dt>
            <dd>
              {limit}
              {allowed !== undefined && ` (${allowed})`}
            </dd>
          </div>
        )}
      </dl>
      {derivation !== null && hasBuildDirectory(failure) && (
        <ShellButton derivation={derivation} directory="failed" />
      )}
      {lastLines.length > 0 && (
        <>
          <p class="faint">The builder’s last lines</p>
          <pre class="code plain last-lines" tabIndex={0}>
            {withoutEscapes(lastLines.join('\n'))}
          </pre>
        </>
      )}
    </div>
  )
}
