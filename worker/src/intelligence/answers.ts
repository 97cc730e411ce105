/** What is answered to an editor. Lines and columns count from 1, columns in UTF-16 units. */

export interface TextPosition {
  line: number
  column: number
}

export interface TextSpan {
  startLine: number
  startColumn: number
  endLine: number
  endColumn: number
}

export type CompletionKind =
  | 'variable'
  | 'parameter'
  | 'function'
  | 'constant'
  | 'attribute'
  | 'package'
  | 'keyword'
  | 'construct'

export interface Completion {
  label: string
  kind: CompletionKind
  /** What is inserted; with `$1`, `${2:text}`, `$0` as places to go on at where `isSnippet` is set. */
  insertText: string
  isSnippet: boolean
  /** What is typed to find it. */
  filterText: string
  /** A type, or where it comes from. */
  detail: string
  /** Markdown. */
  documentation: string
  /** What goes first, by string comparison. */
  sortText: string
}

export interface Completions {
  /** What is replaced: the name that is being typed. */
  span: TextSpan
  items: Completion[]
}

export interface Hover {
  span: TextSpan
  /** Markdown, in parts that are set apart from each other. */
  parts: string[]
  /** The name under which the Reference has more of it, like `lib.lists.last`; null where it has not. */
  entry: string | null
}

export type OutlineKind =
  'variable' | 'attribute' | 'function' | 'set' | 'list' | 'string' | 'number' | 'path'

/** A binding in the outline of a text. */
export interface OutlineSymbol {
  name: string
  kind: OutlineKind
  /** The whole binding. */
  span: TextSpan
  /** The name. */
  nameSpan: TextSpan
  children: OutlineSymbol[]
}
