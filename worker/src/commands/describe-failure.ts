import type { ByteString } from '@snowglobe/shared/bytes'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { renderError } from '../evaluator/render-error'
import { adviceOf, describeError } from './describe-error'

/** What went wrong in an evaluation, as a command says it. Faults of ours are thrown on. */
export function describeFailure(
  error: unknown,
  command: string,
  evaluator: Evaluator,
  options: { showTrace: boolean },
): ByteString {
  if (!(error instanceof NixError)) return describeError(error, command)
  const text = `${renderError(error, evaluator.positions, options)}\n`
  return error.kind === 'usage' ? text + adviceOf(command) : text
}
