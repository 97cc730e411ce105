import type { ValueView } from '@snowglobe/worker/browser/api'
import { undoable } from '../state/notices'
import { wrappingOf } from '../state/wrap-function'
import { wrapEntry } from '../state/workspace'

/** Of a function that takes a set: what it seems to be, and the way to have it called. */
export function FunctionCard({ value }: { value: ValueView }) {
  if (value.formals === undefined) return null
  const { title, action, file, text } = wrappingOf(value.formals)
  const wrap = () => {
    const undo = wrapEntry(file, text)
    undoable(`The function is in ${file} now, and a new entry calls it.`, undo)
  }
  return (
    <div class="function-card">
      <p>{title}</p>
      <button type="button" class="chip" onClick={wrap}>
        {action}
      </button>
    </div>
  )
}
