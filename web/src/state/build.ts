import { batch, computed, signal } from '@preact/signals'
import { messageOf } from '@snowglobe/shared/message-of'
import type { Health } from '@snowglobe/shared/messages'
import type { BuildEvent, BuildResult } from '@snowglobe/worker/browser/api'
import { proxy } from 'comlink'
import { machine } from '../machine'
import type { NamedLine } from '../terminal/format-line'
import { announce } from './announce'
import { LogLines, type LogLine } from './build-log'
import { problemsOfBuild } from './build-problem'
import {
  afterEvent,
  afterPhase,
  afterResult,
  beginBuild,
  describeProgress,
  type BuildProgress,
} from './build-progress'
import { evaluation, isCurrent } from './evaluation'
import { resultTab, showResult } from './layout'
import { sameSnippet } from './files'
import { rememberBuild, rememberedBuild } from './last-build'
import { forgetPlace, openOutputs, refreshPaths } from './store'
import { snippet } from './workspace'

/** The build that runs, or the last one. */
export const progress = signal<BuildProgress | null>(null)
export const buildProblems = computed(() => problemsOfBuild(progress.value))
export const isBuilding = computed(() => progress.value !== null && progress.value.endedAt === null)
/** What the backend says of itself; undefined until it was asked, null where none answers. */
export const health = signal<Health | null | undefined>(undefined)

/** Who wants to know of log lines as they come: the terminal. */
type LogListener = (lines: readonly NamedLine[]) => void
const listeners = new Set<LogListener>()
/** What the terminal missed because it was not loaded yet. */
const missed: NamedLine[] = []
const mostMissed = 20_000

/** Hears every log line, with those that came before anybody listened; gives the way to end it. */
export function onLog(listener: LogListener): () => void {
  listeners.add(listener)
  if (missed.length > 0) listener(missed.splice(0))
  return () => listeners.delete(listener)
}

/** Has lines shown in the terminal. */
export function tellLog(lines: readonly NamedLine[]): void {
  if (listeners.size === 0) {
    missed.push(...lines)
    if (missed.length > mostMissed) missed.splice(0, missed.length - mostMissed)
  }
  for (const listener of listeners) listener(lines)
}

/** Why builds are off as a whole, whatever the workspace holds; null while they are possible. */
export const buildsOff = computed<string | null>(() => {
  const told = health.value
  if (told === undefined) return null
  if (told === null) {
    return 'No backend answers, so nothing can be built. Everything else works without one.'
  }
  if (told.sandbox.available) return null
  return told.sandbox.reason ?? 'The backend has no sandbox to build in.'
})

/** Why Build is disabled now; null if it is not. */
export const reasonAgainstBuild = computed<string | null>(() => {
  if (isBuilding.value) return 'A build is running: stop it first.'
  if (buildsOff.value !== null) return buildsOff.value
  const buildable = evaluation.value?.buildable ?? null
  if (!isCurrent.value || buildable === null || !('reason' in buildable)) return null
  return buildable.reason
})

const askAgainMilliseconds = 15_000

async function askHealth(): Promise<void> {
  health.value = await machine.health().catch(() => null)
}

/**
 * Asks the backend how it is: now, when the network comes or goes, and from time to time while builds are off.
 */
export async function watchHealth(): Promise<void> {
  await askHealth()
  setInterval(() => {
    if (buildsOff.peek() !== null && document.visibilityState !== 'hidden') void askHealth()
  }, askAgainMilliseconds)
  addEventListener('online', () => void askHealth())
  addEventListener('offline', () => void askHealth())
}

/** Builds the workspace as nix-build does: the Build button. */
export async function build(): Promise<void> {
  if (!mayBuild()) return
  const built = snippet.peek()
  const { lines, onEvent } = begin('Build started')
  rememberBuild({ snippet: built, outputs: null })
  try {
    const result = await machine.build(built, proxy(onEvent))
    rememberBuild(result.status === 'built' ? { snippet: built, outputs: result.outputs } : null)
    tellLog([...lines.end().map(named), ...lastWords(result)])
    update((now) => afterResult(now, result, Date.now()))
    if (result.status === 'built') openOutputs(result.outputs)
    // The backend may have gone since it was asked.
    if (result.status === 'not-buildable') void askHealth()
  } catch (error) {
    rememberBuild(null)
    endWith(error)
  }
  if (progress.value !== null) announce(`Build: ${describeProgress(progress.value)}`)
  void refreshPaths()
}

