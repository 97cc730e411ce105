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
