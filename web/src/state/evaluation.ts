import { batch, computed, signal } from '@preact/signals'
import { messageOf } from '@snowglobe/shared/message-of'
import type { Evaluation, Problem, ValueView } from '@snowglobe/worker/browser/api'
import type { Snippet } from '@snowglobe/shared/snippet'
import { machine } from '../machine'
import { announce } from './announce'
import { downloading } from './channels'
import { readSetting, writeSetting } from './storage'
import {
  canOpen,
  childrenAtOnce,
  nodeAt,
  openPaths,
  treeNode,
  updateNode,
  withChildren,
  type TreeNode,
  type TreePath,
} from './value-tree'
import { snippet } from './workspace'

/** As the person types, so long after the last key. */
const typingMilliseconds = 100
/** An evaluation that takes longer than this is shown to be under way. */
const slowMilliseconds = 250

/** What runs: a quick evaluation (as you type, under a budget) or a full one. */
export const running = signal<'quick' | 'full' | null>(null)
/** It has run long enough that the person should see it. */
export const slow = signal(false)
/** The last answer; null before the first, and after a full evaluation was stopped. */
export const evaluation = signal<Evaluation | null>(null)
/** Whether the last answer is that of a full evaluation. */
export const isFull = signal(false)
/** The answer is for the workspace as it is now. */
export const isCurrent = signal(false)
export const stopped = signal(false)
/** The machine itself failed: told instead of a value. */
export const machineFailure = signal<string | null>(null)
export const tree = signal<TreeNode | null>(null)

/** What was told since: by parts of the value that were opened, or of storing it. */
const told = signal<readonly Problem[]>([])

export const problems = computed<Problem[]>(() => {
  return [...(evaluation.value?.problems ?? []), ...told.value]
})

let lastRequest = 0
let timer: ReturnType<typeof setTimeout> | undefined
let slowTimer: ReturnType<typeof setTimeout> | undefined
/** The workspace changed while an evaluation ran: evaluate it when that one is done. */
let waiting: Snippet | null = null

function begin(kind: 'quick' | 'full'): number {
  clearTimeout(timer)
  clearTimeout(slowTimer)
  batch(() => {
    running.value = kind
    stopped.value = false
    slow.value = false
  })
  slowTimer = setTimeout(() => {
    slow.value = true
    if (kind === 'full') announce('Evaluating…')
  }, slowMilliseconds)
  return ++lastRequest
}

function finish(): void {
  clearTimeout(slowTimer)
  batch(() => {
    running.value = null
    slow.value = false
  })
  if (waiting !== null) {
    waiting = null
    void evaluateQuickly()
  }
}

function show(answer: Evaluation, full: boolean): void {
  const wasOpen = tree.peek() === null ? [] : openPaths(tree.peek()!)
  batch(() => {
    evaluation.value = answer
    isFull.value = full
    isCurrent.value = waiting === null
    machineFailure.value = null
    told.value = []
    tree.value = answer.value === null ? null : treeNode('', answer.value)
  })
  void openAgain(answer.value, wasOpen)
  if (answer.isBeingStored === true) void tellStorageProblem(answer)
}

/** The answer does not wait until what it names is stored: what goes wrong with that is told after it. */
async function tellStorageProblem(answer: Evaluation): Promise<void> {
  const problem = await machine.storageProblem(answer.request)
  if (problem === null || evaluation.peek() !== answer) return
  told.value = [...told.peek(), problem]
}

/** Opens the root, and what was open in the value before this one. */
async function openAgain(value: ValueView | null, paths: readonly TreePath[]): Promise<void> {
  if (value === null || value.size === 0) return
  await openNode([])
  for (const path of paths) {
    const node = tree.peek() === null ? null : nodeAt(tree.peek()!, path)
    if (path.length > 0 && node !== null && canOpen(node)) await openNode(path)
  }
  if (computesAll.peek()) await computeTree(isCollection)
}

function fail(error: unknown): void {
  const message = messageOf(error)
  if (message === 'stopped') {
    stopped.value = true
    return
  }
  machineFailure.value = message
  announce(message)
}

/** Evaluates to weak head normal form under the budget; called as the person types. */
export async function evaluateQuickly(): Promise<void> {
  const current = snippet.peek()
  // What waits for a channel on its way is given up: that may take minutes.
  const givesWay = running.peek() === 'quick' && downloading.peek() !== null
  if (running.peek() !== null && !givesWay) {
    waiting = current
    return
  }
  const request = begin('quick')
  try {
    const answer = await machine.evaluateQuickly(current, request)
    if (answer.request === lastRequest) show(answer, false)
  } catch (error) {
    if (request === lastRequest) fail(error)
  } finally {
    if (request === lastRequest) finish()
  }
}

/** Evaluates without a budget: the Evaluate button. */
export async function evaluateFully(): Promise<void> {
  waiting = null
  const request = begin('full')
  try {
    const answer = await machine.evaluate(snippet.peek(), request)
    if (answer.request === lastRequest) {
      show(answer, true)
      announceAnswer(answer)
    }
  } catch (error) {
    if (request === lastRequest) fail(error)
  } finally {
    if (request === lastRequest) finish()
  }
}

function announceAnswer({ value, problems: found }: Evaluation): void {
  const errors = found.filter(({ severity }) => severity === 'error')
  if (value !== null) announce(`Evaluated: ${value.kind}, ${value.summary}`)
  else if (errors[0] !== undefined) announce(`Evaluation failed: ${errors[0].message}`)
}

