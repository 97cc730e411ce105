import type { ByteString } from '@snowglobe/shared/bytes'
import { NixError } from './errors'

/** The text itself, which must have no null bytes: strings of Nix cannot hold them. */
export function withoutNull(text: ByteString): ByteString {
  if (!text.includes('\0')) return text
  // U+2400 is the picture of a null byte.
  const shown = text.replaceAll('\0', '\u00e2\u0090\u0080')
  throw new NixError(
    'evaluation',
    `input string '${shown}' cannot be represented as Nix string because it contains null bytes`,
  )
}
