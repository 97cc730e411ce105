import { batch, signal } from '@preact/signals'
import type { Documentation } from '@snowglobe/worker/browser/api'
import { machine } from '../machine'
import { ask, type Asked } from './asked'
import { pane } from './layout'
import { addressWith, entryInAddress, snippetPart } from './reference-address'

/** The name of the entry that the Reference shows, '' for its list, null while it is closed. */
export const referenceEntry = signal<string | null>(null)
export const referenceQuery = signal('')
/** Counts the times that somebody wants to type into the Reference. */
export const referenceWanted = signal(0)

/** What is known of builtins, functions and packages, once it is needed. */
export const documentation = signal<Asked<Documentation> | null>(null)

/** What had the focus before the Reference was opened. */
let focusedBefore: HTMLElement | null = null

/**
 * Marks entries of the tab's history that this page has made: moving between them changes what the Reference
 * shows, and never the workspace.
 */
const mark = crypto.randomUUID?.() ?? String(Math.random())

/** Whether the page itself has been at this entry of the tab's history. */
export function isOwnHistory(): boolean {
  return (history.state as { page?: unknown } | null)?.page === mark
}

/** Loads what the Reference tells; after a failure, again. */
export async function loadDocumentation(): Promise<void> {
  if (documentation.peek() !== null && documentation.peek()?.state !== 'failed') return
  await ask(machine.documentation(), (asked) => {
    documentation.value = asked
  })
}

/** Opens the Reference to type into it; leaves it open where it was. */
export function searchReference(query?: string): void {
  batch(() => {
    if (query !== undefined) referenceQuery.value = query
    showEntry(query === undefined ? (referenceEntry.peek() ?? '') : '')
    referenceWanted.value++
  })
}

/** Shows an entry, or the list for ''; the way back is the browser's. */
export function showEntry(entry: string): void {
  if (referenceEntry.peek() === null) focusedBefore = document.activeElement as HTMLElement | null
  go(entry)
  pane.value = 'reference'
}

/** Closes the Reference and gives the focus back. */
export function closeReference(): void {
  go(null)
  if (pane.peek() === 'reference') pane.value = 'code'
  focusedBefore?.focus()
  focusedBefore = null
}

function go(entry: string | null): void {
  if (entry === referenceEntry.peek()) return
  referenceEntry.value = entry
  const now = new URL(location.href)
  if (entryInAddress(now) === entry) return
  history.replaceState({ page: mark }, '')
  history.pushState({ page: mark }, '', addressWith(now, snippetPart(now), entry))
}

/** Shows what the address says, now and whenever it changes. */
export function followReferenceInAddress(): void {
  const follow = () => {
    const entry = entryInAddress(new URL(location.href))
    if (entry === referenceEntry.peek()) return
    batch(() => {
      referenceEntry.value = entry
      if (entry !== null) pane.value = 'reference'
      else if (pane.peek() === 'reference') pane.value = 'code'
    })
  }
  addEventListener('popstate', follow)
  follow()
}
