import { describe, expect, it } from 'vitest'
import { parse } from './parser'
import type { ParseOptions } from './parser-state'
import { PositionTable } from './positions'
import { NixSyntaxError } from './syntax-error'
import { NodeKind, type LambdaNode, type Node, type Position } from './tree'

const globals = new Set(['map', 'true'])

function read(source: string, changed: Partial<ParseOptions> = {}) {
  const positions = new PositionTable()
  const result = parse(source, {
    origin: { kind: 'string' },
    basePath: '/base',
    homeDirectory: '/home/nix',
    positions,
    globals: (name) => globals.has(name) || name.startsWith('__'),
    ...changed,
  })
  const offset = (position: Position) => positions.place(position)?.offset ?? null
  return { ...result, offset }
}

function tree<Kind extends NodeKind>(source: string, kind: Kind) {
  const { node, offset } = read(source)
  return { node: narrow(node, kind), offset }
}

/** The nodes that may be of a kind; some interfaces serve several. */
type OfKind<Kind extends NodeKind, N = Node> = N extends { kind: infer Kinds }
  ? Kind extends Kinds
    ? N
    : never
  : never

function narrow<Kind extends NodeKind>(node: Node, kind: Kind): OfKind<Kind> {
  expect(node.kind).toBe(kind)
  return node as OfKind<Kind>
}

function failure(source: string, changed: Partial<ParseOptions> = {}): NixSyntaxError {
  try {
    read(source, changed)
  } catch (error) {
    if (error instanceof NixSyntaxError) return error
    throw error
  }
  throw new Error(`parsed: ${source}`)
}

describe('positions', () => {
  it('of a call and a selection are where they begin, parentheses included', () => {
    const { node, offset } = tree('{ } // (map) 1', NodeKind.Update)
    expect(offset(node.position)).toBe(4)
    expect(offset(narrow(node.right, NodeKind.Call).position)).toBe(7)
    const selection = tree('  ({ a = 1; }).a', NodeKind.Select)
    expect(selection.offset(selection.node.position)).toBe(2)
    expect(selection.offset(selection.node.subject.position)).toBe(3)
  })

  it('of a call continued in parentheses are of the first call', () => {
    const { node, offset } = tree(' (map 1) 2', NodeKind.Call)
    expect(node.args).toHaveLength(2)
    expect(offset(node.position)).toBe(2)
  })

  it('of operands of + include their parentheses', () => {
    const { node, offset } = tree('(map 1) + (map 2)', NodeKind.Add)
    expect(offset(node.position)).toBe(8)
    expect(offset(node.leftPosition ?? 0)).toBe(0)
    expect(offset(node.rightPosition ?? 0)).toBe(10)
  })

  it('of the parts of a string are at the text and at the ${', () => {
    const { node, offset } = tree('"ab${ map }c"', NodeKind.Interpolation)
    expect(node.partPositions.map(offset)).toEqual([1, 3, 11])
    expect(offset(node.position)).toBe(1)
  })

  it('of an indented string is at its quotes', () => {
    const { node, offset } = tree(" ''ab${map}''", NodeKind.Interpolation)
    expect(offset(node.position)).toBe(1)
    expect(node.partPositions.map(offset)).toEqual([3, 5])
  })

  it('of bindings are at the first name of the path', () => {
    const { node, offset } = tree('{ a.b.c = 1; inherit map; }', NodeKind.AttributeSet)
    expect(node.bindings.map((binding) => offset(binding.position))).toEqual([2, 21])
    const nested = narrow(node.bindings[0].value, NodeKind.AttributeSet)
    expect(offset(nested.bindings[0].position)).toBe(2)
    expect(nested.position).toBe(0)
  })

  it('of curried parameters are where each function begins', () => {
    const { node, offset } = tree('a: b: (c: 1)', NodeKind.Lambda)
    expect(node.parameters).toEqual(['a', 'b', 'c'])
    expect(node.parameterPositions.map(offset)).toEqual([0, 3, 7])
  })

  it('count bytes', () => {
    const { node, offset } = read('[ "\xc3\xa9" 1 ]')
    expect(narrow(node, NodeKind.List).items.map((item) => offset(item.position))).toEqual([2, 7])
  })
})

