/** Builtins of version numbers and package names. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { plainText, strictBuiltin } from './parameters'

/** Digits, or anything but digits and the separators `.` and `-`. */
const component = /[0-9]+|[^0-9.-]+/g

/** The parts of a version: `1.0a-2` has 1, 0, a and 2. */
export function splitVersion(version: ByteString): ByteString[] {
  return version.match(component) ?? []
}

const maxInt = 2 ** 31 - 1

/** The number that a component is; null for words and what does not fit Nix's ints. */
function numberOf(part: ByteString): number | null {
  if (!/^[0-9]+$/.test(part)) return null
  const number = Number(part)
  return number <= maxInt ? number : null
}

function comesBefore(a: ByteString, b: ByteString): boolean {
  const x = numberOf(a)
  const y = numberOf(b)
  if (x !== null && y !== null) return x < y
  if (a === '' && y !== null) return true
  if (a === 'pre' && b !== 'pre') return true
  if (b === 'pre') return false
  // A word is older than a number: 2.3a comes before 2.3.1.
  if (y !== null) return true
  if (x !== null) return false
  return a < b
}

/** Negative if `a` is the older version, 0 if they are the same, positive if `b` is older. */
export function compareVersions(a: ByteString, b: ByteString): number {
  const left = splitVersion(a)
  const right = splitVersion(b)
  for (let i = 0; i < left.length || i < right.length; i++) {
    const x = left[i] ?? ''
    const y = right[i] ?? ''
    if (comesBefore(x, y)) return -1
    if (comesBefore(y, x)) return 1
  }
  return 0
}

/** Splits before the first dash that no letter follows: `hello-2.10` is hello and 2.10. */
export function parseDerivationName(text: ByteString): { name: ByteString; version: ByteString } {
  const dash = /-[^a-zA-Z]/s.exec(text)
  if (dash === null) return { name: text, version: '' }
  return { name: text.slice(0, dash.index), version: text.slice(dash.index + 1) }
}

export const versionBuiltins: BuiltinDefinition[] = [
  strictBuiltin(
    {
      name: 'compareVersions',
      args: ['s1', 's2'],
      type: 'String -> String -> Int',
      since: '0.12',
      doc: '`-1` if the version *s1* is older than *s2*, `0` if they are the same, `1` if *s1* is newer.',
      example: { expression: 'builtins.compareVersions "2.9" "2.10"', value: '(-1)' },
    },
    [
      plainText('while evaluating the first argument passed to builtins.compareVersions'),
      plainText('while evaluating the second argument passed to builtins.compareVersions'),
    ],
    (_, a, b) => compareVersions(a, b),
  ),
  strictBuiltin(
    {
      name: 'splitVersion',
      args: ['s'],
      type: 'String -> [String]',
      since: '2.0',
      doc: 'The parts of the version *s* that `compareVersions` compares, as a list of strings.',
      example: { expression: 'builtins.splitVersion "1.0a-2"', value: '[ "1" "0" "a" "2" ]' },
    },
    [plainText('while evaluating the first argument passed to builtins.splitVersion')],
    (_, version) => splitVersion(version),
  ),
  strictBuiltin(
    {
      name: 'parseDrvName',
      args: ['s'],
      type: 'String -> { name :: String; version :: String; }',
      since: '0.12',
      doc: 'Splits a package name with version: gives `{ name; version; }`, split at the first dash that no letter follows.',
      example: {
        expression: 'builtins.parseDrvName "hello-2.12"',
        value: '{ name = "hello"; version = "2.12"; }',
      },
    },
    [plainText('while evaluating the first argument passed to builtins.parseDrvName')],
    (_, name) => attributeSetOf({ ...parseDerivationName(name) }),
  ),
]
