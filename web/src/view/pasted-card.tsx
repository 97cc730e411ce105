import type { ValueView } from '@snowglobe/worker/browser/api'
import { undoable } from '../state/notices'
import { wrappingOf } from '../state/wrap-pasted'
import { entryText, wrapEntry } from '../state/workspace'

/** Of what was pasted and is called by something else: what it seems to be, and the way to have it called. */
export function PastedCard({ value }: { value: ValueView }) {
  const wrapping = wrappingOf(value, entryText.value ?? '')
  if (wrapping === null) return null
  const { title, action, file, text } = wrapping
  const wrap = () => {
    const undo = wrapEntry(file, text)
    undoable(`What was here is in ${file} now, and a new entry calls it.`, undo)
  }
  return (
    <div class="pasted-card">
      <p>{title}</p>
      <button type="button" class="chip" onClick={wrap}>
        {action}
      </button>
    </div>
  )
}
