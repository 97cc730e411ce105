import { signal } from '@preact/signals'
import { announce } from './announce'

/** A line above the panes that stays until it is dealt with. */
export interface Notice {
  id: number
  text: string
  action: { label: string; run: () => void } | null
}

export const notices = signal<Notice[]>([])
let last = 0

/** Shows a notice and gives the way to take it away. */
export function notify(text: string, action: Notice['action'] = null): () => void {
  const id = ++last
  const dismiss = () => {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }
  const run = action === null ? null : { ...action, run: () => (dismiss(), action.run()) }
  notices.value = [...notices.value, { id, text, action: run }]
  announce(text)
  return dismiss
}

const undoMilliseconds = 12_000

/** Says what was done and offers to undo it for a while. */
export function undoable(text: string, undo: () => void): void {
  const dismiss = notify(text, { label: 'Undo', run: undo })
  setTimeout(dismiss, undoMilliseconds)
}
