/** Prints trees as `nix-instantiate --parse` does. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { showFloat } from './numbers'
import {
  ArithmeticOperator,
  NodeKind,
  type AttributeName,
  type AttributeSetNode,
  type Binding,
  type DynamicBinding,
  type LambdaNode,
  type LocalNode,
  type Node,
} from './tree'

/** The whole of an expression, on one line, every operator in parentheses. */
export function printTree(node: Node): ByteString {
  const printer = new Printer()
  return printer.print([node])
}

/** An attribute path as Nix's messages write it: `a."b c"."${d}"`. */
export function printAttributePath(path: AttributeName[]): ByteString {
  const printer = new Printer()
  return printer.print(attributePath(path))
}

/** A name as it stands in a set: in quotes if it is no identifier, or a keyword. */
export function printName(name: ByteString): ByteString {
  return /^[a-zA-Z_][a-zA-Z0-9_'-]*$/.test(name) && !keywords.has(name) ? name : printString(name)
}

/** A string literal. */
export function printString(text: ByteString): ByteString {
  return `"${text.replace(/["\\\n\r\t]|\$(?=\{)/g, (c) => escapes[c])}"`
}

const keywords = new Set(['if', 'then', 'else', 'assert', 'with', 'let', 'in', 'rec', 'inherit'])

const escapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  $: '\\$',
}

const operatorText: Partial<Record<NodeKind, string>> = {
  [NodeKind.And]: ' && ',
  [NodeKind.Or]: ' || ',
  [NodeKind.Implies]: ' -> ',
  [NodeKind.Equal]: ' == ',
  [NodeKind.NotEqual]: ' != ',
  [NodeKind.Update]: ' // ',
  [NodeKind.Concat]: ' ++ ',
  [NodeKind.Add]: ' + ',
}

/** Text to print, or a node whose text is still to be found. */
type Piece = ByteString | Node

class Printer {
  private readonly stack: Piece[] = []

  print(pieces: Piece[]): ByteString {
    const stack = this.stack
    let result = ''
    this.push(pieces)
    for (let piece = stack.pop(); piece !== undefined; piece = stack.pop()) {
      if (typeof piece === 'string') result += piece
      else this.push(piecesOf(piece))
    }
    return result
  }

  private push(pieces: Piece[]): void {
    for (let i = pieces.length - 1; i >= 0; i--) this.stack.push(pieces[i])
  }
}

function piecesOf(node: Node): Piece[] {
  switch (node.kind) {
    case NodeKind.Deferred:
      return [node.resolve()]
    case NodeKind.Int:
      return [String(node.value)]
    case NodeKind.Float:
      return [showFloat(node.value)]
    case NodeKind.String:
      return [printString(node.value)]
    case NodeKind.Path:
      return [node.value]
    case NodeKind.Local:
    case NodeKind.Global:
    case NodeKind.WithVariable:
      return [printName(node.name)]
    case NodeKind.Lambda:
      return lambda(node)
    case NodeKind.Call:
      return call(node.fn, node.args)
    case NodeKind.Select: {
      const pieces = ['(', node.subject, ').', ...attributePath(node.path)]
      if (node.default !== null) pieces.push(' or (', node.default, ')')
      return pieces
    }
    case NodeKind.HasAttribute:
      return ['((', node.subject, ') ? ', ...attributePath(node.path), ')']
    case NodeKind.If:
      return ['(if ', node.condition, ' then ', node.then, ' else ', node.else, ')']
    case NodeKind.Assert:
      return ['assert ', node.condition, '; ', node.body]
    case NodeKind.With:
      return ['(with ', node.subject, '; ', node.body, ')']
    case NodeKind.Let: {
      const attributes = bindings(node.bindings, node.inheritedFrom, node.bindings.length, [])
      return ['(let ', ...attributes, 'in ', node.body, ')']
    }
    case NodeKind.List:
      return ['[ ', ...node.items.flatMap((item) => ['(', item, ') ']), ']']
    case NodeKind.AttributeSet:
      return attributeSet(node)
    case NodeKind.Not:
      return ['(! ', node.operand, ')']
    case NodeKind.Arithmetic: {
      const { operator, left, right } = node
      switch (operator) {
        case ArithmeticOperator.Subtract:
        case ArithmeticOperator.Negate:
          return ['(__sub ', left, ' ', right, ')']
        case ArithmeticOperator.Multiply:
          return ['(__mul ', left, ' ', right, ')']
        case ArithmeticOperator.Divide:
          return ['(__div ', left, ' ', right, ')']
        case ArithmeticOperator.Less:
          return ['(__lessThan ', left, ' ', right, ')']
        case ArithmeticOperator.Greater:
          return ['(__lessThan ', right, ' ', left, ')']
        case ArithmeticOperator.LessOrEqual:
          return ['(! (__lessThan ', right, ' ', left, '))']
        case ArithmeticOperator.GreaterOrEqual:
          return ['(! (__lessThan ', left, ' ', right, '))']
      }
      break
    }
    case NodeKind.Interpolation:
    case NodeKind.PathInterpolation:
      return ['(', ...separated(node.parts, ' + '), ')']
    case NodeKind.CurrentPosition:
      return ['__curPos']
    default:
      return ['(', node.left, operatorText[node.kind] ?? ' ', node.right, ')']
  }
}

