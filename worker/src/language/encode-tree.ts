/** Writes trees in their binary form (binary-tree.ts). */
import type { ByteString } from '@snowglobe/shared/bytes'
import { checksum, flagShift, formatVersion, headerSize, noPosition, TextForm } from './binary-tree'
import { ByteWriter } from './byte-writer'
import { Lexer } from './lexer'
import type { SyntaxTree } from './parser'
import {
  NodeKind,
  resolved,
  type AttributeName,
  type AttributeSetNode,
  type Binding,
  type LambdaNode,
  type Node,
  type Position,
} from './tree'

/** Nodes of fewer bytes are decoded with what is around them. */
const leastDeferred = 24
/** A set with so many bindings is one of packages: few of its calls are evaluated, so all are deferred. */
const largeSet = 64
/** Nodes that nest deeper than this are deferred if they can be, whatever their size. */
const maxHeight = 64
/** Decoding recurses, on a native stack that may be nearly full: deeper texts are parsed each time. */
const hardHeight = 160
/** Names are looked for in so many bytes. */
const nameDistance = 500
/** Encoding recurses through what is deferred too. */
const maxDepth = 1500

/** What has no binary form: the text is parsed each time. */
class NotEncodable extends Error {}

/**
 * The binary form of a tree, or null where it has none: the parser warned of it, it depends on the
 * home directory, or it nests very deep.
 *
 * @param fingerprint of the settings it was parsed with
 */
export function encodeTree(tree: SyntaxTree, fingerprint: number): Uint8Array | null {
  if (tree.warnings.length > 0) return null
  try {
    return new Encoder(tree).encode(fingerprint)
  } catch (error) {
    if (error instanceof NotEncodable) return null
    throw error
  }
}

class Encoder {
  private readonly out = new ByteWriter()
  private readonly source: ByteString
  private readonly base: Position
  private readonly names = new Map<ByteString, number>()
  private readonly nameTable = new ByteWriter()
  /** Where the last name found in the source ends. */
  private nameEnd = 0
  private readonly lexer: Lexer
  private depth = 0
  /** How deep what was written in the node at work nests, up to what is deferred. */
  private height = 0

  constructor(private readonly tree: SyntaxTree) {
    this.source = tree.source.text
    this.base = tree.source.base
    this.lexer = new Lexer(this.source)
    // Number 0: names that are none, as of references made by the parser.
    this.name('', 0)
  }

  encode(fingerprint: number): Uint8Array {
    this.node(this.tree.node, this.base)
    const head = new ByteWriter()
    head.unsigned(this.source.length)
    head.unsigned(this.names.size)
    const [table, nodes] = [this.nameTable.bytes(), this.out.bytes()]
    const start = head.bytes()
    const bytes = new Uint8Array(headerSize + start.length + table.length + nodes.length)
    bytes.set(start, headerSize)
    bytes.set(table, headerSize + start.length)
    bytes.set(nodes, headerSize + start.length + table.length)
    const view = new DataView(bytes.buffer)
    bytes[0] = formatVersion
    view.setUint32(5, fingerprint, true)
    view.setUint32(1, checksum(bytes, 5), true)
    return bytes
  }

  /** A node that may be deferred. */
  private deferrable(node: Node, around: Position, inLargeSet: boolean): void {
    const start = this.out.length
    const before = this.height
    this.height = 0
    this.node(node, around)
    this.deferFrom(start, resolved(node).kind, inLargeSet)
    this.height = Math.max(this.height, before)
  }

  /** Defers the node of this kind that was written last, from `start` on, if that pays. */
  private deferFrom(start: number, kind: NodeKind, inLargeSet: boolean): void {
    const length = this.out.length - start
    // Those that need no thunk stay what they are, and a function's body is deferred itself.
    const isReady = kind <= NodeKind.Global || kind === NodeKind.Lambda
    const pays = length >= leastDeferred || (inLargeSet && kind === NodeKind.Call)
    if (this.height > maxHeight || (!isReady && pays)) {
      this.out.insert(start, NodeKind.Deferred, length)
      this.height = 1
    }
  }

