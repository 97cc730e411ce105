import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { NixError, type ErrorKind } from './errors'
import { printForError } from './print-value'
import { describeType } from './type-names'
import type { Value } from './values'

/**
 * The error of a value of one type where another was wanted.
 *
 * @param expected like `a list`
 * @param message the text, given the type that was found, like `an integer`, and the value as it is shown
 */
export function mismatch(
  kind: ErrorKind,
  expected: string,
  value: Value,
  message: (found: string, shown: ByteString) => ByteString,
  position: Position = 0,
): NixError {
  const found = describeType(value)
  const shown = printForError(value)
  const error = new NixError(kind, message(found, shown), position)
  error.mismatch = { expected, found, value: shown }
  return error
}
