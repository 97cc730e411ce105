import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Props {
  /** The beginning of the question, which the path completes. */
  question: string
  /** The path that is chosen; null before any is. */
  chosen: string | null
  choose: (path: string) => void
  /** The paths to choose from: `<option>`s, perhaps in groups. */
  options: ComponentChildren
  /** The answer. */
  children: ComponentChildren
}

/** A question about the path that is shown and another one, which is chosen from a list. */
export function PathQuestion({ question, chosen, choose, options, children }: Props) {
  const id = useId()
  return (
    <section class="why">
      <h4>
        <label for={id}>{question}</label>
      </h4>
      <select
        id={id}
        class="field-input"
        value={chosen ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="" disabled>
          choose a path
        </option>
        {options}
      </select>
      {children}
    </section>
  )
}
