import type { ByteString } from '@snowglobe/shared/bytes'
import { BuildError, type FailureStatus } from './build-error'

/** The error of an output that may not enter the store. */
export function rejected(
  derivation: ByteString,
  message: string,
  status?: FailureStatus,
): BuildError {
  return new BuildError({ kind: 'output-rejected', derivation, message }, status)
}
