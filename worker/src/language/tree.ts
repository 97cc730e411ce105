/**
 * The evaluation tree: what the parser gives and both evaluators run.
 *
 * The tree is compact and resolved: every variable knows the environment level and slot in which its
 * value lies, so that no name is looked up while evaluating (but for `with`). Environments are written
 * `[parent, slot 1, slot 2, …]` here; the constructs that open one are lambdas, `let`, recursive
 * sets, `with`, and sets that have `inherit (e) …`.
 *
 * Positions are numbers into the position table (positions.ts); 0 is "no position". Text is byte
 * strings (shared/bytes.ts).
 */
import type { ByteString } from '@snowglobe/shared/bytes'

/** A place in a source text: the base of its origin plus the byte offset, or 0 for none. */
export type Position = number

/** Binary forms of trees hold these numbers: see their version (binary-tree.ts). */
export const enum NodeKind {
  Int,
  Float,
  String,
  Path,
  Local,
  Global,
  WithVariable,
  Lambda,
  Call,
  Select,
  HasAttribute,
  If,
  Assert,
  With,
  Let,
  List,
  AttributeSet,
  Not,
  And,
  Or,
  Implies,
  Equal,
  NotEqual,
  Update,
  Concat,
  Add,
  Arithmetic,
  Interpolation,
  PathInterpolation,
  CurrentPosition,
  Deferred,
}

export type Node =
  | IntNode
  | FloatNode
  | StringNode
  | PathNode
  | LocalNode
  | GlobalNode
  | WithVariableNode
  | LambdaNode
  | CallNode
  | SelectNode
  | HasAttributeNode
  | IfNode
  | AssertNode
  | WithNode
  | LetNode
  | ListNode
  | AttributeSetNode
  | UnaryNode
  | BinaryNode
  | ArithmeticNode
  | InterpolationNode
  | PathInterpolationNode
  | CurrentPositionNode
  | DeferredNode

/** What every node may carry beside what the parser gives it. */
interface Evaluable {
  /** What the evaluator that runs the tree has made of the node. */
  compiled?: object
}

/** `42`. A number where it is exact (within ±2^53), else a BigInt; always within 64 signed bits. */
export interface IntNode extends Evaluable {
  kind: NodeKind.Int
  position: Position
  value: number | bigint
}

/** `4.2` */
export interface FloatNode extends Evaluable {
  kind: NodeKind.Float
  position: Position
  value: number
}

/** A string without interpolation, escapes resolved and indentation stripped; also a URI literal. */
export interface StringNode extends Evaluable {
  kind: NodeKind.String
  position: Position
  value: ByteString
}

/** A path literal without interpolation: absolute and canonical. */
export interface PathNode extends Evaluable {
  kind: NodeKind.Path
  position: Position
  value: ByteString
}

/** A variable of an enclosing environment: `level` parents up, at `slot` (1 is the first). */
export interface LocalNode extends Evaluable {
  kind: NodeKind.Local
  position: Position
  name: ByteString
  level: number
  slot: number
}

/** A name of the global scope (`builtins`, `map`, `true`, `__sub`, …). */
export interface GlobalNode extends Evaluable {
  kind: NodeKind.Global
  position: Position
  name: ByteString
}

/**
 * A name that only the enclosing `with`s can supply: their environments' levels, innermost first.
 * The set of a `with` lies in slot 1 of its environment.
 */
export interface WithVariableNode extends Evaluable {
  kind: NodeKind.WithVariable
  position: Position
  name: ByteString
  levels: number[]
}

/**
 * `a: b: body` or `{ a, b ? d, ... }@args: body`.
 *
 * Curried plain lambdas are one node with several parameters (environment `[parent, a, b]`). A lambda
 * with formals has exactly one parameter, whose environment is `[parent, argument, a, b, …]`: slot 1
 * is the argument itself (named by `@`, or unnamed), the formals follow in the order written.
 */
export interface LambdaNode extends Evaluable {
  kind: NodeKind.Lambda
  position: Position
  /** The parameters' names; with formals one, the name after `@` or ''. */
  parameters: ByteString[]
  /** Where each curried lambda of the node begins. */
  parameterPositions: Position[]
  formals: Formals | null
  body: Node
  /** What the lambda is bound to, for messages ("while calling 'f'"), or ''. */
  name: ByteString
}

export interface Formals {
  /** In the order written. */
  formals: Formal[]
  ellipsis: boolean
}

export interface Formal {
  name: ByteString
  position: Position
  /** Evaluated in the lambda's own environment. */
  default: Node | null
}

/** `f a b`: all arguments of one juxtaposition. */
export interface CallNode extends Evaluable {
  kind: NodeKind.Call
  position: Position
  fn: Node
  args: Node[]
}

/** One step of an attribute path: a static name, or an expression that gives one. */
export type AttributeName = ByteString | Node

/** `e.a.b or d` */
export interface SelectNode extends Evaluable {
  kind: NodeKind.Select
  position: Position
  subject: Node
  path: AttributeName[]
  default: Node | null
}

/** `e ? a.b` */
export interface HasAttributeNode extends Evaluable {
  kind: NodeKind.HasAttribute
  position: Position
  subject: Node
  path: AttributeName[]
}

export interface IfNode extends Evaluable {
  kind: NodeKind.If
  position: Position
  condition: Node
  then: Node
  else: Node
}

