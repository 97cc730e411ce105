import { insertText } from '../editor/reveal'
import { toast } from '../state/announce'
import { build } from '../state/build'
import { evaluateFully } from '../state/evaluation'
import { snippetOf } from '../state/files'
import { openAside } from '../state/keeping'
import { pane, showResult } from '../state/layout'
import { undoable } from '../state/notices'
import { leaveLesson, lessonId } from '../state/lesson'
import { linkToEntry } from '../state/reference-address'
import { isChanged, openSnippet, origin, snippet } from '../state/workspace'
import type { Entry } from './entries'
import { programOf } from './example-code'

/**
 * Puts an expression of the Reference in place of the workspace and evaluates it. What the person has written stays a
 * draft; what was only opened can be had back.
 */
export async function tryExpression(entry: Entry, expression: string): Promise<void> {
  if (lessonId.peek() !== null) leaveLesson()
  const name = entry.name.replace(/[^\w.+-]/g, '')
  const [before, from, isDraft] = [snippet.peek(), origin.peek(), isChanged.peek()]
  openAside(snippetOf(programOf(expression), name), { kind: 'example', title: entry.id })
  if (from.kind === 'link' && !isDraft) {
    undoable(`Opened an example of ${entry.id}.`, () => openSnippet(before, from))
  }
  showResult('value')
  await evaluateFully()
}

/** Opens a package as the workspace and builds it. */
export async function buildPackage(entry: Entry): Promise<void> {
  await tryExpression(entry, entry.id)
  pane.value = 'terminal'
  await build()
}

/** Writes a name where the cursor is in the editor. */
export function insertName(name: string): void {
  insertText(name)
  toast(`Inserted ${name}`)
}

/** Copies the address of the page with this entry, and without the workspace. */
export async function copyLink(id: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(linkToEntry(new URL(location.href), id))
    toast('Link copied')
  } catch {
    // The clipboard may be forbidden; the address bar is not.
    toast('The link is in the address bar.')
  }
}