/** The workspace has changed: evaluates it once the person pauses. */
export function evaluateSoon(): void {
  isCurrent.value = false
  clearTimeout(timer)
  timer = setTimeout(() => void evaluateQuickly(), typingMilliseconds)
}

/** Ends whatever the evaluator does; a new one is ready at once. */
export async function stopEvaluation(): Promise<void> {
  const wasRunning = running.peek() !== null
  lastRequest++
  waiting = null
  clearTimeout(slowTimer)
  batch(() => {
    running.value = null
    slow.value = false
    stopped.value = wasRunning
    if (tree.value !== null) tree.value = allIdle(tree.value)
  })
  await machine.stop()
}

const allIdle = (node: TreeNode): TreeNode => ({
  ...node,
  busy: false,
  children: node.children?.map(allIdle) ?? null,
})

export const isForcing = signal(0)

/** Forces the value at `path` if it was not, and shows its children (or the next ones). */
export async function openNode(path: TreePath, more = false): Promise<void> {
  const root = tree.peek()
  const node = root === null ? null : nodeAt(root, path)
  if (root === null || node === null || node.value.handle === null || node.busy) return
  const known = node.children?.length ?? 0
  if (node.children !== null && !more) {
    tree.value = updateNode(root, path, (old) => ({ ...old, open: true }))
    return
  }
  const answeredTo = evaluation.peek()
  const update = (change: (old: TreeNode) => TreeNode) => {
    if (tree.peek() !== null && evaluation.peek() === answeredTo) {
      tree.value = updateNode(tree.peek()!, path, change)
    }
  }
  update((old) => ({ ...old, busy: true }))
  isForcing.value++
  try {
    const opened = await machine.expand(node.value.handle, known, childrenAtOnce)
    const { value, children, messages } = opened
    batch(() => {
      // What turned out to have no children is not left standing open.
      update((old) => ({ ...withChildren(old, value, known, children), open: value.size > 0 }))
      if (evaluation.peek() === answeredTo) told.value = [...told.peek(), ...messages]
    })
    if (node.value.kind === 'thunk' && !computesAll.peek())
      announce(`${node.name}: ${value.summary}`)
  } catch (error) {
    const message = messageOf(error)
    const failure = message === 'stopped' ? 'Stopped. Evaluate again to open it.' : message
    update((old) => ({ ...old, busy: false, failure }))
  } finally {
    isForcing.value--
  }
}

/** The `.drv` of a derivation in the tree, forcing what names it. Null where that fails. */
export async function derivationPath(path: TreePath): Promise<string | null> {
  await openNode(path)
  await openNode([...path, 'drvPath'])
  const root = tree.peek()
  const node = root === null ? null : nodeAt(root, [...path, 'drvPath'])
  // A store path needs no escapes: between its quotes it is itself.
  return /^"(.+\.drv)"$/.exec(node?.value.summary ?? '')?.[1] ?? null
}

/** Whether what is in sight of a value is forced by itself. */
export const computesAll = signal(readSetting('compute-all') === 'yes')

/** Has what is in sight of this and all later values forced by itself, or no longer. */
export function computeAll(chosen: boolean): void {
  computesAll.value = chosen
  writeSetting('compute-all', chosen ? 'yes' : null)
  if (chosen) void computeTree()
}

/** Derivations and sets of more than so many attributes are not forced by themselves: they would take long. */
const isCollection = ({ kind, size }: ValueView) =>
  kind === 'derivation' || (kind === 'attribute set' && size > 100)

/** How far values are forced by themselves: they may have no end. */
const computedLevels = 5
const maxComputed = 500

/** Forces what is in sight, and what is in that; what is short then is shown on one line. */
async function computeTree(isLeftOut: (value: ValueView) => boolean = () => false): Promise<void> {
  const answeredTo = evaluation.peek()
  const node = (path: TreePath) => {
    const isOver = tree.peek() === null || evaluation.peek() !== answeredTo
    return isOver ? null : nodeAt(tree.peek()!, path)
  }
  let left = maxComputed
  const compute = async (path: TreePath): Promise<void> => {
    if (node(path)?.value.kind === 'thunk') {
      if (left-- <= 0 || path.length > computedLevels) return
      await openNode(path)
    }
    const opened = node(path)
    if (opened?.open !== true || opened.children === null || isLeftOut(opened.value)) return
    for (const { name } of opened.children) await compute([...path, name])
    await refreshNode(path)
    if (path.length > 0 && node(path)?.value.whole !== undefined) closeNode(path)
  }
  await compute([])
}

/** Shows a value as it is now that more of it is forced. */
async function refreshNode(path: TreePath): Promise<void> {
  const answeredTo = evaluation.peek()
  const handle = tree.peek() === null ? null : (nodeAt(tree.peek()!, path)?.value.handle ?? null)
  if (handle === null) return
  const { value } = await machine.expand(handle, 0, 0)
  if (tree.peek() === null || evaluation.peek() !== answeredTo) return
  tree.value = updateNode(tree.peek()!, path, (node) => ({ ...node, value }))
}

export function closeNode(path: TreePath): void {
  if (tree.value === null) return
  tree.value = updateNode(tree.value, path, (node) => ({ ...node, open: false }))
}
