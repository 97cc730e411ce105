import type { Snippet } from '@snowglobe/shared/snippet'

/** A workspace of the person's own, as kept in the browser. */
export interface Draft {
  id: string
  snippet: Snippet
  /** Milliseconds since 1970. */
  savedAt: number
}

/** So many drafts are kept; older ones make room. */
export const draftsKept = 30

/** Where drafts lie: IndexedDB in the page, a map in tests. */
export interface DraftStorage {
  all(): Promise<Draft[]>
  put(draft: Draft): Promise<void>
  remove(ids: string[]): Promise<void>
}

/** Newest first. */
export function sortDrafts(drafts: readonly Draft[]): Draft[] {
  return [...drafts].sort((one, other) => other.savedAt - one.savedAt)
}

/** The drafts with another one, which takes the place of an older state of the same draft. */
export function withDraft(drafts: readonly Draft[], draft: Draft): Draft[] {
  const old = drafts.find(({ id }) => id === draft.id)
  if (old !== undefined && old.savedAt > draft.savedAt) return [...drafts]
  return [draft, ...drafts.filter(({ id }) => id !== draft.id)]
}

/**
 * Which draft a tab goes on with: its own after a reload (`tabDraft`), else the one written last.
 * Null where there is none.
 */
export function draftToOpen(drafts: readonly Draft[], tabDraft: string | null): Draft | null {
  return drafts.find((draft) => draft.id === tabDraft) ?? sortDrafts(drafts)[0] ?? null
}

/** The drafts that make room, oldest last, never `current`. */
export function draftsToForget(drafts: readonly Draft[], current: string | null): string[] {
  return sortDrafts(drafts)
    .filter(({ id }) => id !== current)
    .slice(draftsKept - 1)
    .map(({ id }) => id)
}

/** A new draft's name, unlike every other's. */
export const freshDraftId = () => crypto.randomUUID()

/** A few words to recognise a draft by: its first line of code. */
export function describeDraft({ snippet }: Draft): string {
  const text = snippet.files.find(({ path }) => path === snippet.entry)?.text ?? ''
  const lines = text.split('\n').map((line) => line.trim())
  const line = lines.find((other) => other !== '' && !other.startsWith('#')) ?? lines[0] ?? ''
  const short = line.length > 48 ? `${line.slice(0, 47)}…` : line
  return short === '' ? 'empty' : short
}
