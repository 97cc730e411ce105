import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { progress } from '../state/build'
import type { BuildTerminal } from '../terminal/terminal'
import { editorReady } from './editor-pane'
import { shell } from '../state/shell'
import { BackIcon, ChevronIcon, ClearIcon } from './icons'
import { ShellPane } from './shell-pane'

/** The build log. The terminal itself is loaded last: nothing waits for it. */
export function TerminalPane() {
  const element = useRef<HTMLDivElement>(null)
  const terminal = useRef<BuildTerminal | null>(null)
  const wanted = useSignal('')
  const missing = useSignal(false)
  // After the editor, or at once if a build is already talking.
  const load = editorReady.value || progress.value !== null

  useEffect(() => {
    if (!load) return
    let gone = false
    void import('../terminal/terminal').then(({ mountTerminal }) => {
      if (gone || element.current === null) return
      terminal.current = mountTerminal(element.current)
      performance.mark('terminal-ready')
    })
    return () => {
      gone = true
      terminal.current?.dispose()
      terminal.current = null
    }
  }, [load])

  const find = (backwards: boolean) => {
    if (wanted.value === '') return
    missing.value = terminal.current?.find(wanted.value, backwards) !== true
  }

  return (
    <section class="panel terminal" aria-label="Terminal">
      <header class="panel-head">
        <h2 class="panel-title">Terminal</h2>
        <div class="terminal-tools">
          <input
            type="search"
            class={`field-input small ${missing.value ? 'missing' : ''}`}
            placeholder="Find in the log"
            aria-label="Find in the log"
            value={wanted.value}
            onInput={(event) => {
              wanted.value = event.currentTarget.value
              missing.value = false
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') find(event.shiftKey)
            }}
          />
          <button
            type="button"
            class="icon-button small turned"
            aria-label="Previous match"
            onClick={() => find(true)}
          >
            <BackIcon />
          </button>
          <button
            type="button"
            class="icon-button small turned"
            aria-label="Next match"
            onClick={() => find(false)}
          >
            <ChevronIcon />
          </button>
          <button
            type="button"
            class="icon-button small"
            aria-label="Clear the log"
            title="Clear the log"
            onClick={() => terminal.current?.clear()}
          >
            <ClearIcon />
          </button>
        </div>
      </header>
      <div class="terminal-body">
        {progress.value === null && <p class="note quiet">Build logs appear here.</p>}
        <div class="terminal-screen" ref={element} />
        {shell.value !== null && <ShellPane key={shell.value.number} open={shell.value} />}
      </div>
    </section>
  )
}
