import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'

/**
 * A text with words of somebody else's server in it, as a byte string that a terminal may show: without
 * the characters that steer one.
 */
export function printable(text: string): ByteString {
  return utf8ToByteString(text.replace(/[^\P{Cc}\n\t]/gu, ''))
}
