import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { messageOf } from '@snowglobe/shared/message-of'
import { closeReference, referenceEntry } from '../state/reference'
import { CloseIcon } from './icons'

/** The Reference beside the code. What it shows is loaded when it is first opened. */
export function ReferencePane() {
  const Loaded = useSignal<ComponentType | null>(null)
  const failure = useSignal<string | null>(null)
  const open = referenceEntry.value !== null

  useEffect(() => {
    if (!open || Loaded.value !== null) return
    failure.value = null
    import('../reference/reference').then(
      ({ Reference }) => {
        Loaded.value = Reference
      },
      (error: unknown) => {
        failure.value = messageOf(error)
      },
    )
  }, [open])

  if (!open) return null
  return (
    <section
      class="panel reference"
      aria-label="Reference"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        closeReference()
      }}
    >
      {Loaded.value === null ? (
        <header class="panel-head">
          <h2 class="panel-title">Reference</h2>
          <span class="spacer" />
          <button
            type="button"
            class="icon-button small"
            aria-label="Close the Reference"
            onClick={closeReference}
          >
            <CloseIcon />
          </button>
        </header>
      ) : (
        <Loaded.value />
      )}
      {failure.value !== null && (
        <p class="note bad">The Reference could not be loaded: {failure.value}</p>
      )}
    </section>
  )
}
