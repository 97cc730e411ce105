import { useSignal } from '@preact/signals'
import type { Problem } from '@snowglobe/worker/browser/api'
import { reveal } from '../editor/reveal'
import { buildProblems } from '../state/build'
import { evaluation, problems } from '../state/evaluation'
import { Explanation } from './explanation'
import { ChevronIcon, CrossIcon, InfoIcon, WarningIcon } from './icons'
import { Frames, ProblemHelp } from './problem-card'

const icons = { error: CrossIcon, warning: WarningIcon, info: InfoIcon }
const names = { error: 'Error', warning: 'Warning', info: 'Note' }

/** Everything that is wrong or was said: errors, warnings and traces. */
export function ProblemsPane() {
  const found = [...problems.value, ...buildProblems.value]
  return (
    <section class="panel problems" aria-label="Problems">
      <header class="panel-head">
        <h2 class="panel-title">Problems</h2>
        {found.length > 0 && <span class="badge">{found.length}</span>}
      </header>
      <div class="panel-body">
        {found.length === 0 ? (
          <p class="note quiet">{evaluation.value === null ? '' : 'No problems.'}</p>
        ) : (
          <ul class="problem-list">
            {found.map((problem, at) => (
              <Entry key={`${at}${problem.message}`} problem={problem} isFirst={at === 0} />
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

function Entry({ problem, isFirst }: { problem: Problem; isFirst: boolean }) {
  // The first error is the one to mend: it is told in full.
  const open = useSignal(isFirst && problem.severity === 'error')
  const { severity, message, range } = problem
  const Icon = icons[severity]
  const where = range && `${range.file}:${range.startLine}:${range.startColumn}`
  return (
    <li class={`problem ${severity}`}>
      <div class="problem-line">
        <button
          type="button"
          class="icon-button small"
          aria-label={open.value ? 'Fold details' : 'Unfold details'}
          aria-expanded={open.value}
          onClick={() => {
            open.value = !open.value
          }}
        >
          <ChevronIcon />
        </button>
        <button
          type="button"
          class="problem-go"
          onClick={() => {
            if (range === null) open.value = !open.value
            else reveal(range)
          }}
        >
          <span class="problem-icon">
            <Icon />
            <span class="visually-hidden">{names[severity]}: </span>
          </span>
          <span class="problem-text">{message}</span>
          {where !== null && <span class="problem-where">{where}</span>}
        </button>
      </div>
      {open.value && <ProblemText problem={problem} />}
    </li>
  )
}

function ProblemText({ problem }: { problem: Problem }) {
  return (
    <div class="problem-full">
      <ProblemHelp problem={problem} />
      <Explanation problem={problem} />
      <pre class="code plain" tabIndex={0} aria-label="As Nix prints it">
        {problem.text}
      </pre>
      <Frames problem={problem} />
    </div>
  )
}
