import { describe, expect, it } from 'vitest'
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import type { OutlineSymbol, TextPosition, TextSpan } from './answers'
import { complete } from './complete'
import { findDefinition, hover } from './hover'
import { outline } from './outline'
import { Resolver } from './resolve'

const resolver = new Resolver(builtinDocumentation)

/** A text without its `$0`, and where that was. */
function marked(source: string): [text: string, position: TextPosition] {
  const [before, after] = source.split('$0')
  const lines = before.split('\n')
  return [before + after, { line: lines.length, column: lines.at(-1)!.length + 1 }]
}

/** The text that a span of it holds. */
function textAt(text: string, { startLine, startColumn, endLine, endColumn }: TextSpan): string {
  const lines = text.split('\n').slice(startLine - 1, endLine)
  lines[lines.length - 1] = lines.at(-1)!.slice(0, endColumn - 1)
  lines[0] = lines[0].slice(startColumn - 1)
  return lines.join('\n')
}

/** Labels of what is offered, those of the person's own names if `own`. */
function offered(source: string, own = true): string[] | null {
  const items = complete(...marked(source), resolver)?.items ?? null
  if (items === null) return null
  const shown = own
    ? items.filter(({ kind }) => ['variable', 'parameter', 'attribute'].includes(kind))
    : items
  return shown.map(({ label }) => label)
}

const hovered = (source: string) => hover(...marked(source), resolver)?.parts.join('\n') ?? null

/** The definition, with the text from there to the end of its line. */
function defined(source: string): string | null {
  const [text, position] = marked(source)
  const span = findDefinition(text, position, resolver)
  if (span === null) return null
  return `${span.startLine}:${span.startColumn} ${textAt(text, span)}`
}

describe('complete', () => {
  it.each([
    ['let a = 1; bc = 2; in $0', ['a', 'bc']],
    ['let a = 1; in x: { y, z ? 1 }@args: b$0', ['y', 'z', 'args', 'x', 'a']],
    ['rec { a = 1; b = $0; c = 3; }', ['a', 'b', 'c']],
    ['{ a = 1; b = $0; }', []],
    ['let a = 1; in let a = 2; b = a$0; in 3', ['a', 'b']],
    ['x: (y: y) $0', ['x']],
    ['with { foo = 1; }; $0', ['foo']],
    ['let s = { foo = 1; }; in with s; [ $0 ]', ['s', 'foo']],
    ['let a = 1; in "text ${$0} text"', ['a']],
    ["let a = 1; in ''text ${b$0} text''", ['a']],
    ['let a = 1; in ./x/${$0}', ['a']],
    ['{ pkgs, lib }: { inherit $0; }', ['pkgs', 'lib']],
    ['{ a ? $0, b }: a', ['a', 'b']],
  ])('offers the names in scope: %s', (source, names) => {
    expect(offered(source)).toEqual(names)
  })

  it.each([
    ['let s = { foo = 1; bar.baz = 2; }; in s.$0', ['foo', 'bar']],
    ['let s = { foo = 1; bar.baz = 2; }; in s.bar.$0', ['baz']],
    ['let s = { foo = 1; bar.baz = 2; bar.qux = 3; }; in s.bar.b$0', ['baz', 'qux']],
    ['let s = { foo = 1; } // { bar = 2; }; in s.$0', ['foo', 'bar']],
    ['let s = t; t = { foo = 1; }; in s.$0', ['foo']],
    ['let s = s; in s.$0', null],
    ['let f = x: { foo = x; }; in (f 1).$0', ['foo']],
    ['let s = { t = { foo = 1; }; }; inherit (s) t; in t.$0', ['foo']],
    ['let s = { foo = 1; }; inherit (s) $0; in 1', ['foo']],
    ['let s = { "two words" = 1; }; in s.$0', ['two words']],
    ['{ foo = 1; }.$0', ['foo']],
    ['{ a = { foo = 1; }; b = x: x.$0; }', null],
    ['let s = { foo = 1; }; in s ? $0', ['foo']],
  ])('offers the attributes of a set that is seen: %s', (source, names) => {
    expect(offered(source)).toEqual(names)
  })

  it.each([
    ['let s = { foo = 1; }; a = s.$0\n    b = 2; in a', ['foo']],
    ['let s = { foo = 1; }; a = $0\n    b = 2; in a', ['s', 'a', 'b']],
    ['let a = 1; in [ ( { x = $0 ', ['a']],
    ['let a = 1; in if $0', ['a']],
    ['let a = ; in $0', ['a']],
    ['let a = 1 in $0', ['a']],
    ['{ a, b }: { x = "${$0', ['a', 'b']],
    ['let a = 1; in [ a ) $0 ]', ['a']],
  ])('makes the best of what is not finished: %s', (source, names) => {
    expect(offered(source)).toEqual(names)
  })

  it.each([
    'let a = 1; in "a $0"',
    "let a = 1; in ''a $0''",
    'let a = 1; in a # a $0',
    'let a = 1; in /* a $0 */ a',
    'let a = 1; in ./a$0',
    'let a = 1; in 12$0',
    '{ a$0, b }: a',
    'a$0: a',
  ])('offers nothing in text, numbers, paths and new names: %s', (source) => {
    expect(offered(source, false)).toBeNull()
  })

  it('offers builtins with their types and documentation', () => {
    const { items, span } = complete(...marked('builtins.gro$0'), resolver)!
    const item = items.find(({ label }) => label === 'groupBy')!
    expect(item.detail).toBe('(a -> String) -> [a] -> { ... :: [a] }')
    expect(item.documentation).toContain('Groups the elements')
    expect(items).toHaveLength(builtinDocumentation.size)
    expect(span).toEqual({ startLine: 1, startColumn: 10, endLine: 1, endColumn: 13 })
  })

  it('finds builtins that need `builtins.` by their own names', () => {
    const item = complete(...marked('group$0'), resolver)!.items.find(
      ({ filterText }) => filterText === 'groupBy',
    )
    expect(item?.insertText).toBe('builtins.groupBy')
  })

  it('does not offer a builtin that a name hides', () => {
    const labels = offered('let map = 1; in $0', false)!
    expect(labels.filter((label) => label === 'map')).toHaveLength(1)
  })

  it('offers what a derivation is made of, and ways to inherit', () => {
    expect(offered('derivation { na$0 }')).toContain('builder')
    expect(offered('let derivation = 1; in derivation { $0 }')).toEqual([])
    expect(offered('{ $0 }', false)).toContain('inherit …;')
  })

  it('quotes names that are none', () => {
    const { items } = complete(...marked('let s = { "two words" = 1; }; in s.$0'), resolver)!
    expect(items[0].insertText).toBe('"two words"')
  })

  it('counts UTF-16 units, not bytes or characters', () => {
    const { span } = complete(...marked('let a = "é𝄞"; in [ "𝄞" a$0 ]'), resolver)!
    expect(span).toEqual({ startLine: 1, startColumn: 26, endLine: 1, endColumn: 27 })
  })
})

