import type { Problem, Range } from '@snowglobe/worker/browser/api'
import { reveal } from '../editor/reveal'
import { ChannelHint } from './channel-hint'
import { FeatureHint } from './feature-hint'
import { Nix } from './nix'

/** A place as a button that goes there, or as text where it is not in the workspace. */
export function Place({ range, place }: { range: Range | null; place: string | null }) {
  if (range === null) return place === null ? null : <code class="faint">{place}</code>
  return (
    <button type="button" class="link place" onClick={() => reveal(range)}>
      {range.file}:{range.startLine}:{range.startColumn}
    </button>
  )
}

type Frame = Problem['frames'][number]

/** What led to a problem, the innermost first; steps through the code of others are folded. */
export function Frames({ problem: { frames } }: { problem: Problem }) {
  if (frames.length === 0) return null
  return (
    <ol class="frames">
      {foldLibraries(frames).map((group, at) =>
        group.length === 1 || !isElsewhere(group[0]!) ? (
          group.map((frame) => <FrameItem key={at} frame={frame} />)
        ) : (
          <li key={at}>
            <details class="library-frames">
              <summary>
                {group.length} steps in {libraryOf(group)}
              </summary>
              <ol class="frames">
                {group.map((frame, at) => (
                  <FrameItem key={at} frame={frame} />
                ))}
              </ol>
            </details>
          </li>
        ),
      )}
    </ol>
  )
}

function FrameItem({ frame }: { frame: Frame }) {
  return (
    <li>
      {frame.message} <Place range={frame.range} place={frame.place} />
    </li>
  )
}

const isElsewhere = ({ range, place }: Frame) => range === null && place !== null

/** Neighbours in the code of others together; what has no place at all belongs to what is before. */
function foldLibraries(frames: readonly Frame[]): Frame[][] {
  const groups: Frame[][] = []
  for (const frame of frames) {
    const last = groups.at(-1)
    const joins =
      last !== undefined && isElsewhere(last[0]!) && (frame.range === null || isElsewhere(frame))
    if (joins) last.push(frame)
    else groups.push([frame])
  }
  return groups
}

/** The file of the steps if it is one, else how many files. */
function libraryOf(group: readonly Frame[]): string {
  const files = new Set(
    group.flatMap(({ place }) => (place === null ? [] : [place.replace(/:\d+:\d+$/, '')])),
  )
  const [first = ''] = files
  if (files.size > 1) return `${files.size} other files`
  return first.replace(/^\/nix\/store\/[0-9a-z]{32}-[^/]+\//, '')
}

/** What was wanted, what was there instead, and where that is from. */
function Mismatch({ problem: { mismatch } }: { problem: Problem }) {
  if (mismatch === undefined) return null
  const { expected, found, value, definition } = mismatch
  return (
    <dl class="mismatch">
      <dt>Expected</dt>
      <dd>{expected}</dd>
      <dt>Found</dt>
      <dd>
        {found}: <code>{value}</code>
        {definition !== null && (
          <>
            , defined at <Place range={definition} place={null} />
          </>
        )}
      </dd>
    </dl>
  )
}

/** An infinite recursion, step for step: each needs the next, the last the first. */
function Cycle({ problem: { cycle } }: { problem: Problem }) {
  if (cycle === undefined) return null
  return (
    <div class="cycle">
      <p>{cycle.length === 1 ? 'This needs its own value:' : 'Each of these needs the next:'}</p>
      <ol>
        {cycle.map((step, at) => (
          <li key={at}>
            <code>
              <Nix code={step.code} />
            </code>{' '}
            <Place range={step.range} place={step.place} />
          </li>
        ))}
      </ol>
      {cycle.length > 1 && <p>And the last one needs the first.</p>}
    </div>
  )
}

/** What helps with a problem: ways out, what did not fit, the steps of a recursion. */
export function ProblemHelp({ problem }: { problem: Problem }) {
  return (
    <>
      <ChannelHint problem={problem} />
      <FeatureHint problem={problem} />
      <Mismatch problem={problem} />
      <Cycle problem={problem} />
    </>
  )
}

/** An error in full: message, place, what led there, and the text as Nix prints it. */
export function ProblemCard({ problem }: { problem: Problem }) {
  const { message, range, place, text, severity } = problem
  return (
    <div class={`problem-card ${severity}`}>
      <p class="problem-message">{message}</p>
      <p class="problem-place">
        <Place range={range} place={place} />
      </p>
      <ProblemHelp problem={problem} />
      <Frames problem={problem} />
      <details open={problem.frames.length === 0}>
        <summary>As Nix prints it</summary>
        <pre class="code plain">{text}</pre>
      </details>
    </div>
  )
}