  private node(given: Node, around: Position): void {
    const node = resolved(given)
    if (++this.depth > maxDepth) throw new NotEncodable()
    const { out } = this
    const before = this.height
    this.height = 0
    const here = node.position === 0 ? around : node.position
    switch (node.kind) {
      case NodeKind.Int: {
        const { value } = node
        const isSmall = typeof value === 'number' && Math.abs(value) < 2 ** 30
        this.begin(node, around, isSmall ? 0 : 1)
        if (isSmall) out.signed(value)
        else {
          const digits = String(value)
          out.unsigned(digits.length)
          out.text(digits)
          out.byte(typeof value === 'number' ? 0 : 1)
        }
        break
      }
      case NodeKind.Float:
        this.begin(node, around)
        out.float(node.value)
        break
      case NodeKind.String:
        this.string(node.value, node.position, around)
        break
      case NodeKind.Path: {
        const literal = this.literalAt(node.position - this.base)
        if (literal.startsWith('~')) throw new NotEncodable()
        this.begin(node, around)
        out.unsigned(literal.length)
        break
      }
      case NodeKind.Local: {
        const isNear = node.level < 3
        this.begin(node, around, isNear ? node.level : 3)
        if (!isNear) out.unsigned(node.level)
        out.unsigned(node.slot)
        out.unsigned(this.name(node.name, node.position))
        break
      }
      case NodeKind.Global:
        this.begin(node, around)
        out.unsigned(this.name(node.name, node.position))
        break
      case NodeKind.WithVariable:
        this.begin(node, around)
        out.unsigned(this.name(node.name, node.position))
        out.unsigned(node.levels.length)
        for (const level of node.levels) out.unsigned(level)
        break
      case NodeKind.Lambda:
        this.lambda(node, around)
        break
      case NodeKind.Call:
        this.begin(node, around)
        out.unsigned(node.args.length)
        this.node(node.fn, here)
        for (const argument of node.args) this.deferrable(argument, here, false)
        break
      case NodeKind.Select:
        this.begin(node, around, node.default === null ? 0 : 1)
        this.node(node.subject, here)
        this.path(node.path, here)
        if (node.default !== null) this.node(node.default, here)
        break
      case NodeKind.HasAttribute:
        this.begin(node, around)
        this.node(node.subject, here)
        this.path(node.path, here)
        break
      case NodeKind.If:
        this.begin(node, around)
        this.node(node.condition, here)
        this.node(node.then, here)
        this.node(node.else, here)
        break
      case NodeKind.Assert:
        this.begin(node, around)
        this.node(node.condition, here)
        this.node(node.body, here)
        break
      case NodeKind.With:
        this.begin(node, around)
        this.node(node.subject, here)
        this.node(node.body, here)
        break
      case NodeKind.Let:
        this.begin(node, around, node.inheritedFrom.length > 0 ? 1 : 0)
        this.bindings(node.bindings, here)
        if (node.inheritedFrom.length > 0) this.list(node.inheritedFrom, here)
        this.node(node.body, here)
        break
      case NodeKind.List:
        this.begin(node, around)
        this.list(node.items, here)
        break
      case NodeKind.AttributeSet:
        this.attributeSet(node, around)
        break
      case NodeKind.Not:
        this.begin(node, around)
        this.node(node.operand, here)
        break
      case NodeKind.Add: {
        const { leftPosition, rightPosition } = node
        if (leftPosition === undefined || rightPosition === undefined) throw new NotEncodable()
        this.begin(node, around)
        out.signed(leftPosition - here)
        out.signed(rightPosition - here)
        this.node(node.left, here)
        this.node(node.right, here)
        break
      }
      case NodeKind.And:
      case NodeKind.Or:
      case NodeKind.Implies:
      case NodeKind.Equal:
      case NodeKind.NotEqual:
      case NodeKind.Update:
      case NodeKind.Concat:
        this.begin(node, around)
        this.node(node.left, here)
        this.node(node.right, here)
        break
      case NodeKind.Arithmetic:
        this.begin(node, around)
        out.byte(node.operator)
        this.node(node.left, here)
        this.node(node.right, here)
        break
      case NodeKind.Interpolation:
      case NodeKind.PathInterpolation:
        this.begin(node, around)
        out.unsigned(node.parts.length)
        node.parts.forEach((part, i) => {
          out.signed(node.partPositions[i] - here)
          this.node(part, here)
        })
        break
      case NodeKind.CurrentPosition:
        this.begin(node, around)
        break
      case NodeKind.Deferred:
        throw new Error('what is deferred gives a node that is not')
    }
    this.depth--
    if (this.height > hardHeight) throw new NotEncodable()
    this.height = Math.max(this.height + 1, before)
  }

  private begin(node: Node, around: Position, flags = 0): void {
    const first = node.kind | (flags << flagShift)
    if (node.position === 0) {
      this.out.byte(first | noPosition)
    } else {
      this.out.byte(first)
      this.out.signed(node.position - around)
    }
  }

  private string(value: ByteString, position: Position, around: Position): void {
    const { out, source } = this
    const offset = position - this.base
    const begin = (form: TextForm) => {
      out.byte(NodeKind.String | (form << flagShift) | (position === 0 ? noPosition : 0))
      if (position !== 0) out.signed(position - around)
    }
    if (position !== 0) {
      const isQuoted = source.charCodeAt(offset) === 0x22 && source.startsWith(value, offset + 1)
      if (isQuoted || source.startsWith(value, offset)) {
        begin(isQuoted ? TextForm.Quoted : TextForm.Plain)
        out.unsigned(value.length)
        return
      }
      const runs = runsOf(value, source, offset)
      if (runs !== null) {
        begin(TextForm.Runs)
        out.unsigned(runs.length / 2)
        for (const count of runs) out.unsigned(count)
        return
      }
    }
    begin(TextForm.Inline)
    out.unsigned(value.length)
    out.text(value)
  }

