/**
 * The parser's stack: one frame for each construct that is begun and not finished. It lies on the
 * heap, so that a text may nest deeper than the native stack of a worker would bear.
 */
import type { IndentedPiece } from './indentation'
import type { Symbol } from './symbols'
import { Token } from './token'
import type { AttributeName, AttributeSetNode, Formal, Node } from './tree'
import type { ByteString } from '@snowglobe/shared/bytes'

export const enum FrameKind {
  /** Below everything: the whole text. */
  Bottom,
  /** `left operator` */
  Binary,
  /** `!` */
  Not,
  /** `-` */
  Negate,
  /** `f a b` with arguments to come. */
  Application,
  /** `[ a b` */
  List,
  /** `(` */
  Parenthesis,
  /** `e.a.b or` */
  SelectDefault,
  /** `e.a.${x}.`: an attribute path that holds an expression. */
  SelectPath,
  /** `e ? a.${x}.` */
  HasAttributePath,
  /** `a.${x}.` of a binding; the set's frame is below. */
  BindingPath,
  /** `${` as an attribute name; a frame of a path or of inherited names is below. */
  DynamicName,
  /** `"…${` */
  Quoted,
  /** `''…${` */
  Indented,
  /** `./a/${` */
  PathParts,
  /** `{ a = 1; b =`, also of `rec`, `let` and the ancient `let {`. */
  Set,
  /** `inherit (` */
  InheritFrom,
  /** `inherit a b` or `inherit (e) a b`; the set's frame is below. */
  InheritNames,
  /** `{ a, b ?` */
  Formals,
  /** `x:` */
  Lambda,
  /** `{ a, b }:` */
  FormalsLambda,
  /** `if` */
  IfCondition,
  /** `if c then` */
  IfThen,
  /** `if c then a else` */
  IfElse,
  /** `assert` */
  AssertCondition,
  /** `assert c;` */
  AssertBody,
  /** `with` */
  WithSubject,
  /** `with e;` */
  WithBody,
  /** `let … in` */
  LetBody,
}

export const enum SetKind {
  Plain,
  Recursive,
  Let,
  /** `let { … body = …; }` */
  AncientLet,
}

const noNodes: Node[] = []
const noNumbers: number[] = []
const noPath: AttributeName[] = []
const noPieces: IndentedPiece[] = []
const noFormals: Formal[] = []
const noNames: ByteString[] = []
const noSet = null as unknown as AttributeSetNode
const noNode = null as unknown as Node

/**
 * A frame of any kind; which fields count depends on the kind. Frames are used again and again: a
 * field holds rubbish until the kind's own code sets it. Offsets are into the source.
 */
export class Frame {
  kind = FrameKind.Bottom
  /** Where the construct begins. */
  start = 0
  /** Of the operator, the attribute path, or the part being read. */
  offset = 0
  /** Binary: the operator. */
  operator = Token.EndOfFile
  /** Operators: how tightly they bind. */
  precedence = 0
  /** Set: what set; InheritNames: the index of the expression inherited from, or -1. */
  detail = 0
  /** Lambda: the parameter. Formals: the name given by `@`, or 0. */
  symbol: Symbol = 0
  /** Quoted: whether it is an attribute's name. Formals: whether `...` was there. */
  flag = false
  /** The left side, function, subject, condition. */
  node: Node = noNode
  /** IfElse: the branch before. */
  other: Node = noNode
  /** Items, arguments, parts. */
  nodes: Node[] = noNodes
  /** Where parts or names begin. */
  offsets: number[] = noNumbers
  path: AttributeName[] = noPath
  names: ByteString[] = noNames
  pieces: IndentedPiece[] = noPieces
  formals: Formal[] = noFormals
  set: AttributeSetNode = noSet
}

export class FrameStack {
  private frames: Frame[] = [new Frame()]
  private height = 0
  top: Frame = this.frames[0]

  /** A new top frame, its fields as the last frame at that height left them. */
  push(kind: FrameKind, start: number): Frame {
    const height = ++this.height
    let frame: Frame
    if (height < this.frames.length) {
      frame = this.frames[height]
    } else {
      frame = new Frame()
      this.frames.push(frame)
    }
    frame.kind = kind
    frame.start = start
    this.top = frame
    return frame
  }

  pop(): void {
    this.top = this.frames[--this.height]
  }

  /** The frame `depth` below the top (0 is the top), or null below the bottom. */
  below(depth: number): Frame | null {
    return depth <= this.height ? this.frames[this.height - depth] : null
  }
}