export interface AssertNode extends Evaluable {
  kind: NodeKind.Assert
  position: Position
  condition: Node
  body: Node
}

/** `with subject; body`: the body's environment is `[parent, subject]`. */
export interface WithNode extends Evaluable {
  kind: NodeKind.With
  position: Position
  subject: Node
  body: Node
}

/**
 * `let … in body`. The environment of bindings and body is
 * `[parent, binding 1, …, binding n, inherited-from 1, …, inherited-from k]`.
 */
export interface LetNode extends Evaluable {
  kind: NodeKind.Let
  position: Position
  bindings: Binding[]
  /** The `e`s of `inherit (e) …`, evaluated in the same environment. */
  inheritedFrom: Node[]
  body: Node
}

/** One static attribute or `let` variable. */
export interface Binding {
  name: ByteString
  /** Of the name. */
  position: Position
  /**
   * `inherit x` gives a variable (`inherited` true), `inherit (e) x` a Select on the Local slot that
   * holds e.
   */
  value: Node
  /**
   * True for `inherit x`: the value is evaluated in the environment *around* the set or `let`. False
   * for all else, whose values are evaluated in the set's own environment where it has one.
   */
  inherited: boolean
}

/** `${e} = v`, `"${e}" = v`: a name known only at run time; null drops the attribute. */
export interface DynamicBinding {
  name: Node
  position: Position
  value: Node
}

/** `[ a b ]` */
export interface ListNode extends Evaluable {
  kind: NodeKind.List
  position: Position
  items: Node[]
}

/**
 * `{ … }` or `rec { … }`.
 *
 * Environment of a recursive set: as `let`, bindings in the order of `bindings`; its dynamic names
 * and values see it too (their names are not part of it). Environment of a plain set:
 * `[parent, inherited-from 1, …]` if `inheritedFrom` is not empty (seen only by the bindings that
 * read it: those whose value is a Select that `inheritFrom` marks), else none.
 */
export interface AttributeSetNode extends Evaluable {
  kind: NodeKind.AttributeSet
  position: Position
  recursive: boolean
  /** Sorted by name (byte order), so that the set's shape is made once. */
  bindings: Binding[]
  /**
   * For each binding 1 where it is an `inherit (e) x`: in a plain set these, and only these, are
   * evaluated in the set's own environment.
   */
  fromInherit: Uint8Array
  /** Evaluated in the set's environment if recursive, else in the enclosing one. */
  inheritedFrom: Node[]
  dynamic: DynamicBinding[]
}

/** `!e` */
export interface UnaryNode extends Evaluable {
  kind: NodeKind.Not
  position: Position
  operand: Node
}

/** `&& || -> == != // ++ +`; the position is the operator's. */
export interface BinaryNode extends Evaluable {
  kind:
    | NodeKind.And
    | NodeKind.Or
    | NodeKind.Implies
    | NodeKind.Equal
    | NodeKind.NotEqual
    | NodeKind.Update
    | NodeKind.Concat
    | NodeKind.Add
  position: Position
  left: Node
  right: Node
  /** Of Add: where the operands begin, parentheses included. Errors of coercion point there. */
  leftPosition?: Position
  rightPosition?: Position
}

export const enum ArithmeticOperator {
  Subtract,
  Multiply,
  Divide,
  /** `a < b` */
  Less,
  /** `a > b`: the right side is compared first, `__lessThan b a`. */
  Greater,
  /** `a <= b` is `!(__lessThan b a)`. */
  LessOrEqual,
  /** `a >= b` is `!(__lessThan a b)`. */
  GreaterOrEqual,
  /** `-a` is `__sub 0 a`; `left` is the integer 0. */
  Negate,
}

/**
 * `- * / < > <= >=` and unary `-` where `__sub`, `__mul`, `__div`, `__lessThan` mean the builtins.
 * Where a program shadows those names the parser gives the Call (and Not) that Nix means.
 */
export interface ArithmeticNode extends Evaluable {
  kind: NodeKind.Arithmetic
  position: Position
  operator: ArithmeticOperator
  left: Node
  right: Node
}

/** `"a${b}c"`: the parts in order, literal ones as String nodes. */
export interface InterpolationNode extends Evaluable {
  kind: NodeKind.Interpolation
  position: Position
  parts: Node[]
  /** Where each part begins, with the `${`. Errors of coercion point there. */
  partPositions: Position[]
}

/** `./a/${b}/c`: the first part is a Path node (a trailing slash kept), the others as in a string. */
export interface PathInterpolationNode extends Evaluable {
  kind: NodeKind.PathInterpolation
  position: Position
  parts: Node[]
  partPositions: Position[]
}

/** `__curPos` */
export interface CurrentPositionNode extends Evaluable {
  kind: NodeKind.CurrentPosition
  position: Position
}

/**
 * Stands for a node that was not decoded yet (decode-tree.ts). It may be the body of a lambda, or what
 * is not evaluated at once: a binding's value, an item of a list, an argument, a formal's default.
 */
export interface DeferredNode extends Evaluable {
  kind: NodeKind.Deferred
  position: Position
  /** Decodes the node: the same each time, and never deferred itself. */
  resolve(): Node
}

/** The node that a node stands for. */
export function resolved(node: Node): Node {
  return node.kind === NodeKind.Deferred ? node.resolve() : node
}
