/** Settings as a `nix.conf` has them. Source: the Nix manual, nix.conf(5). */
import type { ByteString } from '@snowglobe/shared/bytes'
import { SettingError, Settings } from './settings'

/** What is wrong with a line. */
export interface NixConfProblem {
  /** From 1. */
  line: number
  message: ByteString
  /** The setting does not exist: the line means nothing, and others count all the same. */
  isWarning: boolean
}

/** Reads the text of a `nix.conf`; a line that is wrong is told and left out. */
export function readNixConf(text: ByteString): { settings: Settings; problems: NixConfProblem[] } {
  const settings = new Settings()
  const problems: NixConfProblem[] = []
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1
    const code = whole.replace(/#.*/, '').trim()
    if (code === '') continue
    const parts = /^(\S+)\s*=\s*(.*)$/.exec(code)
    if (parts === null) {
      const message = /^!?include\s/.test(code)
        ? 'other files cannot be included here'
        : `syntax error in configuration line '${code}': it is 'NAME = VALUE'`
      problems.push({ line, message, isWarning: false })
      continue
    }
    const [, name, value] = parts
    try {
      settings.set(name, value)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      problems.push({ line, message: error.message, isWarning: false })
    }
    if (settings.unknown.pop() !== undefined) {
      problems.push({ line, message: `unknown setting '${name}'`, isWarning: true })
    }
  }
  return { settings, problems }
}
