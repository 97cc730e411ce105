import { describe, expect, it } from 'vitest'
import { parse } from './parser'
import { PositionTable } from './positions'
import {
  ArithmeticOperator,
  NodeKind,
  type AttributeSetNode,
  type LambdaNode,
  type LetNode,
  type ListNode,
  type Node,
  type SelectNode,
  type WithNode,
} from './tree'

const globals = new Set(['map', '__sub', '__lessThan'])

function read(source: string, scope?: string[]): Node {
  return parse(source, {
    origin: { kind: 'string' },
    basePath: '/',
    homeDirectory: null,
    positions: new PositionTable(),
    globals: (name) => globals.has(name),
    ...(scope === undefined ? {} : { scope }),
  }).node
}

/** A variable in short: `level.slot`, `global`, or the levels of the `with`s. */
function place(node: Node): string {
  switch (node.kind) {
    case NodeKind.Local:
      return `${node.level}.${node.slot}`
    case NodeKind.Global:
      return 'global'
    case NodeKind.WithVariable:
      return `with ${node.levels.join(' ')}`
    default:
      throw new Error(`no variable: ${node.kind}`)
  }
}

const items = (node: Node) => (node as ListNode).items.map(place)
const body = (node: Node) => (node as LambdaNode).body

describe('environments', () => {
  it('of functions hold the parameters, the last of one name winning', () => {
    expect(items(body(read('a: b: a2: [ a b a2 map ]')))).toEqual(['0.1', '0.2', '0.3', 'global'])
    expect(place(body(read('x: x: x')))).toBe('0.2')
  })

  it('of functions with formals hold the argument first', () => {
    const lambda = read('{ b, a ? b, ... }@all: [ all b a ]') as LambdaNode
    expect(items(lambda.body)).toEqual(['0.1', '0.2', '0.3'])
    const value = lambda.formals?.formals[1].default
    expect(value && place(value)).toBe('0.2')
    expect(items(body(read('{ a }: [ a ]')))).toEqual(['0.2'])
  })

  it('are counted outwards', () => {
    const outer = read('a: { b }: let c = 1; in with a; [ a b c d ]')
    const letIn = body(body(outer)) as LetNode
    expect(items((letIn.body as WithNode).body)).toEqual(['3.1', '2.2', '1.1', 'with 0'])
  })

  it('of let hold the bindings as they stand, then what is inherited from', () => {
    const node = body(read('a: let z = y; inherit (a) y; inherit a; in [ z y a ]')) as LetNode
    expect(node.bindings.map(({ name }) => name)).toEqual(['z', 'y', 'a'])
    expect(items(node.body)).toEqual(['0.1', '0.2', '0.3'])
    expect(place(node.bindings[0].value)).toBe('0.2')
    expect(place((node.bindings[1].value as SelectNode).subject)).toBe('0.4')
    expect(node.bindings[2].inherited).toBe(true)
    expect(place(node.bindings[2].value)).toBe('0.1')
    expect(place(node.inheritedFrom[0])).toBe('0.3')
  })

  it('of recursive sets hold the bindings by name, and dynamic names see them', () => {
    const source = 'x: rec { b = a; a = x; inherit x; inherit (b) c; ${x} = a; }'
    const node = body(read(source)) as AttributeSetNode
    expect(node.bindings.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'x'])
    expect([...node.fromInherit]).toEqual([0, 0, 1, 0])
    expect(place(node.bindings[0].value)).toBe('0.4')
    expect(place(node.bindings[1].value)).toBe('0.1')
    expect(place((node.bindings[2].value as SelectNode).subject)).toBe('0.5')
    expect(place(node.bindings[3].value)).toBe('0.1')
    expect(place(node.dynamic[0].name)).toBe('0.4')
    expect(place(node.dynamic[0].value)).toBe('0.1')
  })

  it('of plain sets hold only what is inherited from, for what is inherited', () => {
    const source = 'x: y: { a = x; inherit (x) c; inherit (y) b; inherit y; }'
    const node = body(read(source)) as AttributeSetNode
    expect([...node.fromInherit]).toEqual([0, 1, 1, 0])
    expect(place(node.bindings[0].value)).toBe('0.1')
    expect(place((node.bindings[1].value as SelectNode).subject)).toBe('0.2')
    expect(place((node.bindings[2].value as SelectNode).subject)).toBe('0.1')
    expect(node.inheritedFrom.map(place)).toEqual(['0.1', '0.2'])
  })

  it('of merged sets hold what both inherit from', () => {
    const source = 'x: y: { s = { inherit (x) a; }; s = { inherit (y) b; }; }'
    const node = body(read(source)) as AttributeSetNode
    const merged = node.bindings[0].value as AttributeSetNode
    expect(merged.bindings.map(({ value }) => place((value as SelectNode).subject))).toEqual([
      '0.1',
      '0.2',
    ])
  })

  it('end where they end', () => {
    const list = body(read('a: [ (a: b: a) (let a = 1; in a) rec { a = 1; } a ]')) as ListNode
    expect(place(list.items[3])).toBe('0.1')
  })

  it('may lie around the whole text', () => {
    expect(items(read('[ a b map ]', ['map', 'b', 'a']))).toEqual(['0.3', '0.2', '0.1'])
  })
})

describe('with', () => {
  it('is asked only for what nothing else has, the innermost first', () => {
    const node = body(read('a: with a; b: with b; [ a b map c ]')) as WithNode
    const inner = body(node.body) as WithNode
    expect(items(inner.body)).toEqual(['3.1', '1.1', 'global', 'with 0 2'])
  })

  it('does not see itself in its subject', () => {
    const node = body(read('a: with a; with b; c')) as WithNode
    const inner = node.body as WithNode
    expect(place(inner.subject)).toBe('with 0')
    expect(place(inner.body)).toBe('with 0 1')
  })

  it('ends with its body', () => {
    const node = body(read('a: with a; [ (with b; c) d ]')) as WithNode
    const list = node.body as ListNode
    expect(place((list.items[0] as WithNode).body)).toBe('with 0 1')
    expect(place(list.items[1])).toBe('with 0')
  })
})

describe('operators', () => {
  it('are arithmetic where the global functions are meant', () => {
    const node = read('1 - 2')
    expect(node).toMatchObject({
      kind: NodeKind.Arithmetic,
      operator: ArithmeticOperator.Subtract,
    })
    expect(read('-1')).toMatchObject({ kind: NodeKind.Arithmetic, left: { value: 0 } })
  })

  it('are calls where a name of that kind is in scope', () => {
    const call = body(read('__sub: 1 - 2'))
    expect(call.kind === NodeKind.Call && place(call.fn)).toBe('0.1')
    const less = body(read('__lessThan: 1 >= 2'))
    expect(less.kind === NodeKind.Not && less.operand.kind === NodeKind.Call).toBe(true)
  })

  it('are calls of what a with supplies where there is no such global', () => {
    const call = (body(read('a: with a; 1 * 2')) as WithNode).body
    expect(call.kind === NodeKind.Call && place(call.fn)).toBe('with 0')
    expect(() => read('1 * 2')).toThrow("undefined variable '__mul'")
  })
})
