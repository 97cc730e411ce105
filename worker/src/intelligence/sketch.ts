/**
 * What a text says about names, right or wrong as the text may be: which are defined where, which are
 * used where, and what little of their values can be seen without evaluating. Offsets are bytes.
 */
import type { ByteString } from '@snowglobe/shared/bytes'

export interface Sketch {
  source: ByteString
  /** Of the whole text. */
  root: Scope
  /** What the text's expression is. */
  value: Shape
  /** Names in the order of the text. */
  occurrences: Occurrence[]
  /** Bindings that lie in no other one. */
  outline: Definition[]
  /** Texts of strings (without interpolations) and comments, in the order of the text. */
  prose: Span[]
}

export interface Span {
  start: number
  end: number
}

/** A part of the text in which names mean something of their own. */
export interface Scope extends Span {
  kind: 'root' | 'let' | 'rec' | 'lambda' | 'with'
  parent: Scope | null
  definitions: Map<ByteString, Definition>
  /** Of `with`: the set. */
  subject: Shape
}

/** A name with what it stands for. Its span is the name's. */
export interface Definition extends Span {
  kind: 'let' | 'attribute' | 'parameter' | 'formal' | 'argument'
  name: ByteString
  /** The whole binding, or the parameter with its default. */
  whole: Span
  /** The text of the value or the default; empty where there is none. */
  valueSpan: Span
  value: Shape
  /** Taken from around (`inherit x`) or from a set (`inherit (e) x`). */
  inherited: boolean
  /** Bindings within its value. */
  children: Definition[]
  /** The offset where what lies before the binding begins: its comment is there. */
  before: number
  /** Of a parameter: the scope of its function. */
  scope: Scope | null
}

/** What can be seen of a value. */
export type Shape =
  | { kind: 'unknown' }
  | { kind: 'literal'; type: 'string' | 'int' | 'float' | 'path' | 'list' }
  /** As it is written, `<nixpkgs>` too. */
  | { kind: 'path'; text: ByteString }
  /** `scope` is that of a recursive set. */
  | { kind: 'set'; members: Map<ByteString, Definition>; scope: Scope | null }
  | { kind: 'variable'; name: ByteString; scope: Scope }
  | { kind: 'member'; of: Shape; name: ByteString }
  | { kind: 'update'; left: Shape; right: Shape }
  | { kind: 'lambda'; parameter: ByteString; body: Shape }
  | { kind: 'call'; fn: Shape; argument: Shape }

export const unknown: Shape = { kind: 'unknown' }

/** A place where a name stands. */
export type Occurrence =
  | (Span & { kind: 'variable'; name: ByteString; scope: Scope })
  /** `of` is what the name is selected from. */
  | (Span & { kind: 'attribute'; name: ByteString; of: Shape })
  /** `argumentOf` is the function that is called with the set, where the name is an attribute of one. */
  | (Span & { kind: 'definition'; definition: Definition; argumentOf: Shape })
  | (Span & { kind: 'inherited'; definition: Definition; scope: Scope; from: Shape | null })

/** The occurrence that an offset is in, or at the end of. */
export function occurrenceAt(sketch: Sketch, offset: number): Occurrence | null {
  for (const occurrence of sketch.occurrences) {
    if (occurrence.start <= offset && offset <= occurrence.end) return occurrence
  }
  return null
}

/** Whether an offset is within the text of a string or a comment. */
export function isProse(sketch: Sketch, offset: number): boolean {
  return sketch.prose.some(({ start, end }) => start <= offset && offset <= end)
}
