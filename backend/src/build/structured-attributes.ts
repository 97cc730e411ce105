/**
 * The files `.attrs.json` and `.attrs.sh` of a derivation with structured attributes
 * (https://nix.dev/manual/nix/latest/language/advanced-attributes#adv-attr-structuredAttrs).
 */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { DerivationError } from '@snowglobe/shared/derivation'

/** JSON whose numbers are still the text they were: they may have more digits than a double. */
export type Json = null | boolean | string | JsonNumber | Json[] | JsonObject

export interface JsonObject {
  [name: string]: Json
}

export class JsonNumber {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

export interface StructuredAttributes {
  json: ByteString
  shell: ByteString
}

/**
 * The files for these attributes, with the output paths added (and `additions`, which replace
 * attributes of their names) and `rewrite` applied to the whole text.
 */
export function structuredAttributes(
  attributes: JsonObject,
  outputs: ReadonlyMap<ByteString, ByteString>,
  additions: JsonObject,
  rewrite: (text: ByteString) => ByteString,
): StructuredAttributes {
  const all = { ...attributes, ...additions, outputs: Object.fromEntries(outputs) }
  const json = rewrite(utf8ToByteString(print(all)))
  const rewritten = parseJsonObject(json)
  return { json, shell: utf8ToByteString(printShell(rewritten)) }
}

/** As the third argument of a reviver; TypeScript does not know it yet. */
type Reviver = (key: string, value: unknown, context: { source: string }) => unknown

/** The attributes in `__json`. Throws DerivationError where they are no JSON object. */
export function parseJsonObject(text: ByteString): JsonObject {
  let value: Json
  try {
    const reviver: Reviver = (_key, value, context) =>
      typeof value === 'number' ? new JsonNumber(context.source) : value
    const parsed: unknown = JSON.parse(
      byteStringToUtf8(text),
      reviver as (key: string, value: unknown) => unknown,
    )
    value = parsed as Json
  } catch (error) {
    throw new DerivationError(`the attribute '__json' is not JSON: ${(error as Error).message}`)
  }
  if (!isJsonObject(value)) throw new DerivationError("the attribute '__json' is not a JSON object")
  return value
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber)
  )
}
/** Compact, with sorted names. */
function print(value: Json): string {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = sortedNames(value).map((name) => `${JSON.stringify(name)}:${print(value[name]!)}`)
  return `{${members.join(',')}}`
}

/** By bytes. Names made of digits only would else come first. */
function sortedNames(value: JsonObject): string[] {
  const bytes = (name: string) => utf8ToByteString(name)
  return Object.keys(value).sort((a, b) => (bytes(a) < bytes(b) ? -1 : 1))
}

/** Declarations for bash. What it has no form for is left out, as Nix does. */
function printShell(attributes: JsonObject): string {
  let text = ''
  for (const name of sortedNames(attributes)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue
    text += declaration(name, attributes[name]!)
  }
  return text
}

function declaration(name: string, value: Json): string {
  const simple = simpleValue(value)
  if (simple !== null) return `declare ${name}=${simple}\n`
  if (Array.isArray(value)) {
    const items = value.map(simpleValue)
    if (items.includes(null)) return ''
    return `declare -a ${name}=(${items.map((item) => `${item} `).join('')})\n`
  }
  if (!isJsonObject(value)) return ''
  const items = sortedNames(value).map((key) => [key, simpleValue(value[key]!)] as const)
  if (items.some(([, item]) => item === null)) return ''
  const members = items.map(([key, item]) => `[${shellEscape(key)}]=${item} `)
  return `declare -A ${name}=(${members.join('')})\n`
}

/** Null for what is no string, whole number, boolean or null. */
function simpleValue(value: Json): string | null {
  if (typeof value === 'string') return shellEscape(value)
  if (value === null) return "''"
  if (typeof value === 'boolean') return value ? '1' : ''
  if (!(value instanceof JsonNumber)) return null
  if (/^-?\d+$/.test(value.text)) return value.text
  const number = Number(value.text)
  return Number.isInteger(number) ? String(number) : null
}

function shellEscape(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
