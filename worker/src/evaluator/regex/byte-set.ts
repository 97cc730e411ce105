/** Sets of bytes: what one place of a regular expression matches. */
import type { ByteString } from '@snowglobe/shared/bytes'

/** By byte, 1 where it is in the set. */
export type ByteSet = Uint8Array

export function setOf(test: (byte: number) => boolean): ByteSet {
  const set = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) if (test(byte)) set[byte] = 1
  return set
}

const within = (low: string, high: string) => {
  const from = low.charCodeAt(0)
  const to = high.charCodeAt(0)
  return (byte: number) => byte >= from && byte <= to
}

const isDigit = within('0', '9')
const isLower = within('a', 'z')
const isUpper = within('A', 'Z')
const isAlpha = (byte: number) => isLower(byte) || isUpper(byte)
const isAlnum = (byte: number) => isAlpha(byte) || isDigit(byte)
const isGraph = within('!', '~')
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13)

/** The classes of the C locale, in which no byte above 127 is in any. */
const classes: ReadonlyMap<ByteString, (byte: number) => boolean> = new Map([
  ['alnum', isAlnum],
  ['alpha', isAlpha],
  ['blank', (byte: number) => byte === 32 || byte === 9],
  ['cntrl', (byte: number) => byte < 32 || byte === 127],
  ['d', isDigit],
  ['digit', isDigit],
  ['graph', isGraph],
  ['lower', isLower],
  ['print', (byte: number) => isGraph(byte) || byte === 32],
  ['punct', (byte: number) => isGraph(byte) && !isAlnum(byte)],
  ['s', isSpace],
  ['space', isSpace],
  ['upper', isUpper],
  ['w', (byte: number) => isAlnum(byte) || byte === 95],
  ['xdigit', (byte: number) => isDigit(byte) || within('a', 'f')(byte) || within('A', 'F')(byte)],
])

/** The class of a name as in `[:alpha:]`; upper case in it does not count. Undefined for others. */
export function classNamed(name: ByteString): ((byte: number) => boolean) | undefined {
  return classes.get(name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
}

/** Names of the characters 0 to 127 as in `[.hyphen.]`; letters are their own names. */
const collatingNames = (
  'NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed ' +
  'carriage-return SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3 IS2 IS1 space ' +
  'exclamation-mark quotation-mark number-sign dollar-sign percent-sign ampersand apostrophe ' +
  'left-parenthesis right-parenthesis asterisk plus-sign comma hyphen period slash zero one two ' +
  'three four five six seven eight nine colon semicolon less-than-sign equals-sign ' +
  'greater-than-sign question-mark commercial-at A B C D E F G H I J K L M N O P Q R S T U V W X ' +
  'Y Z left-square-bracket backslash right-square-bracket circumflex underscore grave-accent a b ' +
  'c d e f g h i j k l m n o p q r s t u v w x y z left-curly-bracket vertical-line ' +
  'right-curly-bracket tilde DEL'
).split(' ')

/** The byte of a name as in `[.hyphen.]`, or -1. */
export function collatingElement(name: ByteString): number {
  return collatingNames.indexOf(name)
}

/** A byte without regard to case. */
export function folded(byte: number): number {
  return isUpper(byte) ? byte + 32 : byte
}