describe('hover', () => {
  it('tells of a builtin its type, its text and its version', () => {
    const text = hovered('m$0ap (x: x) [ ]')
    expect(text).toContain('map : (a -> b) -> [a] -> [b]')
    expect(text).toContain('applied to each element')
    expect(hovered('builtins.group$0By')).toContain('since 2.5')
    expect(hovered('__gro$0upBy')).toContain('builtins.groupBy')
    expect(hovered('let b = builtins; in b.he$0ad')).toContain('builtins.head : [a] -> a')
  })

  it.each([
    ['let a = 1; in $0a', 'a = 1', 'Variable of a `let`, line 1.'],
    ['let f = a: { b }: c: a; in f$0', 'f = a: { b }: c: …', 'Variable of a `let`'],
    ['x: x$0', 'x', 'Parameter of a function'],
    ['{ x ? 1 + 1 }: x$0', 'x ? 1 + 1', 'Attribute that the function takes, with a default'],
    ['args@{ ... }: args$0', 'args', 'The set that the function is called with'],
    ['\nrec { aa$0 = "x"; }', 'aa = "x"', 'Attribute, line 2.'],
    ['let s = { foo = 12; }; in s.fo$0o', 'foo = 12', 'Attribute'],
    ['let s.t.u = 1; in s.t$0', 't = { … }', 'Attribute'],
  ])('tells what a name is: %s', (source, code, what) => {
    const text = hovered(source)
    expect(text).toContain(code)
    expect(text).toContain(what)
  })

  it('tells the comment above a binding', () => {
    expect(hovered('let\n  # Two lines\n  # of it.\n  a = 1;\nin a$0')).toContain(
      'Two lines\nof it.',
    )
    expect(hovered('{\n  /** What it is. */\n  a$0 = 1;\n}')).toContain('What it is.')
    expect(hovered('let\n  b = 2; # of b\n  a = 1;\nin a$0')).not.toContain('of b')
  })

  it('is silent on what cannot be seen', () => {
    expect(hovered('{ x }: x.y$0')).toBeNull()
    expect(hovered('nowhere$0')).toBeNull()
    expect(hovered('let a = 1; in "a$0"')).toBeNull()
  })
})

describe('findDefinition', () => {
  it.each([
    ['let a = 1; in $0a', '1:5 a'],
    ['let a = 1; in let a = 2; in a$0', '1:19 a'],
    ['{ b, a ? b$0 }: a', '1:3 b'],
    ['x: y: x$0', '1:1 x'],
    ['rec {\n  a = 1;\n  b = a$0;\n}', '2:3 a'],
    ['let s.t = 1; in s.$0t', '1:7 t'],
    ['let a = 1; in { inherit a$0; }', '1:5 a'],
    ['let a = 1; s = { inherit a; }; in s.a$0', '1:5 a'],
    ['let s = { a = 1; }; in { inherit (s) a$0; }', '1:11 a'],
    ['let s = { a = 1; }; in with s; a$0', '1:11 a'],
    ['let "é" = 1; 𝄞 = 2; a = 3; in a$0', '1:22 a'],
    ['map$0', null],
  ])('%s', (source, expected) => {
    expect(defined(source)).toBe(expected)
  })
})

describe('outline', () => {
  const flat = (symbols: OutlineSymbol[], text: string): unknown[] =>
    symbols.map(({ name, kind, span, children }) => [
      `${name} ${kind}: ${textAt(text, span)}`,
      ...flat(children, text),
    ])

  it('has the bindings, those within others inside', () => {
    const text = 'let f = x: { y = x; }; in { a.b = 1; a.c = "é"; inherit f; d = [ ]; }'
    expect(flat(outline(text), text)).toEqual([
      ['f function: f = x: { y = x; }', ['y attribute: y = x']],
      ['a set: a.b = 1; a.c = "é"', ['b number: a.b = 1'], ['c string: a.c = "é"']],
      ['f attribute: f'],
      ['d list: d = [ ]'],
    ])
  })
})
