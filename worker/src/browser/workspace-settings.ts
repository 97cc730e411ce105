import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import { evaluatorOptions } from '../commands/evaluator-options'
import { readNixConf } from '../commands/nix-conf'
import type { EvaluatorOptions } from '../evaluator/evaluator'
import type { Problem } from './api'

/** The file of a workspace that holds its settings, as the one in /etc/nix does for a machine. */
export const settingsFile = 'nix.conf'

/** The text of a snippet's settings; '' where it has none. */
export function settingsText({ files }: Snippet): string {
  return files.find(({ path }) => path === settingsFile)?.text ?? ''
}

/** What a snippet's settings mean to an evaluator, and what is wrong with them. */
export function workspaceSettings(snippet: Snippet): {
  options: EvaluatorOptions
  problems: Problem[]
} {
  const text = settingsText(snippet)
  const lines = text.split('\n')
  const { settings, problems } = readNixConf(utf8ToByteString(text))
  const options = evaluatorOptions(settings)
  // There are no programs in a tab that could be run.
  options.settings = { ...options.settings, allowNativeCode: false }
  return {
    options,
    problems: problems.map(({ line, message, isWarning }): Problem => {
      const told = byteStringToUtf8(message)
      const endColumn = (lines[line - 1]?.length ?? 0) + 1
      return {
        severity: isWarning ? 'warning' : 'error',
        code: 'setting',
        message: told,
        range: { file: settingsFile, startLine: line, startColumn: 1, endLine: line, endColumn },
        place: null,
        frames: [],
        text: `${isWarning ? 'warning' : 'error'}: ${told}`,
      }
    }),
  }
}
