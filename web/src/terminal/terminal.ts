import '@xterm/xterm/css/xterm.css'
import { effect } from '@preact/signals'
import { SearchAddon } from '@xterm/addon-search'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { terminalTheme } from '../editor/theme'
import { onLog } from '../state/build'
import { isDark, theme } from '../state/layout'
import { formatLine, type NamedLine } from './format-line'
import { openIn } from './open-in'

/** What the pane does with the terminal. */
export interface BuildTerminal {
  clear(): void
  /** Finds the next or the previous place; false where there is none. */
  find(text: string, backwards: boolean): boolean
  dispose(): void
}

/** Puts a terminal with the build log into `parent`. */
export function mountTerminal(parent: HTMLElement): BuildTerminal {
  const styles = getComputedStyle(document.documentElement)
  const terminal = new Terminal({
    convertEol: true,
    disableStdin: true,
    cursorInactiveStyle: 'none',
    cursorStyle: 'bar',
    fontFamily: styles.getPropertyValue('--mono'),
    fontSize: 12.5,
    lineHeight: 1.35,
    scrollback: 50_000,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
    theme: terminalTheme(),
  })
  const search = new SearchAddon()
  terminal.loadAddon(search)
  // Links of a log are untrusted: opened only on a click, and without access to this page.
  terminal.loadAddon(
    new WebLinksAddon((_event, address) => window.open(address, '_blank', 'noopener,noreferrer')),
  )
  // The page's shortcuts work here, and Tab leaves.
  terminal.attachCustomKeyEventHandler(() => false)

  // One write a frame: thousands of small ones would hold up the page.
  let waiting: string[] = []
  let frame = 0
  const write = (lines: readonly NamedLine[]) => {
    for (const line of lines) waiting.push(formatLine(line))
    frame ||= requestAnimationFrame(() => {
      frame = 0
      terminal.write(waiting.join(''))
      waiting = []
    })
  }
  const ends = [
    openIn(parent, terminal, 'Build log'),
    onLog(write),
    effect(() => {
      void theme.value
      void isDark()
      terminal.options.theme = terminalTheme()
    }),
  ]

  return {
    clear: () => terminal.clear(),
    find(text, backwards) {
      return backwards ? search.findPrevious(text) : search.findNext(text)
    },
    dispose() {
      for (const end of ends) end()
      cancelAnimationFrame(frame)
      terminal.dispose()
    },
  }
}