/** Shows what Build would do, and why, without doing it. */
export async function showPlan(): Promise<void> {
  if (!mayBuild()) return
  const { onEvent } = begin('Finding out what Build would do')
  try {
    const result = await machine.plan(snippet.peek(), proxy(onEvent))
    update((now) => afterResult(now, result, Date.now()))
  } catch (error) {
    endWith(error)
  }
  if (progress.value !== null) announce(`Plan: ${describeProgress(progress.value)}`)
  void refreshPaths()
}

function mayBuild(): boolean {
  const reason = reasonAgainstBuild.peek()
  if (reason !== null) announce(reason)
  return reason === null
}

/** Names of the derivations of the plan, for the log. */
const names = new Map<string, string>()
const named = (line: LogLine): NamedLine => ({
  ...line,
  name: names.get(line.derivation) ?? nameOfDerivation(line.derivation),
})

/** Shows that something begins, and gives what hears of it. */
function begin(told: string): { lines: LogLines; onEvent: (event: BuildEvent) => void } {
  const lines = new LogLines()
  names.clear()
  const onEvent = (event: BuildEvent) => {
    if (event.type === 'plan') {
      for (const { path, name } of event.derivations) names.set(path, name)
    }
    if (event.type === 'log') {
      const whole = lines.add(event.derivation, event.text).map(named)
      for (const line of whole) {
        if (line.kind === 'phase') update((now) => afterPhase(now, line.derivation, line.phase))
      }
      return tellLog(whole)
    }
    if (event.type === 'message') return tellLog([{ kind: 'note', text: event.text }])
    if (event.type === 'state' && (event.state === 'built' || event.state === 'failed')) {
      announce(`${event.name}: ${event.state}`)
    }
    if (event.type === 'connection') announce(`Connection to the builder ${event.state}`)
    update((now) => afterEvent(now, event, Date.now()))
  }
  batch(() => {
    progress.value = beginBuild(Date.now())
    forgetPlace()
    showResult('outputs')
  })
  announce(told)
  return { lines, onEvent }
}

/** Shows how something ended that was rejected. */
function endWith(error: unknown): void {
  const message = messageOf(error)
  const result: BuildResult =
    message === 'stopped'
      ? { status: 'stopped' }
      : { status: 'not-buildable', problems: [], reason: message }
  update((now) => afterResult(now, result, Date.now()))
}

/** What the terminal says at the end of a build, as nix-build does. */
function lastWords(result: BuildResult): NamedLine[] {
  const note = (text: string): NamedLine => ({ kind: 'note', text })
  switch (result.status) {
    case 'built':
      return result.outputs.map(({ path }) => note(path))
    case 'failed':
      return [note(`error: ${result.failure.message}`)]
    case 'not-buildable':
      return [note(`error: ${result.reason}`)]
    case 'stopped':
      return [note('stopped')]
    case 'planned':
      return []
  }
}

/** After a reload: shows again what this tab built, or joins the build that was running. */
export function resumeBuild(): void {
  const last = rememberedBuild()
  if (last === null || !sameSnippet(last.snippet, snippet.peek())) return
  if (last.outputs === null) {
    void build()
    return
  }
  const now = Date.now()
  batch(() => {
    const result = { status: 'built', outputs: last.outputs! } as const
    progress.value = { ...afterResult(beginBuild(now), result, now), resumed: true }
    showResult('outputs')
  })
  openOutputs(last.outputs)
}

/** Another workspace was opened: what was built of the one before is only in the store. */
export function forgetBuild(): void {
  if (isBuilding.peek()) return
  batch(() => {
    progress.value = null
    forgetPlace()
    if (resultTab.peek() === 'outputs') resultTab.value = 'value'
  })
}

function update(change: (now: BuildProgress) => BuildProgress): void {
  if (progress.value !== null) progress.value = change(progress.value)
}

/** `hello` of `/nix/store/<hash>-hello.drv`. */
export function nameOfDerivation(path: string): string {
  return path.replace(/^.*\/[0-9a-z]{32}-/, '').replace(/\.drv$/, '')
}
