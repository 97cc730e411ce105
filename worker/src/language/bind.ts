/**
 * Finds out what every variable of a fresh tree means, and puts the tree into its final form: sets'
 * bindings sorted, slots known, `-` and `<` made calls where a program gives `__sub` or `__lessThan`
 * a meaning of its own.
 *
 * The pass keeps its own stack. What is in scope lies in two arrays indexed by symbol, which hold the
 * innermost meaning; entering a scope notes what it hides, leaving it puts that back.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { isFromInherit } from './attribute-sets'
import { noInheritance } from './inherit-flags'
import { intern, symbolNames, type Symbol } from './symbols'
import type { SyntaxProblem } from './syntax-error'
import {
  ArithmeticOperator,
  NodeKind,
  type ArithmeticNode,
  type AttributeName,
  type AttributeSetNode,
  type Binding,
  type LambdaNode,
  type LetNode,
  type LocalNode,
  type Node,
  type WithNode,
} from './tree'
import { newVariable, type Variable } from './variable'

/** Work that is no node: done when the nodes above it on the stack are. */
const enum Work {
  /** Leave the scope entered last. */
  LeaveScope = 100,
  /** Leave the `with` entered last. */
  LeaveWith,
  /** The subject of a `with` is done: enter its body. */
  EnterWith,
}

interface Task {
  kind: Work
  node: WithNode | null
}

const leaveScope: Task = { kind: Work.LeaveScope, node: null }
const leaveWith: Task = { kind: Work.LeaveWith, node: null }

const subtract = intern('__sub')
const multiply = intern('__mul')
const divide = intern('__div')
const lessThan = intern('__lessThan')

/** By symbol: how many environments enclose the innermost that has the name, it included; 0 if none. */
let depths = new Int32Array(8192)
/** By symbol: the name's slot there. */
let slots = new Int32Array(8192)

/** Makes way for the symbols there are. */
function reserve(): void {
  if (symbolNames.length <= depths.length) return
  const length = Math.max(symbolNames.length, depths.length * 2)
  depths = new Int32Array(length)
  slots = new Int32Array(length)
}

/**
 * Binds a tree in place.
 *
 * @param globals whether the global scope has a name
 * @param scope names of an environment around the tree, in the order of its slots
 * @returns an "undefined variable" for each name that nothing supplies, in the order of the text
 */
export function bind(
  root: Node,
  globals: (name: ByteString) => boolean,
  scope: readonly ByteString[] = [],
): SyntaxProblem[] {
  const symbols = scope.map((name) => intern(name))
  reserve()
  const binder = new Binder(globals)
  if (symbols.length > 0) binder.surround(symbols)
  binder.run(root)
  return binder.problems.sort((a, b) => a.position - b.position)
}

class Binder {
  readonly problems: SyntaxProblem[] = []
  private readonly globals: (name: ByteString) => boolean
  private readonly stack: (Node | Task)[] = []
  /** How many environments enclose the place. */
  private depth = 0
  /** The depths of the enclosing `with`s, outermost first. */
  private readonly withs: number[] = []
  /** The levels of the `with`s as seen from `levelsDepth`, shared by variables; null if not known. */
  private levels: number[] | null = null
  private levelsDepth = 0
  /** What scopes hid: symbol, depth, slot, for each name. */
  private readonly hidden: number[] = []
  /** For each scope, how long `hidden` was when it was entered. */
  private readonly scopes: number[] = []

  constructor(globals: (name: ByteString) => boolean) {
    this.globals = globals
  }

  /** Enters a scope that lies around the whole tree. */
  surround(symbols: readonly Symbol[]): void {
    this.enter()
    for (let i = 0; i < symbols.length; i++) this.define(symbols[i], i + 1)
  }

