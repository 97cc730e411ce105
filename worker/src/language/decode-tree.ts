/** Reads trees from their binary form (binary-tree.ts), a body or value at a time. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import {
  checksum,
  flagShift,
  formatVersion,
  headerSize,
  kindBits,
  noPosition,
  TextForm,
} from './binary-tree'
import { absolutePath } from './canonical-path'
import type { StoredTree } from './file-tree'
import { noInheritance } from './inherit-flags'
import type { SyntaxTree } from './parser'
import type { SourceText } from './positions'
import { sharedName } from './symbols'
import {
  NodeKind,
  type ArithmeticOperator,
  type AttributeName,
  type Binding,
  type DeferredNode,
  type DynamicBinding,
  type Formal,
  type Formals,
  type Node,
  type Position,
} from './tree'
import { boundGlobal, boundLocal, boundWithVariable } from './variable'

/**
 * The tree of a source text, or null where `encoded` is not of this version, not of these settings, or
 * damaged. That it belongs to this very text is for the caller to know.
 *
 * @param encoded is kept, and must not change
 * @param basePath the directory that relative path literals start from, absolute
 */
export function decodeTree(
  encoded: Uint8Array,
  source: SourceText,
  basePath: ByteString,
  fingerprint: number,
): SyntaxTree | null {
  if (encoded.length <= headerSize || encoded[0] !== formatVersion) return null
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  if (view.getUint32(5, true) !== fingerprint) return null
  if (view.getUint32(1, true) !== checksum(encoded, 5)) return null
  const decoder = new Decoder(encoded, source.base, source.text, basePath)
  const node = decoder.root()
  return node === null ? null : { node, source, warnings: [] }
}

/** The tree that these bytes are. */
export function storedTree(encoded: Uint8Array): StoredTree {
  return (source, basePath, fingerprint) => decodeTree(encoded, source, basePath, fingerprint)
}

const noNumbers = new Int32Array(0)

/** Reads one after another what is not deferred. */
class Decoder {
  private at = headerSize
  /** By number: where each name begins, in the source, or before 0 in `encoded`; and its length. */
  private nameStarts = noNumbers
  private nameLengths = noNumbers
  /** Names that were needed already. */
  private readonly names: (ByteString | undefined)[] = []
  /** The levels of the last variable of a `with`: most are those of the one before. */
  private levels: number[] = []

  constructor(
    private readonly encoded: Uint8Array,
    private readonly base: Position,
    private readonly source: ByteString,
    private readonly basePath: ByteString,
  ) {}

  /** The tree, or null where the source is another one. */
  root(): Node | null {
    if (this.unsigned() !== this.source.length) return null
    const count = this.unsigned()
    const starts = (this.nameStarts = new Int32Array(count))
    const lengths = (this.nameLengths = new Int32Array(count))
    let end = 0
    for (let i = 0; i < count; i++) {
      const first = this.unsigned()
      const length = first >>> 1
      lengths[i] = length
      if ((first & 1) === 1) {
        starts[i] = ~this.at
        this.at += length
      } else {
        const start = end + this.signed()
        starts[i] = start
        end = start + length
      }
    }
    return this.node(this.base)
  }

  /** The node at a place in the encoded bytes. */
  nodeAt(at: number, around: Position): Node {
    this.at = at
    return this.node(around)
  }

