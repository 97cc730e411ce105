/** Strings and floats of JSON. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { NixError } from './errors'
import { invalidUtf8 } from './utf-8'

const escapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A string literal of JSON; what is not ASCII stays as it is. */
export function jsonString(text: ByteString): ByteString {
  const escaped = text.replace(
    /["\\\x00-\x1f]/g,
    (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

/** The error of a text that is not UTF-8; null for one that is. */
export function utf8Problem(text: ByteString): NixError | null {
  const index = /[\x80-\xff]/.test(text) ? invalidUtf8(text) : -1
  if (index < 0) return null
  const hex = (i: number) => text.charCodeAt(i).toString(16).toUpperCase().padStart(2, '0')
  const problem =
    index < text.length
      ? `invalid UTF-8 byte at index ${index}: 0x${hex(index)}`
      : `incomplete UTF-8 string; last byte: 0x${hex(text.length - 1)}`
  return new NixError(
    'evaluation',
    `JSON serialization error: [json.exception.type_error.316] ${problem}`,
  )
}

/** A float with the fewest digits that give it back: `1.0`, `0.1`, `1e+20`; null for NaN and ∞. */
export function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const sign = value < 0 ? '-' : ''
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  // The decimal point comes after this many digits.
  const point = Number(exponentText) + 1
  if (point > 15 || point <= -4) {
    const exponent = point - 1
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const power = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (digits.length <= point) return `${sign}${digits.padEnd(point, '0')}.0`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
