import { FitAddon } from '@xterm/addon-fit'
import type { Terminal } from '@xterm/xterm'

/**
 * Opens a terminal in `parent` as soon as that is in sight (the letters of what is hidden have no size), and keeps it
 * as large as that. `label` is the name of its textbox. Gives the way to end it.
 */
export function openIn(parent: HTMLElement, terminal: Terminal, label: string): () => void {
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  const show = () => {
    if (parent.clientWidth === 0 || parent.clientHeight === 0) return
    if (terminal.element === undefined) {
      terminal.open(parent)
      terminal.textarea?.setAttribute('aria-label', label)
    }
    fit.fit()
  }
  show()
  const resized = new ResizeObserver(show)
  resized.observe(parent)
  return () => resized.disconnect()
}
