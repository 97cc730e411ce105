import type { ByteString } from '@snowglobe/shared/bytes'
import { UsageError } from './command-line'

const faults = ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']

/** What went wrong, as a command says it. Faults of ours are thrown on. */
export function describeError(error: unknown, command: string): ByteString {
  if (!(error instanceof Error)) throw error
  if (error instanceof UsageError) return `error: ${error.message}\n${adviceOf(command)}`
  if (faults.includes(error.name) && !('code' in error)) throw error
  return `error: ${error.message}\n`
}

/** What follows an error of usage. */
export function adviceOf(command: string): ByteString {
  return `Try '${command} --help' for more information.\n`
}
