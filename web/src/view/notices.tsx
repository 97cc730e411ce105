import { announcement, toasts } from '../state/announce'
import { openDraft, setAside } from '../state/keeping'
import { notices } from '../state/notices'
import { CloseIcon } from './icons'

/** What the person should know, above the panes. */
export function Notices() {
  const draft = setAside.value
  if (draft === null && notices.value.length === 0) return null
  return (
    <div class="notices">
      {draft !== null && (
        <p class="notice">
          <span>Your draft is kept.</span>
          <button type="button" class="link" onClick={() => openDraft(draft)}>
            Restore
          </button>
          <Dismiss
            run={() => {
              setAside.value = null
            }}
          />
        </p>
      )}
      {notices.value.map(({ id, text, action }) => (
        <p key={id} class="notice">
          <span>{text}</span>
          {action !== null && (
            <button type="button" class="link" onClick={action.run}>
              {action.label}
            </button>
          )}
          <Dismiss
            run={() => {
              notices.value = notices.value.filter((notice) => notice.id !== id)
            }}
          />
        </p>
      ))}
    </div>
  )
}

function Dismiss({ run }: { run: () => void }) {
  return (
    <button type="button" class="icon-button small" aria-label="Dismiss" onClick={run}>
      <CloseIcon />
    </button>
  )
}

/** Short notes that go by themselves, and what screen readers are told. */
export function Toasts() {
  return (
    <>
      <div class="toasts" aria-hidden="true">
        {toasts.value.map(({ id, text }) => (
          <p key={id} class="toast">
            {text}
          </p>
        ))}
      </div>
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </>
  )
}
