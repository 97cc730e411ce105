import { useSignal } from '@preact/signals'
import type { Problem } from '@snowglobe/worker/browser/api'
import { reveal } from '../editor/reveal'
import { progress } from '../state/build'
import { evaluation, problems } from '../state/evaluation'
import { ChevronIcon, CrossIcon, InfoIcon, WarningIcon } from './icons'
import { ProblemCard } from './problem-card'

const icons = { error: CrossIcon, warning: WarningIcon, info: InfoIcon }
const names = { error: 'Error', warning: 'Warning', info: 'Note' }

/** Everything that is wrong or was said: errors, warnings and traces. */
export function ProblemsPane() {
  const found = [...problems.value, ...(progress.value?.problems ?? [])]
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
              <Entry key={`${at}${problem.message}`} problem={problem} />
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

function Entry({ problem }: { problem: Problem }) {
  const open = useSignal(false)
  const { severity, message, range, place } = problem
  const Icon = icons[severity]
  const where = range === null ? place : `${range.file}:${range.startLine}:${range.startColumn}`
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
      {open.value && <ProblemCard problem={problem} />}
    </li>
  )
}
