import { batch, computed, effect, signal } from '@preact/signals'
import { messageOf } from '@snowglobe/shared/message-of'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { CheckResult } from '@snowglobe/worker/browser/api'
import { createStore, get, set } from 'idb-keyval'
import type { RenderedLesson } from '../format/rendered-lesson'
import { machine } from '../machine'
import { announce, toast } from './announce'
import { sameSnippet, snippetOf } from './files'
import { keepNow } from './keeping'
import { pane } from './layout'
import { addressWith, entryInAddress } from './reference-address'
import { addressWithoutSnippet } from './start'
import { openSnippet, origin, snippet, type Origin } from './workspace'

/** A lesson in the list: its folder's name and its title. */
export interface LessonEntry {
  id: string
  title: string
}

interface LessonFiles {
  text: RenderedLesson
  start: string
  solution: string
  check: string
}

/** What is kept of a lesson between visits. */
interface LessonProgress {
  snippet: Snippet | null
  passed: boolean
}

const titles = import.meta.glob<string>('../../../tutorials/*/lesson.md', {
  query: '?title',
  import: 'default',
  eager: true,
})
const texts = import.meta.glob<RenderedLesson>('../../../tutorials/*/lesson.md', {
  import: 'default',
})
const sources = import.meta.glob<string>('../../../tutorials/*/*.nix', {
  query: '?raw',
  import: 'default',
})

const folderOf = (path: string) => path.split('/').at(-2)!

/** All lessons, in the order of their folders' numbers. */
export const lessons: LessonEntry[] = Object.entries(titles)
  .map(([path, title]) => ({ id: folderOf(path), title }))
  .sort((one, other) => (one.id < other.id ? -1 : 1))

export const lessonId = signal<string | null>(null)
export const lesson = signal<LessonFiles | null>(null)
export const checking = signal(false)
export const checked = signal<CheckResult | null>(null)
/** The person's own answer while the solution is shown; null otherwise. */
export const ownAnswer = signal<Snippet | null>(null)
export const progress = signal<Record<string, LessonProgress>>({})

export const position = computed(() => lessons.findIndex(({ id }) => id === lessonId.value))
export const hasPassed = computed(() => checked.value !== null && isPassed(checked.value))

/** The workspace that leaving the lesson goes back to. */
let before: { snippet: Snippet; origin: Origin } | null = null

const database = createStore('snowglobe-lessons', 'progress')
let loadedProgress: Promise<void> | null = null

function isPassed({ checks, problem }: CheckResult): boolean {
  return problem === null && checks.length > 0 && checks.every(({ ok }) => ok)
}

async function loadProgress(): Promise<void> {
  progress.value = (await get<Record<string, LessonProgress>>('lessons', database)) ?? {}
}

function keep(id: string, change: Partial<LessonProgress>): void {
  const old = progress.peek()[id] ?? { snippet: null, passed: false }
  progress.value = { ...progress.peek(), [id]: { ...old, ...change } }
  void set('lessons', progress.peek(), database).catch(() => undefined)
}

async function load(id: string): Promise<LessonFiles> {
  const folder = `../../../tutorials/${id}`
  const source = (name: string) => {
    const read = sources[`${folder}/${name}`]
    if (read === undefined) throw new Error(`The lesson “${id}” has no ${name}.`)
    return read()
  }
  const read = texts[`${folder}/lesson.md`]
  if (read === undefined) throw new Error(`There is no lesson “${id}”.`)
  const [text, start, solution, check] = await Promise.all([
    read(),
    source('start.nix'),
    source('solution.nix'),
    source('check.nix'),
  ])
  return { text, start, solution, check }
}

