import { build } from './state/build'
import { evaluateFully } from './state/evaluation'
import { searchReference } from './state/reference'

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** The keys as they are called on this machine, by what they do. */
export const keysFor = isMac
  ? { evaluate: '⌘↵', build: '⌘⇧↵', reference: '⌘K' }
  : { evaluate: 'Ctrl+Enter', build: 'Ctrl+Shift+Enter', reference: 'Ctrl+K' }

/**
 * Ctrl+Enter evaluates and Ctrl+Shift+Enter builds, wherever the focus is; Ctrl+K (on a Mac ⌘K) looks something up in
 * the Reference. Listens before anything else does: in the editor, Ctrl+Enter would insert a line.
 */
export function listenForShortcuts(): void {
  addEventListener(
    'keydown',
    (event) => {
      const run = commandOf(event)
      if (run === null) return
      event.preventDefault()
      event.stopPropagation()
      run()
    },
    { capture: true },
  )
}

function commandOf(event: KeyboardEvent): (() => void) | null {
  const { key, shiftKey, ctrlKey, metaKey, altKey, target } = event
  if (!(ctrlKey || metaKey) || altKey) return null
  if (key === 'Enter') return () => void (shiftKey ? build() : evaluateFully())
  if (key.toLowerCase() !== 'k' || shiftKey || (isMac ? ctrlKey : metaKey)) return null
  // Shells delete to the end of the line with it.
  const inTerminal = target instanceof Element && target.closest('.xterm') !== null
  return inTerminal ? null : () => searchReference()
}
