import type { ByteString } from '@snowglobe/shared/bytes'
import { NodeKind, type IntNode, type Position } from './tree'

const largestInteger = 2n ** 63n - 1n

/** The integer literal at `start`, or null if it is larger than 64 signed bits hold. */
export function integerNode(
  position: Position,
  source: ByteString,
  start: number,
  end: number,
): IntNode | null {
  let value: number | bigint = 0
  for (let i = start; i < end; i++) value = value * 10 + (source.charCodeAt(i) - 0x30)
  if (value > Number.MAX_SAFE_INTEGER) {
    value = BigInt(source.slice(start, end))
    if (value > largestInteger) return null
  }
  return { kind: NodeKind.Int, position, value }
}

/** The value of a float literal, or null where it is too large or too small for a float. */
export function floatValue(text: ByteString): number | null {
  const value = Number(text)
  if (!Number.isFinite(value)) return null
  // strtod reports what is too small, too, where any digit before the exponent is not zero.
  if (Math.abs(value) < 2.2250738585072014e-308 && /[1-9]/.test(text.replace(/[eE].*/, ''))) {
    return null
  }
  return value
}

/** A float as C++ streams print it: six significant digits. */
export function showFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, exponentText] = value.toExponential(5).split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${trimZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  return trimZeros(value.toFixed(5 - exponent))
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
}
