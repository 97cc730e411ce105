import { signal } from '@preact/signals'
import { pane } from './layout'
import { nameOfDerivation } from './build'
import { announce } from './announce'

/** A shell in the sandbox of a derivation; the terminal shows it in place of the log. */
export interface Shell {
  /** Counts shells: the same derivation may be opened again. */
  number: number
  derivation: string
  name: string
  /** With an empty build directory, or with what the failed build has left behind. */
  directory: 'empty' | 'failed'
  status: 'opening' | 'open' | 'ended'
  /** How it ended, or why it could not be opened. */
  message: string | null
}

export const shell = signal<Shell | null>(null)
let opened = 0

/** Opens a shell; one that is open already is closed. */
export function openShell(derivation: string, directory: Shell['directory']): void {
  const name = nameOfDerivation(derivation)
  shell.value = {
    number: ++opened,
    derivation,
    name,
    directory,
    status: 'opening',
    message: null,
  }
  pane.value = 'terminal'
}

export function closeShell(): void {
  shell.value = null
}

/** What the connection tells of a shell that may have been closed meanwhile. */
export function updateShell(number: number, change: Partial<Shell>): void {
  const now = shell.value
  if (now === null || now.number !== number) return
  shell.value = { ...now, ...change }
  if (change.status === 'open') announce(`Shell in ${now.name}`)
  if (change.status === 'ended') announce(change.message ?? 'The shell has ended')
}
