import '@xterm/xterm/css/xterm.css'
import { effect } from '@preact/signals'
import { Terminal } from '@xterm/xterm'
import { terminalTheme } from '../editor/theme'
import { isDark, theme } from '../state/layout'
import { updateShell, type Shell } from '../state/shell'
import { openIn } from './open-in'
import { ShellConnection } from './shell-connection'

/** No message of the protocol is longer; a paste may be. */
const longestInput = 16 * 1024

/** Puts a terminal with a shell into `parent`, and gives it the focus. Gives what ends it. */
export function mountShell(parent: HTMLElement, shell: Shell, leave: () => void): () => void {
  const styles = getComputedStyle(document.documentElement)
  const terminal = new Terminal({
    fontFamily: styles.getPropertyValue('--mono'),
    fontSize: 12.5,
    lineHeight: 1.35,
    scrollback: 10_000,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
    theme: terminalTheme(),
  })
  const close = openIn(parent, terminal, `Shell in ${shell.name}`)
  // Tab belongs to the shell, so there is another way out for who has no pointer.
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== 'F6') return true
    event.preventDefault()
    if (event.type === 'keydown') leave()
    return false
  })

  const size = () => ({ columns: terminal.cols, rows: terminal.rows })
  const connection = new ShellConnection(
    { derivation: shell.derivation, directory: shell.directory, ...size() },
    {
      output: (bytes) => terminal.write(bytes),
      event(event) {
        if (event.type === 'opened') {
          updateShell(shell.number, { status: 'open', directory: event.directory })
          // The screen may have changed on the way.
          connection.send({ type: 'resize', ...size() })
          terminal.focus()
          return
        }
        terminal.options.disableStdin = true
        terminal.options.cursorInactiveStyle = 'none'
        updateShell(shell.number, { status: 'ended', message: event.message })
      },
    },
  )
  terminal.onData((text) => {
    for (let at = 0; at < text.length; at += longestInput)
      connection.send({ type: 'input', text: text.slice(at, at + longestInput) })
  })
  terminal.onResize(({ cols: columns, rows }) => connection.send({ type: 'resize', columns, rows }))

  const endTheme = effect(() => {
    void theme.value
    void isDark()
    terminal.options.theme = terminalTheme()
  })
  return () => {
    connection.close()
    endTheme()
    close()
    terminal.dispose()
  }
}
