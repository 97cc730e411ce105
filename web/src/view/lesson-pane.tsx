import { undoable } from '../state/notices'
import { openOwn } from '../state/opening'
import {
  checked,
  checkLesson,
  checking,
  hasPassed,
  leaveLesson,
  lesson,
  lessons,
  openLesson,
  ownAnswer,
  position,
  resetLesson,
  toggleSolution,
} from '../state/lesson'
import { openSnippet, origin, snippet } from '../state/workspace'
import { BackIcon, ChevronIcon, CloseIcon, CrossIcon, TickIcon } from './icons'
import { inCode } from './in-code'

/** A lesson beside the editor: its text, and what the check says of the answer. */
export function LessonPane() {
  const files = lesson.value
  if (files === null) return null
  const at = position.value
  const before = lessons[at - 1]
  const after = lessons[at + 1]
  return (
    <section class="panel lesson" aria-label="Lesson">
      <header class="panel-head">
        <h2 class="panel-title">
          Lesson {at + 1} <span class="faint">of {lessons.length}</span>
        </h2>
        <span class="spacer" />
        <button
          type="button"
          class="icon-button small"
          aria-label="Previous lesson"
          disabled={before === undefined}
          onClick={() => before !== undefined && void openLesson(before.id)}
        >
          <BackIcon />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label="Next lesson"
          disabled={after === undefined}
          onClick={() => after !== undefined && void openLesson(after.id)}
        >
          <ChevronIcon />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label="Leave the lesson"
          title="Leave the lesson"
          onClick={() => leaveLesson(openOwn)}
        >
          <CloseIcon />
        </button>
      </header>
      <div class="panel-body prose" key={files.text.title} tabIndex={0}>
        <h1>{files.text.title}</h1>
        {/* Rendered from our own Markdown when the page was built. */}
        <div dangerouslySetInnerHTML={{ __html: files.text.html }} />
      </div>
      <footer class="lesson-foot">
        <Results />
        <div class="lesson-actions">
          <button
            type="button"
            class="pill primary"
            aria-disabled={checking.value}
            onClick={() => void checkLesson()}
          >
            {checking.value ? 'Checking…' : 'Check'}
          </button>
          <button type="button" class="pill" onClick={toggleSolution}>
            {ownAnswer.value === null ? 'Show solution' : 'Back to mine'}
          </button>
          <button
            type="button"
            class="pill"
            onClick={() => {
              const [answer, from] = [snippet.peek(), origin.peek()]
              resetLesson()
              undoable('The lesson starts over.', () => openSnippet(answer, from))
            }}
          >
            Reset
          </button>
        </div>
      </footer>
    </section>
  )
}

function Results() {
  const result = checked.value
  if (result === null) return null
  return (
    <div class="check-results" role="group" aria-label="Check">
      {hasPassed.value && <p class="check-passed">All checks pass. Well done.</p>}
      {result.problem !== null && <p class="note bad">{result.problem.message}</p>}
      <ul>
        {result.checks.map(({ ok, hint }, at) => (
          <li key={at} class={ok ? 'ok' : 'not-ok'}>
            {ok ? <TickIcon /> : <CrossIcon />}
            <span class="visually-hidden">{ok ? 'Passes: ' : 'Not yet: '}</span>
            <span>{ok ? `Check ${at + 1}` : inCode(hint)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