describe('functions', () => {
  it('of one parameter become one node of at most six', () => {
    const { node } = tree('a: b: c: d: e: f: g: h: 1', NodeKind.Lambda)
    expect(node.parameters).toEqual(['a', 'b'])
    expect(narrow(node.body, NodeKind.Lambda).parameters).toEqual(['c', 'd', 'e', 'f', 'g', 'h'])
  })

  it('with formals stay apart', () => {
    const { node } = tree('a: { b }: c: 1', NodeKind.Lambda)
    expect(node.parameters).toEqual(['a'])
    const inner = narrow(node.body, NodeKind.Lambda)
    expect(inner.formals?.formals.map(({ name }) => name)).toEqual(['b'])
    expect(inner.parameters).toEqual([''])
  })

  it('are called what they are bound to, and so are the functions they give', () => {
    const source = '{ f = a: { b }: c: 1; g.h = (x: x); ${"i" + "j"} = y: y; k = map (z: z); }'
    const { node } = tree(source, NodeKind.AttributeSet)
    const names = (value: Node): string[] => {
      const result: string[] = []
      for (let next = value; next.kind === NodeKind.Lambda; next = next.body) result.push(next.name)
      return result
    }
    expect(names(node.bindings[0].value)).toEqual(['f', 'f', 'f'])
    const nested = narrow(node.bindings[1].value, NodeKind.AttributeSet)
    expect(names(nested.bindings[0].value)).toEqual(['h'])
    expect(names(node.dynamic[0].value)).toEqual([''])
    const call = narrow(node.bindings[2].value, NodeKind.Call)
    expect((call.args[0] as LambdaNode).name).toBe('')
  })
})

describe('literals', () => {
  it('are numbers where they are exact, and otherwise BigInts', () => {
    const value = (source: string) => tree(source, NodeKind.Int).node.value
    expect(value('9007199254740991')).toBe(9007199254740991)
    expect(value('9007199254740993')).toBe(9007199254740993n)
    expect(value('9223372036854775807')).toBe(9223372036854775807n)
  })

  it('turn carriage returns into line feeds, but not in indented strings', () => {
    expect(tree('"a\r\nb\rc\\\rd"', NodeKind.String).node.value).toBe('a\nb\nc\rd')
    expect(tree("''a\r\nb''", NodeKind.String).node.value).toBe('a\r\nb')
  })

  it('hold no NUL', () => {
    expect(failure('"a\0b"').message).toBe(
      "input string 'a\xe2\x90\x80b' cannot be represented as Nix string because it contains null bytes",
    )
    expect(failure("''a\0b''").message).toMatch('contains null bytes')
    expect(failure('1 \0').message).toBe(
      'syntax error, unexpected invalid token, expecting end of file',
    )
  })

  it('of the home directory need one', () => {
    expect(failure('[ ~/a ]', { homeDirectory: null }).message).toBe(
      "the path '~/a' can not be resolved in pure mode",
    )
  })
})

describe('warnings', () => {
  it('are given for `or` as an argument that will mean something else', () => {
    const { warnings, offset } = read('with map; [ map or (map or) ]')
    expect(warnings).toHaveLength(1)
    expect(offset(warnings[0].position)).toBe(12)
    expect(warnings[0].message).toMatch('    (map or)\n')
  })

  it('are not given where `or` is an argument for good', () => {
    expect(read('with map; map or 1').warnings).toHaveLength(0)
    expect(read('with map; [ (map or) ]').warnings).toHaveLength(0)
  })
})

describe('depth', () => {
  const deep = 50_000
  const parses = (source: string) => {
    expect(read(source).node.kind).toBeDefined()
  }

  it('of brackets is no matter', () => {
    parses('('.repeat(deep) + '1' + ')'.repeat(deep))
    parses('['.repeat(deep) + ']'.repeat(deep))
    parses('{ a = '.repeat(deep) + '1' + '; }'.repeat(deep))
    parses('"${'.repeat(deep) + '1' + '}"'.repeat(deep))
  })

  it('of operators is no matter', () => {
    parses('1' + ' + 1'.repeat(deep))
    parses('[ ]' + ' ++ [ ]'.repeat(deep))
    parses('!'.repeat(deep) + 'true')
    parses('- '.repeat(deep) + '1')
  })

  it('of what has a body is no matter', () => {
    parses('if true then 1 else '.repeat(deep) + '1')
    parses('a: '.repeat(deep) + '1')
    parses('{ a }: '.repeat(deep) + '1')
    parses('with { }; '.repeat(deep) + '1')
    parses('let a = '.repeat(deep) + '1' + '; in a'.repeat(deep))
  })

  it('of paths, lists, formals and arguments is no matter', () => {
    parses(`{ ${'a.'.repeat(deep)}a = 1; }`)
    parses(`[ ${'1 '.repeat(deep)} ]`)
    parses(`map ${'1 '.repeat(deep)}`)
    parses(`{ ${Array.from({ length: deep }, (_, i) => `a${i}`).join(', ')} }: a7`)
    parses('{ }.a or '.repeat(deep) + '1')
  })

  it('of what is not closed is no matter', () => {
    expect(failure('('.repeat(deep)).errors).toHaveLength(1)
    expect(failure('{ a = '.repeat(deep)).errors).toHaveLength(1)
  })
})

describe('large sets', () => {
  it('find what is there twice', () => {
    const bindings = Array.from({ length: 100 }, (_, i) => `a${i} = ${i};`).join(' ')
    expect(failure(`{ ${bindings} a50 = 1; x.y = 1; }`).errors).toHaveLength(1)
    const { node } = tree(`{ ${bindings} }`, NodeKind.AttributeSet)
    const names = node.bindings.map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
  })
})
