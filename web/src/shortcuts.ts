import { build } from './state/build'
import { evaluateFully } from './state/evaluation'

/**
 * Ctrl+Enter evaluates and Ctrl+Shift+Enter builds, wherever the focus is. Listens before anything
 * else does: in the editor, Ctrl+Enter would insert a line.
 */
export function listenForShortcuts(): void {
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      void (event.shiftKey ? build() : evaluateFully())
    },
    { capture: true },
  )
}
