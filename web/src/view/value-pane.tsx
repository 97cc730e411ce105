import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import {
  closeNode,
  computeAll,
  computesAll,
  derivationPath,
  evaluation,
  isCurrent,
  isFull,
  machineFailure,
  openNode,
  problems,
  running,
  slow,
  stopped,
  tree,
} from '../state/evaluation'
import { keysFor } from '../shortcuts'
import { doneForEvaluation } from '../state/evaluation-build'
import { describeSize } from '../format/size'
import { toast } from '../state/announce'
import { downloading } from '../state/channels'
import { openDerivation } from '../state/store'
import { entryText } from '../state/workspace'
import { canOpen, childrenAtOnce, rowAfterKey, treeRows, type TreeRow } from '../state/value-tree'
import { ChevronIcon } from './icons'
import { Nix } from './nix'
import { PastedCard } from './pasted-card'
import { ProblemCard } from './problem-card'
import { StorePath } from './store-path'

/** The value of the workspace: a tree whose nodes are forced when they are opened. */
export function ValuePane() {
  const answer = evaluation.value
  const failure = machineFailure.value
  const error = problems.value.find(({ severity }) => severity === 'error')
  const isBlank = entryText.value?.trim() === ''
  // What was given up while the person typed is no answer once it is evaluated in full.
  const isAwaited = answer === null || (answer.budgetExhausted && running.value === 'full')
  return (
    <div class={`value ${isCurrent.value ? '' : 'outdated'}`}>
      {failure !== null && <p class="note bad">{failure}</p>}
      {stopped.value && running.value === null && (
        <p class="note">Stopped. A fresh evaluator is ready.</p>
      )}
      {tree.value !== null && <ValueTree />}
      {tree.value !== null && <PastedCard value={tree.value.value} />}
      {answer !== null &&
        answer.value === null &&
        error !== undefined &&
        (isBlank ? <NothingYet /> : <ProblemCard problem={error} />)}
      {answer !== null && answer.budgetExhausted && running.value !== 'full' && (
        <p class="note">
          This takes longer than is spent while you type. <strong>Evaluate</strong>
          <span class="keys"> ({keysFor.evaluate})</span> takes its time.
        </p>
      )}
      {isAwaited && failure === null && !stopped.value && (
        <p class="note busy">{slow.value ? 'Evaluating…' : ''}</p>
      )}
    </div>
  )
}

function NothingYet() {
  return (
    <div class="empty">
      <p>Nothing to evaluate yet.</p>
      <p class="faint">
        Write an expression, like <code>1 + 1</code>, or begin with one of the Examples.
      </p>
    </div>
  )
}