/** Opens a lesson beside the editor. The person's own workspace comes back on leaving. */
export async function openLesson(id: string): Promise<void> {
  let files: LessonFiles
  try {
    loadedProgress ??= loadProgress().catch(() => undefined)
    ;[files] = await Promise.all([load(id), loadedProgress])
  } catch (error) {
    toast(messageOf(error))
    return
  }
  keepNow()
  const kept = progress.peek()[id]?.snippet ?? null
  batch(() => {
    keepAnswer()
    if (lessonId.value === null && origin.value.kind !== 'lesson') {
      before = { snippet: snippet.peek(), origin: origin.peek() }
    }
    lessonId.value = id
    lesson.value = files
    checked.value = null
    ownAnswer.value = null
    openSnippet(kept ?? snippetOf(files.start), { kind: 'lesson', id })
    pane.value = 'lesson'
  })
  const address = new URL(location.href)
  address.searchParams.set('lesson', id)
  address.searchParams.delete('code')
  history.replaceState(history.state, '', addressWith(address, '', entryInAddress(address)))
  announce(`Lesson: ${files.text.title}`)
}

/**
 * Leaves the lesson for the workspace before it. A page that was opened in the lesson has none:
 * `fallback` then opens something.
 */
export function leaveLesson(fallback: () => void = () => {}): void {
  keepAnswer()
  batch(() => {
    lessonId.value = null
    lesson.value = null
    checked.value = null
    ownAnswer.value = null
    pane.value = 'code'
    if (before === null) fallback()
    else openSnippet(before.snippet, before.origin)
  })
  before = null
  history.replaceState(history.state, '', addressWithoutSnippet(new URL(location.href)))
}

/** Runs the lesson's check on the workspace. */
export async function checkLesson(): Promise<void> {
  const [id, files] = [lessonId.peek(), lesson.peek()]
  if (id === null || files === null || checking.peek()) return
  const answer = snippet.peek()
  checking.value = true
  try {
    const result = await machine.check(answer, files.check)
    if (lessonId.peek() !== id || snippet.peek() !== answer) return
    checked.value = result
    const passed = isPassed(result)
    if (passed && ownAnswer.peek() === null) keep(id, { passed: true })
    const done = result.checks.filter(({ ok }) => ok).length
    announce(passed ? 'All checks pass' : `${done} of ${result.checks.length} checks pass`)
  } catch (error) {
    const message = messageOf(error)
    toast(message === 'stopped' ? 'The check was stopped.' : `The check could not run: ${message}`)
  } finally {
    checking.value = false
  }
}

/** Shows the solution in the editor, or the person's own answer again. */
export function toggleSolution(): void {
  const [id, files] = [lessonId.peek(), lesson.peek()]
  if (id === null || files === null) return
  batch(() => {
    checked.value = null
    if (ownAnswer.value !== null) {
      openSnippet(ownAnswer.value, { kind: 'lesson', id })
      ownAnswer.value = null
    } else {
      keepAnswer()
      ownAnswer.value = snippet.peek()
      openSnippet(snippetOf(files.solution), { kind: 'lesson', id })
    }
    pane.value = 'code'
  })
}

/** Starts the lesson over; gives the way back. */
export function resetLesson(): void {
  const [id, files] = [lessonId.peek(), lesson.peek()]
  if (id === null || files === null) return
  batch(() => {
    checked.value = null
    ownAnswer.value = null
    openSnippet(snippetOf(files.start), { kind: 'lesson', id })
  })
  keep(id, { snippet: null })
}

function keepAnswer(): void {
  const [id, files] = [lessonId.peek(), lesson.peek()]
  if (id === null || files === null || ownAnswer.peek() !== null) return
  const answer = snippet.peek()
  const isStart = sameSnippet(answer, snippetOf(files.start))
  keep(id, { snippet: isStart ? null : answer })
}

const keepMilliseconds = 500

/** Keeps the answer to a lesson as it is written, like a draft. */
export function keepAnswers(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  loadedProgress ??= loadProgress().catch(() => undefined)
  effect(() => {
    void snippet.value
    if (origin.value.kind !== 'lesson' || ownAnswer.value !== null) return
    clearTimeout(timer)
    timer = setTimeout(keepAnswer, keepMilliseconds)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keepAnswer()
  })
  // An outdated tick beside changed code would mislead.
  effect(() => {
    void snippet.value
    checked.value = null
  })
}