function call(fn: Node, args: Node[]): Piece[] {
  const argumentPieces = args.flatMap((argument) => [' ', argument])
  if (fn.kind === NodeKind.Arithmetic) {
    // To Nix `(a - b) c` is one call of __sub.
    const pieces = piecesOf(fn)
    if (pieces[0] !== '(! (__lessThan ') return [...pieces.slice(0, -1), ...argumentPieces, ')']
  }
  return ['(', fn, ...argumentPieces, ')']
}

function lambda(node: LambdaNode): Piece[] {
  if (node.formals === null) {
    const heads = node.parameters.map((parameter) => `(${printName(parameter)}: `)
    return [heads.join(''), node.body, ')'.repeat(heads.length)]
  }
  const pieces: Piece[] = ['({ ']
  const formals = node.formals.formals.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  formals.forEach((formal, i) => {
    if (i > 0) pieces.push(', ')
    pieces.push(printName(formal.name))
    if (formal.default !== null) pieces.push(' ? ', formal.default)
  })
  if (node.formals.ellipsis) pieces.push(formals.length > 0 ? ', ...' : '...')
  pieces.push(' }')
  if (node.parameters[0] !== '') pieces.push(' @ ', printName(node.parameters[0]))
  pieces.push(': ', node.body, ')')
  return pieces
}

function attributeSet(node: AttributeSetNode): Piece[] {
  const before = node.recursive ? node.bindings.length : 0
  const attributes = bindings(node.bindings, node.inheritedFrom, before, node.dynamic)
  return [node.recursive ? 'rec { ' : '{ ', ...attributes, '}']
}

/** `before` is how many slots lie before those of the expressions inherited from. */
function bindings(
  all: Binding[],
  inheritedFrom: Node[],
  before: number,
  dynamic: DynamicBinding[],
): Piece[] {
  const pieces: Piece[] = []
  const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const inherited = sorted.filter((binding) => binding.inherited)
  if (inherited.length > 0) {
    pieces.push('inherit')
    for (const { name } of inherited) pieces.push(' ' + printName(name))
    pieces.push('; ')
  }
  const groups: Binding[][] = inheritedFrom.map(() => [])
  const plain: Binding[] = []
  for (const binding of sorted) {
    if (binding.inherited) continue
    const slot = inheritedFrom.length > 0 ? fromSlot(binding) : 0
    if (slot > before) groups[slot - before - 1].push(binding)
    else plain.push(binding)
  }
  groups.forEach((group, i) => {
    // An expression from which nothing is inherited is not printed.
    if (group.length === 0) return
    pieces.push('inherit (', inheritedFrom[i], ')')
    for (const { name } of group) pieces.push(' ' + printName(name))
    pieces.push('; ')
  })
  for (const { name, value } of plain) pieces.push(`${printName(name)} = `, value, '; ')
  for (const { name, value } of dynamic) pieces.push('"${', name, '}" = ', value, '; ')
  return pieces
}

/** The slot that the value of `inherit (e) x` selects from, or 0 for other values. */
function fromSlot(binding: Binding): number {
  const value = binding.value
  if (value.kind !== NodeKind.Select || value.subject.kind !== NodeKind.Local) return 0
  const subject: LocalNode = value.subject
  return subject.name === '' && subject.level === 0 ? subject.slot : 0
}

function attributePath(path: AttributeName[]): Piece[] {
  const pieces: Piece[] = []
  for (const name of path) {
    if (pieces.length > 0) pieces.push('.')
    if (typeof name === 'string') pieces.push(printName(name))
    else pieces.push('"${', name, '}"')
  }
  return pieces
}

function separated(nodes: Node[], separator: string): Piece[] {
  return nodes.flatMap((node, i) => (i === 0 ? [node] : [separator, node]))
}