/** What the head of Result says about the value: how long it took, or that it is on its way. */
export function ValueStatus() {
  const progress = downloading.value
  if (slow.value && progress !== null) {
    const { name, received, size } = progress
    return (
      <span class="status busy">
        Downloading {name}: {describeSize(received)} of {describeSize(size)}
      </span>
    )
  }
  const needed = doneForEvaluation.value
  if (slow.value && needed !== null) {
    return <span class="status busy">{needed} to evaluate…</span>
  }
  if (slow.value) {
    return <span class="status busy">{running.value === 'full' ? 'Evaluating…' : 'Checking…'}</span>
  }
  const answer = evaluation.value
  if (answer === null) return null
  const time = answer.milliseconds
  const text = time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`
  return (
    <span class="status" title={isFull.value ? 'Evaluated in full' : 'Evaluated as you typed'}>
      {text}
    </span>
  )
}

async function showDerivation({ path, node }: TreeRow): Promise<void> {
  const found = node?.value.drvPath ?? (await derivationPath(path))
  if (found === null) toast('This derivation cannot be instantiated: its drvPath says why.')
  else openDerivation(found)
}

function ValueTree() {
  const focused = useSignal<string>('[]')
  const element = useRef<HTMLDivElement>(null)
  const rows = treeRows(tree.value!)
  const found = rows.findIndex(({ key }) => key === focused.value)
  const current = found < 0 ? 0 : found

  const focusRow = (at: number) => {
    focused.value = rows[at]!.key
    element.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[at]?.focus()
  }

  const activate = (row: TreeRow) => {
    if (row.node === null) return void openNode(row.path, true)
    if (row.node.open) closeNode(row.path)
    else if (canOpen(row.node)) void openNode(row.path)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[current]!
    const target = event.target as HTMLElement
    if (target.getAttribute('role') !== 'treeitem') return
    const opens = row.node !== null && !row.node.open && canOpen(row.node)
    if (event.key === 'Enter' || event.key === ' ') activate(row)
    else if (event.key === 'ArrowRight' && opens) void openNode(row.path)
    else if (event.key === 'ArrowLeft' && row.node?.open === true) closeNode(row.path)
    else {
      const to = rowAfterKey(rows, current, event.key)
      if (to === null) return
      focusRow(to)
    }
    event.preventDefault()
  }

  const hasThunks = rows.some(({ node }) => node?.value.kind === 'thunk')
  return (
    <>
      {(hasThunks || computesAll.value) && (
        <button
          type="button"
          class="chip compute-all"
          aria-pressed={computesAll.value}
          title="Values are computed when they are opened. This computes them all, now and from now on."
          onClick={() => computeAll(!computesAll.value)}
        >
          Compute all
        </button>
      )}
      <div ref={element} class="tree" role="tree" aria-label="Value" onKeyDown={onKeyDown}>
        {rows.map((row, at) => (
          <Row
            key={row.key}
            row={row}
            isFocused={at === current}
            focus={() => {
              focused.value = row.key
            }}
            activate={() => activate(row)}
          />
        ))}
      </div>
    </>
  )
}

interface RowProps {
  row: TreeRow
  isFocused: boolean
  focus: () => void
  activate: () => void
}

function Row({ row, isFocused, focus, activate }: RowProps) {
  const { node, level, position, siblings, remaining } = row
  const indent = { '--level': level - 1 }
  if (node === null) {
    return (
      <div
        class="row more"
        style={indent}
        role="treeitem"
        aria-level={level}
        tabIndex={isFocused ? 0 : -1}
        onClick={activate}
        onFocus={focus}
      >
        <span class="link">Show {Math.min(childrenAtOnce, remaining)} more</span>
        <span class="faint"> of {remaining}</span>
      </div>
    )
  }
  const { value, name, busy } = node
  const opens = canOpen(node)
  return (
    <div
      class={`row kind-${value.kind.replace(' ', '-')}`}
      style={indent}
      role="treeitem"
      aria-level={level}
      aria-setsize={siblings}
      aria-posinset={position}
      aria-expanded={opens ? node.open : undefined}
      aria-busy={busy}
      tabIndex={isFocused ? 0 : -1}
      onFocus={focus}
    >
      <div class="row-line" onClick={activate}>
        <span class={`twist ${opens ? '' : 'none'}`} aria-hidden="true">
          {opens && <ChevronIcon />}
        </span>
        {name !== '' && (
          <>
            <span class="row-name">{name}</span>
            <span class="row-equals">{' = '}</span>
          </>
        )}
        <span class="row-value">
          {busy && value.kind === 'thunk' ? (
            <em class="faint">computing…</em>
          ) : (
            <Nix code={node.open ? value.summary : (value.whole ?? value.summary)} />
          )}
        </span>
        {value.kind === 'thunk' && !busy && <span class="hint">open to compute</span>}
        {value.kind === 'derivation' && (
          <button
            type="button"
            class="chip"
            title={value.drvPath ?? 'Instantiate it and show the .drv'}
            onClick={(event) => {
              event.stopPropagation()
              void showDerivation(row)
            }}
          >
            .drv
          </button>
        )}
      </div>
      {node.failure !== null && <p class="row-note bad">{node.failure}</p>}
      {value.problem?.message.includes('\n') === true && (
        <p class="row-note bad">{value.problem.message}</p>
      )}
      {value.context !== undefined && value.context.length > 0 && (
        <p class="row-note">
          <span class="faint">depends on </span>
          {value.context.map((path) => (
            <StorePath key={path} path={path} />
          ))}
        </p>
      )}
    </div>
  )
}
