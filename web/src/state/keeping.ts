import { effect, signal } from '@preact/signals'
import type { Snippet } from '@snowglobe/shared/snippet'
import { createStore, delMany, entries, set } from 'idb-keyval'
import {
  draftToOpen,
  draftsToForget,
  freshDraftId,
  sortDrafts,
  withDraft,
  type Draft,
  type DraftStorage,
} from './drafts'
import { sameSnippet } from './files'
import { readSetting, settingNames, writeSetting } from './storage'
import { isChanged, openSnippet, origin, snippet, type Origin } from './workspace'

/**
 * Keeps what people write. Each workspace that a person changes is a draft of its own; opening
 * something else starts another, so nothing is ever written over.
 */

const saveMilliseconds = 400

/** Every draft, newest first. */
export const drafts = signal<Draft[]>([])
/** A draft that was set aside by opening something else: the page offers to restore it. */
export const setAside = signal<Draft | null>(null)

/** The draft that changes are written to; null until the person changes what was opened. */
let current: string | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let saved: Snippet | null = null
const claimed = new Set<string>()

const database = createStore('snowglobe-page', 'drafts')
const storage: DraftStorage = {
  all: async () => (await entries<string, Draft>(database)).map(([, draft]) => draft),
  put: (draft) => set(draft.id, draft, database),
  remove: (ids) => delMany(ids, database),
}

/** A setting for each draft: tabs must not write over each other's. */
const pendingPrefix = 'pending-draft-'

/** What was written synchronously and did not reach the database before the page was closed. */
function pendingDraft(name: string): Draft | null {
  try {
    const text = readSetting(name)
    return text === null ? null : (JSON.parse(text) as Draft)
  } catch {
    return null
  }
}

function tabDraft(): string | null {
  try {
    return sessionStorage.getItem('snowglobe-draft')
  } catch {
    return null
  }
}

function rememberTabDraft(id: string | null): void {
  current = id
  try {
    if (id === null) sessionStorage.removeItem('snowglobe-draft')
    else sessionStorage.setItem('snowglobe-draft', id)
  } catch {
    // Without session storage a reload opens the newest draft instead.
  }
  if (id !== null) claim(id)
}

/** A duplicated tab has the same draft; only the first may write to it, the other writes its own. */
function claim(id: string): void {
  if (!('locks' in navigator) || claimed.has(id)) return
  claimed.add(id)
  void navigator.locks.request(`snowglobe-draft-${id}`, { ifAvailable: true }, (lock) => {
    if (lock === null) {
      claimed.delete(id)
      if (current === id) current = null
    }
    // Held until the tab is closed.
    return lock === null ? undefined : new Promise<never>(() => {})
  })
}

/**
 * Whether an earlier visit kept a draft, known at once: a first visitor need not wait for the
 * database to say that it is empty.
 */
export function mayHaveDrafts(): boolean {
  return readSetting('has-drafts') !== null || settingNames(pendingPrefix).length > 0
}

/** Reads the drafts of earlier visits and gives the one to go on with. */
export async function loadDrafts(): Promise<Draft | null> {
  const pending = settingNames(pendingPrefix)
  // No IndexedDB (a locked-down or private window): drafts last as long as the page.
  let kept = await storage.all().catch((): Draft[] => [])
  for (const name of pending) {
    const draft = pendingDraft(name)
    if (draft === null) continue
    kept = withDraft(kept, draft)
    // It stays where it is until the database has it.
    void storage.put(kept.find(({ id }) => id === draft.id)!).then(
      () => forgetPending(draft),
      () => undefined,
    )
  }
  // What was written while the database was read is newer than what it held.
  drafts.value = sortDrafts(drafts.peek().reduce(withDraft, kept))
  if (kept.length > 0) writeSetting('has-drafts', 'yes')
  return draftToOpen(kept, tabDraft())
}

/** The database has a draft: unless it was changed again since, it need not be kept twice. */
function forgetPending(draft: Draft): void {
  const name = pendingPrefix + draft.id
  if (pendingDraft(name)?.savedAt === draft.savedAt) writeSetting(name, null)
}

function put(draft: Draft): void {
  writeSetting('has-drafts', 'yes')
  // A page that is closed takes a write to IndexedDB with it, even one begun before; this one stays.
  writeSetting(pendingPrefix + draft.id, JSON.stringify(draft))
  drafts.value = sortDrafts([draft, ...drafts.value.filter(({ id }) => id !== draft.id)])
  const forgotten = draftsToForget(drafts.value, current)
  void storage
    .put(draft)
    .then(() => {
      forgetPending(draft)
      return forgotten.length > 0 ? storage.remove(forgotten) : undefined
    })
    .catch(() => undefined)
}

/** Writes the workspace to its draft now, if the person has changed it. */
export function keepNow(): void {
  clearTimeout(timer)
  timer = undefined
  // A change that was taken back must reach the draft, too.
  if (origin.peek().kind === 'lesson' || (!isChanged.peek() && current === null)) return
  const now = snippet.peek()
  if (saved !== null && sameSnippet(saved, now)) return
  if (current === null) rememberTabDraft(freshDraftId())
  saved = now
  put({ id: current!, snippet: now, savedAt: Date.now() })
}

/** Saves a while after each change, and at once when the page is hidden or closed. */
export function keepDrafts(): void {
  effect(() => {
    void snippet.value
    if (origin.value.kind === 'lesson' || (!isChanged.value && current === null)) return
    clearTimeout(timer)
    timer = setTimeout(keepNow, saveMilliseconds)
  })
  addEventListener('pagehide', keepNow)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keepNow()
  })
}

/** Goes on with a draft: changes are written to it. */
export function openDraft(draft: Draft): void {
  keepNow()
  rememberTabDraft(draft.id)
  saved = draft.snippet
  openSnippet(draft.snippet, { kind: 'draft' })
  if (setAside.peek()?.id === draft.id) setAside.value = null
}

/**
 * Opens something that is not a draft. What the person had written stays a draft, and the page
 * says so.
 */
export function openAside(next: Snippet, from: Origin): void {
  keepNow()
  const before = drafts.peek().find(({ id }) => id === current) ?? null
  rememberTabDraft(null)
  saved = null
  openSnippet(next, from)
  if (before !== null && !sameSnippet(before.snippet, next)) setAside.value = before
}

/** At start: a link was opened although there is a draft; it is kept, and the page says so. */
export function offerDraft(draft: Draft | null): void {
  if (current === null) rememberTabDraft(null)
  if (draft !== null && !sameSnippet(draft.snippet, snippet.peek())) setAside.value = draft
}
