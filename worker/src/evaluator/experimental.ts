import type { ByteString } from '@snowglobe/shared/bytes'
import { NixError } from './errors'

/** The error of using an experimental feature of Nix that is not enabled. */
export function featureDisabled(feature: string, reason: ByteString = ''): NixError {
  const detail = reason === '' ? '' : ` (${reason})`
  return new NixError(
    'restricted',
    `experimental Nix feature '${feature}' is disabled${detail}; add '--extra-experimental-features ${feature}' to enable it`,
  )
}