  private unsigned(): number {
    const { encoded } = this
    let byte = encoded[this.at++]
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let shift = 7; ; shift += 7) {
      byte = encoded[this.at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  private signed(): number {
    const value = this.unsigned()
    return (value >>> 1) ^ -(value & 1)
  }

  private name(): ByteString {
    return this.nameOf(this.unsigned())
  }

  private nameOf(number: number): ByteString {
    const known = this.names[number]
    if (known !== undefined) return known
    const start = this.nameStarts[number]
    const length = this.nameLengths[number]
    const name =
      length === 0
        ? ''
        : sharedName(
            start >= 0
              ? this.source.slice(start, start + length)
              : bytesToByteString(this.encoded.subarray(~start, ~start + length)),
          )
    this.names[number] = name
    return name
  }

  private node(around: Position): Node {
    const first = this.encoded[this.at++]
    const kind = first & kindBits
    const flags = (first >>> flagShift) & 3
    if (kind === NodeKind.Deferred) return this.deferred(around)
    const position = (first & noPosition) === 0 ? around + this.signed() : 0
    const here = position === 0 ? around : position
    switch (kind as NodeKind) {
      case NodeKind.Int:
        return { kind: NodeKind.Int, position, value: flags === 0 ? this.signed() : this.integer() }
      case NodeKind.Float: {
        const { buffer, byteOffset } = this.encoded
        const value = new DataView(buffer, byteOffset + this.at, 8).getFloat64(0, true)
        this.at += 8
        return { kind: NodeKind.Float, position, value }
      }
      case NodeKind.String:
        return { kind: NodeKind.String, position, value: this.text(flags, position - this.base) }
      case NodeKind.Path: {
        const start = position - this.base
        const literal = this.source.slice(start, start + this.unsigned())
        return { kind: NodeKind.Path, position, value: absolutePath(literal, this.basePath) }
      }
      case NodeKind.Local: {
        const level = flags < 3 ? flags : this.unsigned()
        const slot = this.unsigned()
        return boundLocal(position, this.name(), level, slot)
      }
      case NodeKind.Global:
        return boundGlobal(position, this.name())
      case NodeKind.WithVariable: {
        const name = this.name()
        return boundWithVariable(position, name, this.withLevels())
      }
      case NodeKind.Lambda:
        return this.lambda(position, flags)
      case NodeKind.Call: {
        const count = this.unsigned()
        const fn = this.node(here)
        return { kind: NodeKind.Call, position, fn, args: this.nodes(count, here) }
      }
      case NodeKind.Select: {
        const subject = this.node(here)
        const path = this.path(here)
        const otherwise = flags === 1 ? this.node(here) : null
        return { kind: NodeKind.Select, position, subject, path, default: otherwise }
      }
      case NodeKind.HasAttribute: {
        const subject = this.node(here)
        return { kind: NodeKind.HasAttribute, position, subject, path: this.path(here) }
      }
      case NodeKind.If: {
        const condition = this.node(here)
        const then = this.node(here)
        return { kind: NodeKind.If, position, condition, then, else: this.node(here) }
      }
      case NodeKind.Assert: {
        const condition = this.node(here)
        return { kind: NodeKind.Assert, position, condition, body: this.node(here) }
      }
      case NodeKind.With: {
        const subject = this.node(here)
        return { kind: NodeKind.With, position, subject, body: this.node(here) }
      }
      case NodeKind.Let: {
        const bindings = this.bindings(here)
        const inheritedFrom = flags === 1 ? this.nodes(this.unsigned(), here) : noNodes
        const body = this.node(here)
        return { kind: NodeKind.Let, position, bindings, inheritedFrom, body }
      }
      case NodeKind.List:
        return { kind: NodeKind.List, position, items: this.nodes(this.unsigned(), here) }
      case NodeKind.AttributeSet:
        return this.attributeSet(position, here, flags)
      case NodeKind.Not:
        return { kind: NodeKind.Not, position, operand: this.node(here) }
      case NodeKind.And:
      case NodeKind.Or:
      case NodeKind.Implies:
      case NodeKind.Equal:
      case NodeKind.NotEqual:
      case NodeKind.Update:
      case NodeKind.Concat: {
        const left = this.node(here)
        return { kind: kind as NodeKind.And, position, left, right: this.node(here) }
      }
      case NodeKind.Add: {
        const leftPosition = here + this.signed()
        const rightPosition = here + this.signed()
        const left = this.node(here)
        const right = this.node(here)
        return { kind: NodeKind.Add, position, left, right, leftPosition, rightPosition }
      }
      case NodeKind.Arithmetic: {
        const operator = this.encoded[this.at++] as ArithmeticOperator
        const left = this.node(here)
        return { kind: NodeKind.Arithmetic, position, operator, left, right: this.node(here) }
      }
      case NodeKind.Interpolation:
      case NodeKind.PathInterpolation: {
        const count = this.unsigned()
        const parts: Node[] = []
        const partPositions: Position[] = []
        for (let i = 0; i < count; i++) {
          partPositions.push(here + this.signed())
          parts.push(this.node(here))
        }
        return { kind: kind as NodeKind.Interpolation, position, parts, partPositions }
      }
      case NodeKind.CurrentPosition:
        return { kind: NodeKind.CurrentPosition, position }
      default:
        throw new Error(`an encoded tree has a node of kind ${kind}`)
    }
  }

  private deferred(around: Position): DeferredNode {
    const length = this.unsigned()
    const at = this.at
    const first = this.encoded[this.at++]
    const position = (first & noPosition) === 0 ? around + this.signed() : 0
    this.at = at + length
    return new Deferred(this, at, around, position)
  }

  private nodes(count: number, around: Position): Node[] {
    const nodes: Node[] = []
    for (let i = 0; i < count; i++) nodes.push(this.node(around))
    return nodes
  }

  private integer(): number | bigint {
    const digits = this.inlineText()
    return this.encoded[this.at++] === 0 ? Number(digits) : BigInt(digits)
  }

  private inlineText(): ByteString {
    const length = this.unsigned()
    const start = this.at
    this.at += length
    return bytesToByteString(this.encoded.subarray(start, start + length))
  }

  private text(form: TextForm, offset: number): ByteString {
    if (form === TextForm.Inline) return this.inlineText()
    const { source } = this
    if (form !== TextForm.Runs) {
      const start = form === TextForm.Quoted ? offset + 1 : offset
      return source.slice(start, start + this.unsigned())
    }
    const runs = this.unsigned()
    let at = offset
    let text = ''
    for (let i = 0; i < runs; i++) {
      at += this.unsigned()
      const length = this.unsigned()
      text += source.slice(at, at + length)
      at += length
    }
    return text
  }

  private withLevels(): number[] {
    const count = this.unsigned()
    const levels: number[] = []
    for (let i = 0; i < count; i++) levels.push(this.unsigned())
    const known = this.levels
    const isSame = count === known.length && levels.every((level, i) => level === known[i])
    return isSame ? known : (this.levels = levels)
  }

  private lambda(position: Position, flags: number): Node {
    const arity = this.unsigned()
    const parameters: ByteString[] = []
    const parameterPositions: Position[] = []
    for (let i = 0; i < arity; i++) {
      parameters.push(this.name())
      parameterPositions.push(position + this.signed())
    }
    const name = this.name()
    const formals = flags === 0 ? null : this.formals(position, flags === 3)
    const body = this.node(position)
    return { kind: NodeKind.Lambda, position, parameters, parameterPositions, formals, body, name }
  }

  private formals(around: Position, ellipsis: boolean): Formals {
    const count = this.unsigned()
    const formals: Formal[] = []
    for (let i = 0; i < count; i++) {
      const first = this.unsigned()
      const position = around + this.signed()
      const value = (first & 1) === 1 ? this.node(around) : null
      formals.push({ name: this.nameOf(first >>> 1), position, default: value })
    }
    return { formals, ellipsis }
  }

  private attributeSet(position: Position, around: Position, flags: number): Node {
    const bindings = this.bindings(around)
    const recursive = (flags & 1) === 1
    const kind = NodeKind.AttributeSet
    if ((flags & 2) === 0) {
      const fromInherit = noInheritance(bindings.length)
      const [inheritedFrom, dynamic] = [noNodes, noDynamic]
      return { kind, position, recursive, bindings, fromInherit, inheritedFrom, dynamic }
    }
    const fromInherit = this.encoded.slice(this.at, this.at + bindings.length)
    this.at += bindings.length
    const inheritedFrom = this.nodes(this.unsigned(), around)
    const count = this.unsigned()
    const dynamic: DynamicBinding[] = []
    for (let i = 0; i < count; i++) {
      const namePosition = around + this.signed()
      const name = this.node(around)
      dynamic.push({ name, position: namePosition, value: this.node(around) })
    }
    return { kind, position, recursive, bindings, fromInherit, inheritedFrom, dynamic }
  }

  private bindings(around: Position): Binding[] {
    const count = this.unsigned()
    const bindings: Binding[] = []
    for (let i = 0; i < count; i++) {
      const first = this.unsigned()
      const position = around + this.signed()
      const value = this.node(around)
      const name = this.nameOf(first >>> 1)
      bindings.push({ name, position, value, inherited: (first & 1) === 1 })
    }
    return bindings
  }

  private path(around: Position): AttributeName[] {
    const count = this.unsigned()
    const path: AttributeName[] = []
    for (let i = 0; i < count; i++) {
      const first = this.unsigned()
      path.push((first & 1) === 0 ? this.nameOf(first >>> 1) : this.node(around))
    }
    return path
  }
}

class Deferred implements DeferredNode {
  readonly kind = NodeKind.Deferred
  compiled?: object
  private node: Node | null = null

  constructor(
    private readonly decoder: Decoder,
    private readonly at: number,
    private readonly around: Position,
    readonly position: Position,
  ) {}

  resolve(): Node {
    return (this.node ??= this.decoder.nodeAt(this.at, this.around))
  }
}

/** Shared by all that have none. */
const noNodes: Node[] = []
const noDynamic: DynamicBinding[] = []