  run(root: Node): void {
    const stack = this.stack
    stack.push(root)
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      switch (item.kind) {
        case NodeKind.Int:
        case NodeKind.Float:
        case NodeKind.String:
        case NodeKind.Path:
        case NodeKind.CurrentPosition:
          break
        case NodeKind.Global:
          this.variable(item as Variable)
          break
        case NodeKind.Call:
          this.pushAll(item.args)
          stack.push(item.fn)
          break
        case NodeKind.Select:
          this.pushPath(item.path)
          if (item.default !== null) stack.push(item.default)
          stack.push(item.subject)
          break
        case NodeKind.HasAttribute:
          this.pushPath(item.path)
          stack.push(item.subject)
          break
        case NodeKind.AttributeSet:
          this.attributeSet(item)
          break
        case NodeKind.Lambda:
          this.lambda(item)
          break
        case NodeKind.Let:
          this.letIn(item)
          break
        case NodeKind.With:
          stack.push({ kind: Work.EnterWith, node: item })
          stack.push(item.subject)
          break
        case NodeKind.List:
          this.pushAll(item.items)
          break
        case NodeKind.Interpolation:
        case NodeKind.PathInterpolation:
          this.pushAll(item.parts)
          break
        case NodeKind.If:
          stack.push(item.else, item.then, item.condition)
          break
        case NodeKind.Assert:
          stack.push(item.body, item.condition)
          break
        case NodeKind.Not:
          stack.push(item.operand)
          break
        case NodeKind.Arithmetic:
          stack.push(item.right, item.left)
          this.arithmetic(item)
          break
        case NodeKind.And:
        case NodeKind.Or:
        case NodeKind.Implies:
        case NodeKind.Equal:
        case NodeKind.NotEqual:
        case NodeKind.Update:
        case NodeKind.Concat:
        case NodeKind.Add:
          stack.push(item.right, item.left)
          break
        case Work.LeaveScope:
          this.leave()
          break
        case Work.LeaveWith:
          this.withs.pop()
          this.levels = null
          this.depth--
          break
        case Work.EnterWith:
          this.depth++
          this.withs.push(this.depth)
          this.levels = null
          stack.push(leaveWith)
          if (item.node !== null) stack.push(item.node.body)
          break
        default:
          throw new Error(`node ${item.kind} is bound already`)
      }
    }
  }

  private pushAll(nodes: Node[]): void {
    for (let i = nodes.length - 1; i >= 0; i--) this.stack.push(nodes[i])
  }

  private pushPath(path: AttributeName[]): void {
    for (let i = path.length - 1; i >= 0; i--) {
      const name = path[i]
      if (typeof name !== 'string') this.stack.push(name)
    }
  }

  private variable(variable: Variable): void {
    const symbol = variable.slot
    const depth = depths[symbol]
    if (depth > 0) {
      variable.kind = NodeKind.Local
      variable.level = this.depth - depth
      variable.slot = slots[symbol]
      return
    }
    variable.slot = 0
    if (this.globals(variable.name)) return
    if (this.withs.length > 0) {
      variable.kind = NodeKind.WithVariable
      variable.levels = this.withLevels()
      return
    }
    this.problems.push({
      message: `undefined variable '${variable.name}'`,
      position: variable.position,
    })
  }

  private withLevels(): number[] {
    if (this.levels === null || this.levelsDepth !== this.depth) {
      this.levels = []
      this.levelsDepth = this.depth
      for (let i = this.withs.length - 1; i >= 0; i--) this.levels.push(this.depth - this.withs[i])
    }
    return this.levels
  }

  private enter(): void {
    this.scopes.push(this.hidden.length)
    this.depth++
    this.stack.push(leaveScope)
  }

  private define(symbol: Symbol, slot: number): void {
    this.hidden.push(symbol, depths[symbol], slots[symbol])
    depths[symbol] = this.depth
    slots[symbol] = slot
  }

  private leave(): void {
    const hidden = this.hidden
    const from = this.scopes.pop() ?? 0
    // Backwards: of a name defined twice, the first hid what was there before.
    for (let i = hidden.length - 3; i >= from; i -= 3) {
      const symbol = hidden[i]
      depths[symbol] = hidden[i + 1]
      slots[symbol] = hidden[i + 2]
    }
    hidden.length = from
    this.depth--
  }

  private lambda(node: LambdaNode): void {
    const formals = node.formals
    this.enter()
    for (let i = 0; i < node.parameters.length; i++) {
      if (node.parameters[i] !== '') this.define(intern(node.parameters[i]), i + 1)
    }
    this.stack.push(node.body)
    if (formals === null) return
    for (let i = formals.formals.length - 1; i >= 0; i--) {
      const formal = formals.formals[i]
      this.define(intern(formal.name), i + 2)
      if (formal.default !== null) this.stack.push(formal.default)
    }
  }

  private letIn(node: LetNode): void {
    this.bindInherited(node.bindings)
    this.enter()
    this.defineBindings(node.bindings)
    this.stack.push(node.body)
    this.pushBindings(node.bindings, node.bindings.length, null)
    this.pushAll(node.inheritedFrom)
  }

  private attributeSet(node: AttributeSetNode): void {
    const bindings = node.bindings
    sortBindings(bindings)
    node.fromInherit =
      node.inheritedFrom.length > 0
        ? new Uint8Array(bindings.length)
        : noInheritance(bindings.length)
    const flags = node.inheritedFrom.length > 0 ? node.fromInherit : null
    this.bindInherited(bindings)
    if (node.recursive) {
      this.enter()
      this.defineBindings(bindings)
    }
    for (let i = node.dynamic.length - 1; i >= 0; i--) {
      this.stack.push(node.dynamic[i].value, node.dynamic[i].name)
    }
    this.pushBindings(bindings, node.recursive ? bindings.length : 0, flags)
    this.pushAll(node.inheritedFrom)
  }

  /** `inherit x` means the x outside. */
  private bindInherited(bindings: Binding[]): void {
    for (let i = 0; i < bindings.length; i++) {
      if (bindings[i].inherited) this.variable(bindings[i].value as Variable)
    }
  }

  private defineBindings(bindings: Binding[]): void {
    for (let i = 0; i < bindings.length; i++) this.define(intern(bindings[i].name), i + 1)
  }

  /** `before` is how many slots lie before those of the expressions inherited from. */
  private pushBindings(bindings: Binding[], before: number, flags: Uint8Array | null): void {
    for (let i = bindings.length - 1; i >= 0; i--) {
      const binding = bindings[i]
      if (binding.inherited) continue
      const value = binding.value
      if (value.kind === NodeKind.Select && isFromInherit(binding)) {
        const reference = value.subject as LocalNode
        reference.level = 0
        reference.slot += before + 1
        if (flags !== null) flags[i] = 1
        continue
      }
      this.stack.push(value)
    }
  }

  private arithmetic(node: ArithmeticNode): void {
    const symbol = functionOf(node.operator)
    if (depths[symbol] === 0 && this.globals(symbolNames[symbol])) return
    makeCall(node, symbol)
    // The arguments are on the stack already.
    const call = node as Node
    if (call.kind === NodeKind.Call) this.stack.push(call.fn)
    else if (call.kind === NodeKind.Not && call.operand.kind === NodeKind.Call) {
      this.stack.push(call.operand.fn)
    }
  }
}

