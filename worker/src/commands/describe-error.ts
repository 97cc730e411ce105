import type { ByteString } from '@snowglobe/shared/bytes'
import { UsageError } from './arguments'

/** What went wrong, as a command says it; `advice` follows an error of usage. Faults of ours are thrown on. */
export function describeError(error: unknown, advice: string): ByteString {
  if (!(error instanceof Error)) throw error
  if (error instanceof UsageError) return `error: ${error.message}\n${advice}\n`
  const ours = ['Error', 'TypeError', 'RangeError', 'ReferenceError']
  if (ours.includes(error.name) && !('code' in error)) throw error
  return `error: ${error.message}\n`
}
