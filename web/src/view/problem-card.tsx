import type { Problem, Range } from '@snowglobe/worker/browser/api'
import { reveal } from '../editor/reveal'

/** A place as a button that goes there, or as text where it is not in the workspace. */
export function Place({ range, place }: { range: Range | null; place: string | null }) {
  if (range === null) return place === null ? null : <code class="faint">{place}</code>
  return (
    <button type="button" class="link place" onClick={() => reveal(range)}>
      {range.file}:{range.startLine}:{range.startColumn}
    </button>
  )
}

/** What led to a problem, the innermost first. */
export function Frames({ problem: { frames } }: { problem: Problem }) {
  if (frames.length === 0) return null
  return (
    <ol class="frames">
      {frames.map((frame, at) => (
        <li key={at}>
          {frame.message} <Place range={frame.range} place={frame.place} />
        </li>
      ))}
    </ol>
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
      <Frames problem={problem} />
      <details open={problem.frames.length === 0}>
        <summary>As Nix prints it</summary>
        <pre class="code plain">{text}</pre>
      </details>
    </div>
  )
}
