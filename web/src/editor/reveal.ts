import { signal } from '@preact/signals'
import type { Range } from '@snowglobe/worker/browser/api'
import { pane } from '../state/layout'

/** The place that the editor selects and scrolls to, as soon as there is an editor. */
export const place = signal<Range | null>(null)

/** Shows a place of the workspace in the editor. */
export function reveal(range: Range): void {
  pane.value = 'code'
  place.value = { ...range }
}

/** Text that the editor writes at its cursor, as soon as there is an editor. */
export const insertion = signal<{ text: string } | null>(null)

/** Writes text where the cursor of the editor is, in place of what is selected. */
export function insertText(text: string): void {
  pane.value = 'code'
  insertion.value = { text }
}