  /** The path literal at an offset. */
  private literalAt(offset: number): ByteString {
    const { lexer } = this
    lexer.end = offset
    lexer.next()
    return this.source.slice(offset, lexer.end)
  }

  private lambda(node: LambdaNode, around: Position): void {
    const { out } = this
    const { formals, position } = node
    this.begin(node, around, formals === null ? 0 : formals.ellipsis ? 3 : 1)
    out.unsigned(node.parameters.length)
    node.parameters.forEach((name, i) => {
      out.unsigned(this.name(name, node.parameterPositions[i]))
      out.signed(node.parameterPositions[i] - position)
    })
    out.unsigned(this.name(node.name, 0))
    if (formals !== null) {
      out.unsigned(formals.formals.length)
      for (const formal of formals.formals) {
        const name = this.name(formal.name, formal.position)
        out.unsigned(name * 2 + (formal.default === null ? 0 : 1))
        out.signed(formal.position - position)
        if (formal.default !== null) this.deferrable(formal.default, position, false)
      }
    }
    this.deferrable(node.body, position, false)
  }

  private attributeSet(node: AttributeSetNode, around: Position): void {
    const { out } = this
    const here = node.position === 0 ? around : node.position
    const hasMore = node.inheritedFrom.length > 0 || node.dynamic.length > 0
    this.begin(node, around, (node.recursive ? 1 : 0) | (hasMore ? 2 : 0))
    this.bindings(node.bindings, here)
    if (!hasMore) return
    node.bindings.forEach((_, i) => out.byte(node.fromInherit[i]))
    this.list(node.inheritedFrom, here)
    out.unsigned(node.dynamic.length)
    for (const { name, position, value } of node.dynamic) {
      out.signed(position - here)
      this.node(name, here)
      this.deferrable(value, here, false)
    }
  }

  private bindings(bindings: readonly Binding[], around: Position): void {
    const { out } = this
    out.unsigned(bindings.length)
    const isLarge = bindings.length >= largeSet
    for (const { name, position, value, inherited } of bindings) {
      out.unsigned(this.name(name, position) * 2 + (inherited ? 1 : 0))
      out.signed(position - around)
      this.deferrable(value, around, isLarge)
    }
  }

  private list(nodes: readonly Node[], around: Position): void {
    this.out.unsigned(nodes.length)
    for (const node of nodes) this.deferrable(node, around, false)
  }

  private path(path: readonly AttributeName[], around: Position): void {
    const { out } = this
    out.unsigned(path.length)
    for (const name of path) {
      if (typeof name === 'string') out.unsigned(this.name(name, around) * 2)
      else {
        out.unsigned(1)
        this.node(name, around)
      }
    }
  }

  /** The number of a name; `position` is near where it is written. */
  private name(name: ByteString, position: Position): number {
    let number = this.names.get(name)
    if (number !== undefined) return number
    this.names.set(name, (number = this.names.size))
    const from = position === 0 ? this.nameEnd : position - this.base
    const found = this.source.slice(from, from + nameDistance).indexOf(name)
    if (found < 0) {
      this.nameTable.unsigned(name.length * 2 + 1)
      this.nameTable.text(name)
    } else {
      this.nameTable.unsigned(name.length * 2)
      this.nameTable.signed(from + found - this.nameEnd)
      this.nameEnd = from + found + name.length
    }
    return number
  }
}

/** How often a text may be interrupted in the source: beyond, it is shorter written out. */
const maxRuns = 2000

/**
 * The text as pieces of the source from an offset on, in which spaces at line beginnings are left
 * out: pairs of how many bytes are skipped and taken. Null where it is not of that kind.
 */
function runsOf(text: ByteString, source: ByteString, offset: number): number[] | null {
  const runs: number[] = []
  let from = 0
  let at = offset
  // Of an indented string that is one text, the node begins at the quotes.
  if (source.startsWith("''", at)) {
    at += 2
    const opening = /[ ]*\n/y
    opening.lastIndex = at
    if (opening.test(source)) at = opening.lastIndex
  }
  let end = offset
  while (from < text.length) {
    const lineEnd = text.indexOf('\n', from)
    const line = text.slice(from, lineEnd < 0 ? text.length : lineEnd + 1)
    while (!source.startsWith(line, at)) {
      if (source.charCodeAt(at) !== 0x20) return null
      at++
    }
    if (at === end && runs.length > 0) runs[runs.length - 1] += line.length
    else runs.push(at - end, line.length)
    at += line.length
    end = at
    from += line.length
  }
  return runs.length <= maxRuns ? runs : null
}