function functionOf(operator: ArithmeticOperator): Symbol {
  switch (operator) {
    case ArithmeticOperator.Subtract:
    case ArithmeticOperator.Negate:
      return subtract
    case ArithmeticOperator.Multiply:
      return multiply
    case ArithmeticOperator.Divide:
      return divide
    default:
      return lessThan
  }
}

/** Turns an operator, in place, into the call that Nix means by it: the parents hold the node. */
function makeCall(node: ArithmeticNode, symbol: Symbol): void {
  const { position, operator, left, right } = node
  const fn = newVariable(0, symbol)
  const swapped =
    operator === ArithmeticOperator.Greater || operator === ArithmeticOperator.LessOrEqual
  const args = swapped ? [right, left] : [left, right]
  const negated =
    operator === ArithmeticOperator.LessOrEqual || operator === ArithmeticOperator.GreaterOrEqual
  if (negated) {
    const operand: Node = { kind: NodeKind.Call, position, fn, args }
    Object.assign(node, { kind: NodeKind.Not, operand })
  } else {
    Object.assign(node, { kind: NodeKind.Call, fn, args })
  }
}

function sortBindings(bindings: Binding[]): void {
  for (let i = 1; i < bindings.length; i++) {
    if (bindings[i].name < bindings[i - 1].name) {
      if (bindings.length > 16) {
        sortMany(bindings)
        return
      }
      const binding = bindings[i]
      let j = i
      for (; j > 0 && binding.name < bindings[j - 1].name; j--) bindings[j] = bindings[j - 1]
      bindings[j] = binding
    }
  }
}

/** Names that are sorted without a function to compare them cost a third of bindings that are. */
function sortMany(bindings: Binding[]): void {
  const byName = new Map<ByteString, Binding>()
  for (const binding of bindings) byName.set(binding.name, binding)
  const names = [...byName.keys()].sort()
  for (let i = 0; i < names.length; i++) bindings[i] = byName.get(names[i])!
}
