import { useEffect, useRef } from 'preact/hooks'
import { closeShell, openShell, shell, type Shell } from '../state/shell'
import { health } from '../state/build'
import { CloseIcon } from './icons'

/** Opens a shell where a derivation is built. Absent where nothing can be built. */
export function ShellButton({
  derivation,
  directory,
}: {
  derivation: string
  directory: Shell['directory']
}) {
  if (health.value?.sandbox.available !== true) return null
  return (
    <button
      type="button"
      class="chip"
      title={`A shell with what the builder of ${derivation} sees`}
      onClick={() => openShell(derivation, directory)}
    >
      {directory === 'failed' ? 'Open a shell where it failed' : 'Open a shell'}
    </button>
  )
}

/** The shell that is open, with its own head and the way to close it. */
export function ShellPane({ open }: { open: Shell }) {
  const screen = useRef<HTMLDivElement>(null)
  const close = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    let end: (() => void) | null = null
    let gone = false
    void import('../terminal/shell-terminal').then(({ mountShell }) => {
      if (gone || screen.current === null) return
      end = mountShell(screen.current, shell.peek() ?? open, () => close.current?.focus())
    })
    return () => {
      gone = true
      end?.()
    }
    // Another shell has another number, and a terminal of its own.
  }, [open.number])

  return (
    <div class="shell" role="group" aria-label={`Shell in ${open.name}`}>
      <div class="shell-head">
        <span class="shell-name">
          {open.directory === 'failed' ? 'Where the build of ' : 'In the sandbox of '}
          <strong>{open.name}</strong>
          {open.directory === 'failed' && ' failed'}
        </span>
        <span class="faint shell-hint">F6 leaves the terminal</span>
        {open.status === 'ended' && (
          <button
            type="button"
            class="chip"
            onClick={() => openShell(open.derivation, open.directory)}
          >
            Open again
          </button>
        )}
        <button
          ref={close}
          type="button"
          class="icon-button small"
          aria-label="Close the shell"
          title="Close the shell"
          onClick={closeShell}
        >
          <CloseIcon />
        </button>
      </div>
      {open.status === 'ended' && open.message !== null && (
        <p class="note shell-message" role="status">
          {open.message}
        </p>
      )}
      <div class="shell-screen" ref={screen} />
    </div>
  )
}
