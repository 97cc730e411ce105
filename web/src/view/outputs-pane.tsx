import type { BuildFailure } from '@snowglobe/shared/messages'
import { describeSize } from '../format/size'
import { health, nameOfDerivation, progress } from '../state/build'
import { describeProgress, type BuildProgress } from '../state/build-progress'
import { withoutEscapes } from '../state/build-problem'
import { openDerivation, openPlace, place } from '../state/store'
import { BuildPlan, PlanButton } from './build-plan'
import { Elapsed } from './elapsed'
import { Fact } from './fact'
import { FilesBrowser } from './files-browser'
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
        <PlanButton />
      </div>
    )
  }
  return (
    <div class="outputs">
      {build !== null && <Summary build={build} />}
      {build !== null && build.failure !== null && <Failure failure={build.failure} />}
      {build !== null && build.derivations.length > 0 && <BuildPlan build={build} />}
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
  const states = {
    built: 'good',
    failed: 'bad',
    'not-buildable': 'bad',
    stopped: 'quiet',
    planned: 'quiet',
  } as const
  const tone = running ? 'busy' : states[status as keyof typeof states]
  return (
    <div class={`summary ${tone} ${connection === 'lost' ? 'lost' : ''}`}>
      <span class="summary-text">
        {build.failure === null ? describeProgress(build) : failureKinds[build.failure.kind]}
      </span>
      {!running && <PlanButton again={status === 'planned'} />}
      {!build.resumed && status !== 'planned' && (
        <Elapsed from={build.startedAt} to={build.endedAt} />
      )}
      {upload !== null && <progress max={upload.total} value={upload.done} aria-label="Upload" />}
    </div>
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
          <Fact name="derivation">
            <button
              type="button"
              class="link"
              title={derivation}
              onClick={() => openDerivation(derivation)}
            >
              {nameOfDerivation(derivation)}
            </button>
          </Fact>
        )}
        {exitCode !== null && <Fact name="exit code">{exitCode}</Fact>}
        {limit !== null && (
          <Fact name="limit">
            {limit}
            {allowed !== undefined && ` (${allowed})`}
          </Fact>
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
