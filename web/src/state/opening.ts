import { batch } from '@preact/signals'
import { examples } from '../examples/examples'
import type { Draft } from './drafts'
import { loadDrafts, drafts, mayHaveDrafts, offerDraft, openAside, openDraft } from './keeping'
import { openLesson } from './lesson'
import { notify } from './notices'
import { isOwnHistory } from './reference'
import { addressHolds, correctAddress } from './share'
import { addressWithoutSnippet, askedByAddress } from './start'
import { openSnippet } from './workspace'

/** Opens the person's last draft, or the first example where there is none. */
export function openOwn(draft: Draft | null = drafts.peek()[0] ?? null): void {
  const first = examples[0]!
  if (draft !== null) openDraft(draft)
  else openSnippet(first.snippet, { kind: 'example', title: first.title })
}

/**
 * Opens what the page starts with: the address's snippet or lesson, else the draft, else the first
 * example. A draft that is not opened stays one click away.
 */
export async function openAtStart(): Promise<void> {
  const asked = askedByAddress(new URL(location.href))
  if (asked.kind === 'snippet') {
    openSnippet(asked.snippet, { kind: 'link' })
    addressHolds(asked.snippet)
    // The evaluation of what is shown need not wait for the drafts.
    void loadDrafts().then(offerDraft)
    return
  }
  if (asked.kind === 'nothing' && !mayHaveDrafts()) {
    openOwn(null)
    // Only where settings were cleared and the database was not.
    void loadDrafts().then(offerDraft)
    return
  }
  const draft = await loadDrafts()
  batch(() => {
    if (asked.kind === 'broken') {
      notify(asked.message)
      history.replaceState(history.state, '', addressWithoutSnippet(new URL(location.href)))
    }
    openOwn(draft)
  })
  if (asked.kind === 'lesson') await openLesson(asked.id)
}

/** Opens the snippet of a link that was put into this very tab's address bar. */
export function followAddress(): void {
  addEventListener('hashchange', () => {
    // Somebody went back or forth in the Reference.
    if (isOwnHistory()) return correctAddress()
    const asked = askedByAddress(new URL(location.href))
    if (asked.kind === 'broken') notify(asked.message)
    if (asked.kind !== 'snippet') return
    openAside(asked.snippet, { kind: 'link' })
    addressHolds(asked.snippet)
  })
}
