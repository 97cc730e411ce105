/** What a token is, named as in the theme: `--code-<type>` is its colour. */
export type TokenType =
  | 'plain'
  | 'comment'
  | 'keyword'
  | 'constant'
  | 'builtin'
  | 'attribute'
  | 'number'
  | 'string'
  | 'escape'
  | 'path'
  | 'operator'

export interface Token {
  type: TokenType
  text: string
}

const keywords = new Set([
  'assert',
  'else',
  'if',
  'in',
  'inherit',
  'let',
  'or',
  'rec',
  'then',
  'with',
])
const constants = new Set(['true', 'false', 'null'])
const globals = new Set(
  (
    'abort baseNameOf break builtins derivation derivationStrict dirOf fetchGit fetchMercurial ' +
    'fetchTarball fetchTree fromTOML import isNull map placeholder removeAttrs scopedImport ' +
    'throw toString'
  ).split(' '),
)

const space = /[ \t\r\n]+/y
const lineComment = /#[^\n]*/y
const blockComment = /\/\*[\s\S]*?(?:\*\/|$)/y
const searchPath = /<[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*>/y
const uri = /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/y
const path = /(?:~|[a-zA-Z0-9._+-]*)(?:\/[a-zA-Z0-9._+-]+)+\/?/y
const number = /(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+/y
const identifier = /[a-zA-Z_][a-zA-Z0-9_'-]*/y
const operator = /\|>|<\||\.\.\.|\+\+|\/\/|->|==|!=|<=|>=|&&|\|\||[-+*/<>!?@=:;,.()[\]{}]/y
const definition = /[ \t\r\n]*(?:=(?!=)|\.[a-zA-Z_"$])/y

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at
  const found = pattern.exec(source)
  return found === null || found[0] === '' ? null : found[0]
}

/**
 * Splits Nix into tokens for colouring. Every character of `source` is in exactly one token, and
 * nothing makes it fail: text that is not Nix comes out plain. Used where Monaco is not (yet).
 */
export function tokenizeNix(source: string): Token[] {
  const tokens: Token[] = []
  /** What encloses the place we are at: braces of code, strings around interpolations. */
  const enclosing: ('{' | '${' | '"' | "''")[] = []
  let at = 0

  const push = (type: TokenType, text: string) => {
    const last = tokens[tokens.length - 1]
    if (last !== undefined && last.type === type) last.text += text
    else tokens.push({ type, text })
    at += text.length
  }

  while (at < source.length) {
    const inside = enclosing[enclosing.length - 1]
    if (inside === '"' || inside === "''") stringPart(inside)
    else codePart()
  }
  return tokens

  function stringPart(quote: '"' | "''"): void {
    if (source.startsWith('${', at)) {
      enclosing.push('${')
      return push('operator', '${')
    }
    if (quote === '"') {
      if (source[at] === '\\') return push('escape', source.slice(at, at + 2))
      if (source[at] === '"') {
        enclosing.pop()
        return push('string', '"')
      }
      return push('string', match(/(?:[^"\\$]|\$(?!\{))+/y, source, at) ?? source[at]!)
    }
    if (source.startsWith("''${", at)) return push('escape', "''${")
    if (source.startsWith("'''", at)) return push('escape', "'''")
    if (source.startsWith("''\\", at)) return push('escape', source.slice(at, at + 4))
    if (source.startsWith("''", at)) {
      enclosing.pop()
      return push('string', "''")
    }
    push('string', match(/(?:[^'$]|'(?!')|\$(?!\{))+/y, source, at) ?? source[at]!)
  }

  function codePart(): void {
    const plain = match(space, source, at)
    if (plain !== null) return push('plain', plain)
    const comment = match(lineComment, source, at) ?? match(blockComment, source, at)
    if (comment !== null) return push('comment', comment)
    if (source[at] === '"' || source.startsWith("''", at)) {
      const quote = source[at] === '"' ? '"' : "''"
      enclosing.push(quote)
      return push('string', quote)
    }
    const place = match(searchPath, source, at) ?? match(uri, source, at) ?? match(path, source, at)
    if (place !== null && !place.startsWith('//')) return push('path', place)
    const digits = match(number, source, at)
    if (digits !== null) return push('number', digits)
    const word = match(identifier, source, at)
    if (word !== null) return push(typeOfWord(word), word)
    if (source.startsWith('${', at)) {
      enclosing.push('${')
      return push('operator', '${')
    }
    const sign = match(operator, source, at)
    if (sign === null) return push('plain', source[at]!)
    if (sign === '{') enclosing.push('{')
    if (sign === '}') enclosing.pop()
    push('operator', sign)
  }

  function typeOfWord(word: string): TokenType {
    if (keywords.has(word)) return 'keyword'
    const selected = source[at - 1] === '.' && source[at - 2] !== '.'
    if (constants.has(word) && !selected) return 'constant'
    definition.lastIndex = at + word.length
    if (definition.test(source) && !globals.has(word)) return 'attribute'
    if (selected) return 'attribute'
    return globals.has(word) ? 'builtin' : 'plain'
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Nix as HTML with a `<span class="tok-…">` around every token that has a colour. */
export function highlightNix(source: string): string {
  return tokenizeNix(source)
    .map(({ type, text }) => {
      const escaped = text.replace(/[&<>]/g, (character) => escapes[character]!)
      return type === 'plain' ? escaped : `<span class="tok-${type}">${escaped}</span>`
    })
    .join('')
}
