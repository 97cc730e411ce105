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
  if (exponent >= 6)
    return `${trimZeros(largeMantissa(value, mantissa, exponent))}e+${pad(exponent)}`
  if (exponent < -4) return `${trimZeros(mantissa)}e-${pad(-exponent)}`
  return trimZeros(showFixed(value, 5 - exponent))
}

function pad(exponent: number): string {
  return String(exponent).padStart(2, '0')
}

/** Six digits of a large number; of two that are equally near, JavaScript takes the larger, C the even. */
function largeMantissa(value: number, mantissa: string, exponent: number): string {
  if (!Number.isInteger(value)) return mantissa
  const exact = BigInt(Math.abs(value))
  const unit = 10n ** BigInt(exponent - 5)
  const digits = exact / unit
  if (2n * (exact % unit) !== unit || digits % 2n === 1n) return mantissa
  const text = String(digits)
  return `${value < 0 ? '-' : ''}${text[0]}.${text.slice(1)}`
}

/** A float with so many digits after the point, as C prints it: what lies half-way becomes even. */
export function showFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (size >= 1e21) return `${sign}${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  const scaled = size * 10 ** digits
  const below = Math.floor(scaled)
  // Only a number that ends in …5 in binary, too, can lie half-way: then this product is exact.
  const isTie = scaled - below === 0.5 && scaled / 10 ** digits === size && isShort(size, digits)
  return isTie && below % 2 === 0
    ? sign + (below / 10 ** digits).toFixed(digits)
    : sign + size.toFixed(digits)
}

/** Whether a number is exactly what is written with one digit more. */
function isShort(size: number, digits: number): boolean {
  const fraction = size.toFixed(100).split('.')[1]
  return /^0*$/.test(fraction.slice(digits + 1))
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
}
