/**
 * The deep evaluator: the same trees, environments and values as the fast one (compile.ts), with its
 * stack on the heap.
 *
 * It is a machine with two registers, "evaluate this node in this environment" and "this is the
 * value", and a stack of frames that say what to do with a value. Anything may be arbitrarily deep:
 * nothing here recurses. The stack is shared by all runs of the machine: a run that begins inside
 * another (from native code that overflowed) works above what it found.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type ArithmeticNode,
  type AttributeName,
  type AttributeSetNode,
  type BinaryNode,
  type CallNode,
  type HasAttributeNode,
  type InterpolationNode,
  type Node,
  type PathInterpolationNode,
  type Position,
  type SelectNode,
} from '../language/tree'
import { arithmetic } from './arithmetic'
import { addResumable, coerceFirstResumable, isSummand } from './addition'
import { AttributeSet } from './attribute-set'
import { Builtin } from './builtin'
import {
  call,
  enterLambda,
  enterBuiltin,
  notAFunction,
  partialApplication,
  type Callable,
} from './call'
import { coercePartResumable, concatenatePath, isText, joinTexts } from './coerce'
import { argumentsOf } from './call-code'
import { failAssertion, strictOnce } from './compile'
import { current } from './current'
import {
  addContext,
  assertContext,
  hasContext,
  ifContext,
  leftContext,
  notContext,
  rightContext,
  selectContext,
  sideContexts,
  withContext,
} from './contexts'
import { equalResumable } from './equality'
import { BudgetExhausted, NixError } from './errors'
import { builtinFrame, callSiteFrame, lambdaFrame, stackOverflow } from './frames'
import { lessThanResumable } from './comparison'
import { bindFormals } from './formals'
import { extension, hardLimit, native, type Body } from './native-stack'
import {
  attributeMissing,
  describeSelection,
  expectBoolean,
  expectName,
  expectSet,
  undefinedVariable,
} from './expect'
import type { Code } from './thunk'
import {
  blackhole,
  failed,
  force,
  forceThunk,
  infiniteRecursion,
  settleFailure,
  Thunk,
} from './thunk'
import { extendedEnvironment } from './scopes'
import { dynamicName, setParts } from './set-parts'
import { ancestor, globalSlot } from './variables'
import { operandFrame, operandPosition, operatorFrame, rightFirst } from './operand-frames'
import { concatenateLists, updateFrame } from './operators'
import { Lambda, PartialApplication, type Environment, type Slot, type Value } from './values'

/** A function to be called with arguments, as a request of resumable code. */
export class Apply {
  constructor(
    readonly fn: Slot,
    readonly args: readonly Slot[],
    readonly position: Position = 0,
  ) {}
}

/** What resumable code may wait for. */
export type Request = Slot | Apply | Resumable

/**
 * Code that waits: it yields a request, is given the value, and returns a slot that is forced for it.
 * The errors of a request are thrown at its yield.
 */
export type Resumable = Generator<Request, Slot, Value>

/** What to do with a value. */
abstract class StackFrame {
  abstract resume(value: Value): void
  /** Sees an error pass: gives the error to go on with, or `recovered` after setting a register. */
  fail(error: unknown): unknown {
    return error
  }
}

const recovered = Symbol('recovered')

const stack: StackFrame[] = []
let nextNode: Node | null = null
let nextEnvironment: Environment | null = null
let result: Value = null

/** Runs until the stack is down to `base` again. */
function run(base: number): Value {
  for (;;) {
    try {
      for (;;) {
        if (nextNode !== null) {
          const node = nextNode
          nextNode = null
          step(node, nextEnvironment as Environment)
        } else if (stack.length === base) return result
        else (stack.pop() as StackFrame).resume(result)
      }
    } catch (thrown) {
      nextNode = null
      let error = thrown
      while (error !== recovered) {
        if (stack.length === base) throw error
        try {
          error = (stack.pop() as StackFrame).fail(error)
        } catch (another) {
          nextNode = null
          error = another
        }
      }
    }
  }
}

/** A run for a native caller: counts what it takes of the native stack. */
function drive(begin: () => void): Value {
  const base = stack.length
  const depth = native.depth
  if (depth > hardLimit) throw stackOverflow(0)
  native.depth = depth + 2
  try {
    begin()
    return run(base)
  } finally {
    stack.length = base
    native.depth = depth
    if (base === 0) forget()
  }
}

/** Keeps nothing alive of an evaluation that is over. */
function forget(): void {
  result = null
  nextEnvironment = null
}

/**
 * Remembers what overflows even an extended stack, so that the next time it does not even begin
 * natively. What overflows the first limit proves nothing: it may be shallow and only the last straw.
 */
function markOverflow(): void {
  if (native.attempt !== null) native.attempt.deep = true
}

/** Forces a thunk that native code had no room for. */
export function forceDeep(thunk: Thunk): Value {
  markOverflow()
  return drive(() => demand(thunk))
}

/** Calls a function that native code had no room for. */
export function callDeep(fn: Callable, args: readonly Slot[], position: Position): Value {
  markOverflow()
  return drive(() => apply(fn, args, position))
}

/** Evaluates a node that native code had no room for. */
export function evaluateDeep(node: Node, environment: Environment): Value {
  markOverflow()
  return drive(() => {
    nextNode = node
    nextEnvironment = environment
  })
}

/** Runs resumable code for a native caller: natively, too, where there is room. */
export function runResumable(code: Resumable): Value {
  const depth = native.depth
  if (depth >= native.limit) {
    return drive(() => {
      stack.push(new ResumableFrame(code))
      result = null
    })
  }
  const callDepth = native.callDepth
  // The generator and what runs it are two frames.
  const inside = depth + 2
  native.depth = inside
  let step = code.next(null)
  while (step.done !== true) {
    let value: Value
    try {
      value = answer(step.value)
    } catch (error) {
      native.depth = inside
      native.callDepth = callDepth
      step = code.throw(error)
      continue
    }
    step = code.next(value)
  }
  native.depth = depth
  return force(step.value)
}

/** What a request of resumable code asks for, natively. */
function answer(request: Request): Value {
  if (request instanceof Thunk) return force(request)
  if (request instanceof Apply) return call(force(request.fn), request.args, request.position)
  return isResumable(request) ? runResumable(request) : request
}

function mayRunNatively(body: Body): boolean {
  return native.depth < native.limit || (!body.deep && native.extensionsLeft > 0)
}

/** Runs something on the fast evaluator, extending the native stack's limit if it is reached. */
function natively<T>(body: Body, work: () => T): T {
  if (native.depth < native.limit) return work()
  const { limit, attempt } = native
  native.extensionsLeft--
  native.limit = native.depth + extension
  native.attempt = body
  try {
    return work()
  } finally {
    native.extensionsLeft++
    native.limit = limit
    native.attempt = attempt
  }
}

/** Puts the forced value of a slot into the result register, now or later. */
function demand(slot: Slot): void {
  if (!(slot instanceof Thunk)) {
    result = slot
    return
  }
  const code = slot.code
  if (code === null) {
    result = slot.payload as Value
    return
  }
  if (mayRunNatively(code)) {
    result = natively(code, () => forceThunk(slot))
    return
  }
  const payload = slot.payload
  if (code !== failed) slot.code = blackhole
  stack.push(new UpdateFrame(slot, code, payload))
  if (code.node !== null) {
    nextNode = code.node
    nextEnvironment = payload as Environment
  } else if (code.resume !== null) {
    stack.push(new ResumableFrame(code.resume(payload as never)))
    result = null
  } else {
    result = code.run(payload as never)
  }
}

/** As `demand`, for a variable or attribute that is used at a position. */
function demandAt(slot: Slot, position: Position): void {
  if (slot instanceof Thunk && slot.code === blackhole) throw infiniteRecursion(position, slot)
  demand(slot)
}

/** Puts the value of a call into the result register, now or later. */
function apply(fn: Value, args: readonly Slot[], position: Position): void {
  if (fn instanceof Lambda) {
    const arity = fn.code.arity
    if (args.length < arity) {
      result = partialApplication(fn, args)
      return
    }
    if (args.length > arity) {
      stack.push(new ApplyRestFrame(args, arity, position))
      args = args.slice(0, arity)
    }
    if (mayRunNatively(fn.code)) {
      const environment: Environment = [fn.environment, ...args]
      result = natively(fn.code, () => enterLambda(fn, environment, position))
      return
    }
    if (native.callDepth > native.maxCallDepth) throw stackOverflow(position)
    if (--native.budget < 0) throw new BudgetExhausted()
    if (fn.code.node.formals !== null) {
      stack.push(new FormalsFrame(native.callDepth, fn, args[0], position))
      native.callDepth++
      demand(args[0])
    } else {
      stack.push(new CallFrame(native.callDepth, fn, position))
      native.callDepth++
      nextNode = fn.code.node.body
      nextEnvironment = [fn.environment, ...args]
    }
  } else if (fn instanceof Builtin) {
    if (args.length < fn.arity) {
      result = partialApplication(fn, args)
      return
    }
    if (args.length > fn.arity) {
      stack.push(new ApplyRestFrame(args, fn.arity, position))
      args = args.slice(0, fn.arity)
    }
    const { definition } = fn
    if (definition.native !== undefined && native.depth < native.limit) {
      result = enterBuiltin(fn, args, position)
      return
    }
    if (native.callDepth > native.maxCallDepth) throw stackOverflow(position)
    if (--native.budget < 0) throw new BudgetExhausted()
    stack.push(new BuiltinFrame(native.callDepth, fn, position))
    native.callDepth++
    if (definition.resume !== undefined) {
      const context = { evaluator: current.evaluator, position }
      stack.push(new ResumableFrame(definition.resume(context, ...args)))
      result = null
    } else {
      new ArgumentsFrame(fn, [...args], position).proceed()
    }
  } else if (fn instanceof PartialApplication) {
    apply(fn.fn, [...fn.args, ...args], position)
  } else if (fn instanceof AttributeSet && fn.has('__functor')) {
    stack.push(new FunctorFrame(fn, args, position))
    demand(fn.get('__functor') as Slot)
  } else {
    throw notAFunction(fn, position)
  }
}

/** Serves a request of resumable code. */
function serve(request: Request): void {
  if (request instanceof Apply) {
    if (request.fn instanceof Thunk) {
      stack.push(new CalleeFrame(request))
      demand(request.fn)
    } else apply(request.fn, request.args, request.position)
  } else if (isResumable(request)) {
    stack.push(new ResumableFrame(request))
    result = null
  } else demand(request)
}

function isResumable(request: Request): request is Resumable {
  return (
    typeof request === 'object' &&
    request !== null &&
    !(request instanceof Thunk) &&
    !(request instanceof AttributeSet) &&
    'next' in request
  )
}

/** Writes a forced value into its thunk. */
class UpdateFrame extends StackFrame {
  private readonly callDepth = native.callDepth

  constructor(
    private readonly thunk: Thunk,
    private readonly code: Code,
    private readonly payload: unknown,
  ) {
    super()
  }

  resume(value: Value): void {
    this.thunk.payload = value
    this.thunk.code = null
    result = value
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    settleFailure(this.thunk, this.code, this.payload, error)
    return error
  }
}

class ResumableFrame extends StackFrame {
  private readonly callDepth = native.callDepth

  constructor(private readonly code: Resumable) {
    super()
  }

  resume(value: Value): void {
    this.proceed(this.code.next(value))
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    this.proceed(this.code.throw(error))
    return recovered
  }

  private proceed(step: IteratorResult<Request, Slot>): void {
    if (step.done === true) demand(step.value)
    else {
      stack.push(this)
      serve(step.value)
    }
  }
}

/** The function of an Apply has been forced. */
class CalleeFrame extends StackFrame {
  constructor(private readonly request: Apply) {
    super()
  }

  resume(value: Value): void {
    apply(value, this.request.args, this.request.position)
  }
}

/** Calls what a call gave with the arguments that are left over. */
class ApplyRestFrame extends StackFrame {
  constructor(
    private readonly args: readonly Slot[],
    private readonly used: number,
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    apply(value, this.args.slice(this.used), this.position)
  }
}

class FunctorFrame extends StackFrame {
  constructor(
    private readonly set: AttributeSet,
    private readonly args: readonly Slot[],
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    apply(value, [this.set, ...this.args], this.position)
  }
}

class CallFrame extends StackFrame {
  constructor(
    private readonly callDepth: number,
    private readonly lambda: Lambda,
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    native.callDepth = this.callDepth
    result = value
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    return lambdaFrame(error, this.lambda, this.position)
  }
}

class BuiltinFrame extends StackFrame {
  constructor(
    private readonly callDepth: number,
    private readonly builtin: Builtin,
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    native.callDepth = this.callDepth
    result = value
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    return builtinFrame(error, this.builtin, this.position)
  }
}

/** Forces the strict arguments of a builtin one after the other, then runs it. */
class ArgumentsFrame extends StackFrame {
  private index = 0

  constructor(
    private readonly builtin: Builtin,
    private readonly args: Slot[],
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    this.args[this.index++] = value
    this.proceed()
  }

  proceed(): void {
    const { builtin, args } = this
    for (; this.index < builtin.arity; this.index++) {
      if ((builtin.strict & (1 << this.index)) === 0) continue
      const slot = args[this.index]
      if (slot instanceof Thunk) {
        stack.push(this)
        demand(slot)
        return
      }
    }
    const context = { evaluator: current.evaluator, position: this.position }
    const run = builtin.definition.run as (context: unknown, ...args: Slot[]) => Slot
    demand(run.call(builtin.definition, context, ...args))
  }
}

/** The argument of a call that names what it takes has been forced. */
class FormalsFrame extends StackFrame {
  constructor(
    private readonly callDepth: number,
    private readonly lambda: Lambda,
    private readonly argument: Slot,
    private readonly position: Position,
  ) {
    super()
  }

  resume(value: Value): void {
    const { lambda, position } = this
    const { code } = lambda
    try {
      nextEnvironment = bindFormals(code, lambda.environment, this.argument, value)
    } catch (error) {
      throw this.fail(error)
    }
    stack.push(new CallFrame(this.callDepth, lambda, position))
    nextNode = code.node.body
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    return callSiteFrame(error, this.position)
  }
}

/** A frame that goes on with a node in its environment. */
abstract class NodeFrame<N extends Node> extends StackFrame {
  constructor(
    protected readonly node: N,
    protected readonly environment: Environment,
  ) {
    super()
  }
}

class CallNodeFrame extends NodeFrame<CallNode> {
  resume(value: Value): void {
    apply(value, argumentsOf(this.node)(this.environment), this.node.position)
  }
}

class BranchFrame extends StackFrame {
  constructor(
    private readonly condition: Node,
    private readonly context: ByteString,
    private readonly branch: (condition: boolean) => void,
  ) {
    super()
  }

  resume(value: Value): void {
    if (typeof value === 'boolean') this.branch(value)
    else this.branch(expectBoolean(value, operandPosition(this.condition), this.context))
  }

  override fail(error: unknown): unknown {
    return operandFrame(error, this.context, this.condition)
  }
}

/** The first operand has been evaluated: the right one of `//`, the left one of the others. */
class FirstOperandFrame extends NodeFrame<BinaryNode> {
  private coerced = false

  resume(value: Value): void {
    const { node } = this
    let first = value
    if (node.kind === NodeKind.Update) {
      if (!(value instanceof AttributeSet)) first = this.mustBeSet(value)
    } else if (node.kind === NodeKind.Add && !isSummand(value)) {
      this.coerced = true
      stack.push(this)
      serve(coerceFirstResumable(current.evaluator, value, node))
      return
    }
    stack.push(new OperatorFrame(node, this.environment, first))
    evaluateNext(node.kind === NodeKind.Update ? node.left : node.right, this.environment)
  }

  private mustBeSet(value: Value): Value {
    try {
      return expectSet(value, 0)
    } catch (error) {
      throw this.fail(error)
    }
  }

  override fail(error: unknown): unknown {
    const { node } = this
    if (node.kind === NodeKind.Update) return updateFrame(error, node, node.right)
    return this.coerced ? error : operandFrame(error, sideContexts(node)[0], node.left)
  }
}

class OperatorFrame extends NodeFrame<BinaryNode> {
  constructor(
    node: BinaryNode,
    environment: Environment,
    private readonly first: Value,
  ) {
    super(node, environment)
  }

  resume(second: Value): void {
    const { node, first } = this
    switch (node.kind) {
      case NodeKind.Equal:
        serve(equalResumable(first, second, node.position))
        return
      case NodeKind.NotEqual:
        serve(negated(equalResumable(first, second, node.position)))
        return
      case NodeKind.Update:
        result = this.update(second)
        return
      case NodeKind.Concat:
        result = concatenateLists(node, first, second)
        return
      case NodeKind.Add:
        serve(addResumable(current.evaluator, first, second, node))
    }
  }

  private update(second: Value): Value {
    if (second instanceof AttributeSet) return second.update(this.first as AttributeSet)
    try {
      return expectSet(second, 0)
    } catch (error) {
      throw this.fail(error)
    }
  }

  override fail(error: unknown): unknown {
    const { node } = this
    return node.kind === NodeKind.Update
      ? updateFrame(error, node, node.left)
      : operandFrame(error, sideContexts(node)[1], node.right)
  }
}

function* negated(code: Resumable): Resumable {
  return (yield code) !== true
}

/** Evaluates and coerces the parts of an interpolation one after the other, then joins them. */
class PartsFrame extends NodeFrame<InterpolationNode | PathInterpolationNode> {
  private readonly values: Value[] = []
  private coercing = false

  resume(value: Value): void {
    const { node, values } = this
    if (isText(value)) {
      values.push(value)
      this.proceed()
      return
    }
    this.coercing = true
    stack.push(this)
    const position = node.partPositions[values.length]
    const copies = node.kind === NodeKind.Interpolation
    serve(coercePartResumable(current.evaluator, value, copies, position))
  }

  proceed(): void {
    const { node, values } = this
    if (values.length < node.parts.length) {
      this.coercing = false
      stack.push(this)
      evaluateNext(node.parts[values.length], this.environment)
    } else if (node.kind === NodeKind.Interpolation) result = joinTexts(values)
    else result = concatenatePath(values, node.position)
  }

  override fail(error: unknown): unknown {
    const part = this.node.parts[this.values.length]
    return this.coercing ? error : operandFrame(error, addContext, part)
  }
}

/** Walks an attribute path: names first forced, then each set on the way. */
class PathFrame extends NodeFrame<SelectNode | HasAttributeNode> {
  private index = 0
  private current: Value = null
  private phase: 'subject' | 'name' | 'attribute' = 'subject'
  private definition: Position = 0
  private readonly names: ByteString[] = []

  resume(value: Value): void {
    if (this.phase === 'name') this.attribute(this.nameOf(value))
    else {
      this.current = value
      this.proceed()
    }
  }

  private nameOf(value: Value): ByteString {
    try {
      return expectName(value, this.node.path[this.index] as Node)
    } catch (error) {
      throw this.explain(error)
    }
  }

  private proceed(): void {
    if (this.index === this.node.path.length) {
      result = this.current
      return
    }
    const name: AttributeName = this.node.path[this.index]
    if (typeof name === 'string') this.attribute(name)
    else {
      this.phase = 'name'
      stack.push(this)
      nextNode = name
      nextEnvironment = this.environment
    }
  }

  private attribute(name: ByteString): void {
    const { node, current } = this
    this.names.push(name)
    const slot = current instanceof AttributeSet ? current.get(name) : undefined
    this.index++
    if (slot === undefined) {
      if (node.kind === NodeKind.HasAttribute) result = false
      else if (node.default !== null) {
        nextNode = node.default
        nextEnvironment = this.environment
      } else {
        const set = expectSet(current, node.position, selectContext)
        throw this.explain(attributeMissing(set, name))
      }
      return
    }
    if (node.kind === NodeKind.HasAttribute && this.index === node.path.length) {
      result = true
      return
    }
    this.definition = (current as AttributeSet).positionOf(name)
    this.phase = 'attribute'
    stack.push(this)
    demandAt(slot, node.position)
  }

  override fail(error: unknown): unknown {
    const { node } = this
    if (this.phase !== 'subject') return this.explain(error)
    const isSelect = node.kind === NodeKind.Select
    return operandFrame(error, isSelect ? selectContext : hasContext, node.subject)
  }

  private explain(error: unknown): unknown {
    const { node } = this
    if (error instanceof NixError && node.kind === NodeKind.Select) {
      describeSelection(error, this.names, node, this.definition)
    }
    return error
  }
}

class WithFrame extends StackFrame {
  constructor(
    private readonly node: { name: ByteString; position: Position; levels: number[] },
    private readonly environment: Environment,
    private readonly index: number,
  ) {
    super()
  }

  resume(value: Value): void {
    const set = expectSet(value, this.node.position, withContext)
    const slot = set.get(this.node.name)
    if (slot !== undefined) demandAt(slot, this.node.position)
    else lookupWith(this.node, this.environment, this.index + 1)
  }
}

function lookupWith(
  node: { name: ByteString; position: Position; levels: number[] },
  environment: Environment,
  index: number,
): void {
  if (index === node.levels.length) throw undefinedVariable(node.name, node.position)
  stack.push(new WithFrame(node, environment, index))
  demand(ancestor(environment, node.levels[index])[1] as Slot)
}

/** Evaluates the dynamic names of a set one after the other, then makes it. */
class DynamicNamesFrame extends NodeFrame<AttributeSetNode> {
  private readonly names: (ByteString | null)[] = []

  constructor(
    node: AttributeSetNode,
    environment: Environment,
    private readonly finish: (names: (ByteString | null)[]) => Value,
  ) {
    super(node, environment)
  }

  resume(value: Value): void {
    const { position } = this.node.dynamic[this.names.length]
    this.names.push(dynamicName(value, position))
    this.proceed()
  }

  proceed(): void {
    if (this.names.length === this.node.dynamic.length) {
      result = this.finish(this.names)
      return
    }
    stack.push(this)
    nextNode = this.node.dynamic[this.names.length].name
    nextEnvironment = this.environment
  }
}

/** One operand has been evaluated. */
class FirstArithmeticFrame extends NodeFrame<ArithmeticNode> {
  resume(first: Value): void {
    const { node } = this
    stack.push(new ArithmeticFrame(node, this.environment, first))
    evaluateNext(rightFirst(node.operator) ? node.left : node.right, this.environment)
  }

  override fail(error: unknown): unknown {
    return operatorFrame(error, this.node.operator, this.node.position)
  }
}

class ArithmeticFrame extends NodeFrame<ArithmeticNode> {
  private comparing = false

  constructor(
    node: ArithmeticNode,
    environment: Environment,
    private readonly first: Value,
  ) {
    super(node, environment)
  }

  resume(second: Value): void {
    if (this.comparing) {
      result = second
      return
    }
    const { operator } = this.node
    const swapped = rightFirst(operator)
    const left = swapped ? second : this.first
    const right = swapped ? this.first : second
    let answer: Value | undefined
    try {
      answer = arithmetic(operator, left, right)
    } catch (error) {
      throw this.fail(error)
    }
    if (answer !== undefined) {
      result = answer
      return
    }
    this.comparing = true
    stack.push(this)
    serve(lessThanResumable(operator, left, right))
  }

  override fail(error: unknown): unknown {
    return operatorFrame(error, this.node.operator, this.node.position)
  }
}

/** Evaluates one node as far as it goes without the value of another. */
function step(node: Node, environment: Environment): void {
  switch (node.kind) {
    case NodeKind.Deferred:
      evaluateNext(node.resolve(), environment)
      return
    case NodeKind.Int:
    case NodeKind.Float:
    case NodeKind.String:
    case NodeKind.Path:
    case NodeKind.Lambda:
    case NodeKind.List:
    case NodeKind.CurrentPosition:
      // These need nothing forced, so the fast evaluator's own code cannot nest.
      result = strictOnce(node)(environment)
      return
    case NodeKind.Local:
      demandAt(ancestor(environment, node.level)[node.slot] as Slot, node.position)
      return
    case NodeKind.Global:
      demand(globalSlot(node.name))
      return
    case NodeKind.WithVariable:
      lookupWith(node, environment, 0)
      return
    case NodeKind.Call:
      stack.push(new CallNodeFrame(node, environment))
      evaluateNext(node.fn, environment)
      return
    case NodeKind.Select:
    case NodeKind.HasAttribute:
      stack.push(new PathFrame(node, environment))
      evaluateNext(node.subject, environment)
      return
    case NodeKind.If:
      branch(node.condition, environment, ifContext, (condition) =>
        evaluateNext(condition ? node.then : node.else, environment),
      )
      return
    case NodeKind.Assert:
      branch(node.condition, environment, assertContext, (condition) => {
        if (condition) evaluateNext(node.body, environment)
        else serve(failAssertion(node, environment))
      })
      return
    case NodeKind.With:
    case NodeKind.Let:
      evaluateNext(node.body, extendedEnvironment(node)(environment))
      return
    case NodeKind.AttributeSet:
      if (node.dynamic.length === 0) result = strictOnce(node)(environment)
      else {
        const parts = setParts(node)
        const inner = parts.environment(environment)
        const scope = node.recursive ? inner : environment
        const set = parts.make(environment, inner)
        new DynamicNamesFrame(node, scope, (names) => parts.extend(set, scope, names)).proceed()
      }
      return
    case NodeKind.Not:
      branch(node.operand, environment, notContext, (operand) => (result = !operand))
      return
    case NodeKind.And:
      branch(node.left, environment, leftContext('&&'), (left) => {
        if (left) branch(node.right, environment, rightContext('&&'), setResult)
        else result = false
      })
      return
    case NodeKind.Or:
      branch(node.left, environment, leftContext('||'), (left) => {
        if (left) result = true
        else branch(node.right, environment, rightContext('||'), setResult)
      })
      return
    case NodeKind.Implies:
      branch(node.left, environment, leftContext('->'), (left) => {
        if (left) branch(node.right, environment, rightContext('->'), setResult)
        else result = true
      })
      return
    case NodeKind.Equal:
    case NodeKind.NotEqual:
    case NodeKind.Update:
    case NodeKind.Concat:
    case NodeKind.Add:
      stack.push(new FirstOperandFrame(node, environment))
      evaluateNext(node.kind === NodeKind.Update ? node.right : node.left, environment)
      return
    case NodeKind.Arithmetic:
      stack.push(new FirstArithmeticFrame(node, environment))
      evaluateNext(rightFirst(node.operator) ? node.right : node.left, environment)
      return
    case NodeKind.Interpolation:
    case NodeKind.PathInterpolation:
      new PartsFrame(node, environment).proceed()
      return
  }
}

function setResult(value: Value): void {
  result = value
}

function evaluateNext(node: Node, environment: Environment): void {
  nextNode = node
  nextEnvironment = environment
}

function branch(
  condition: Node,
  environment: Environment,
  context: ByteString,
  then: (condition: boolean) => void,
): void {
  stack.push(new BranchFrame(condition, context, then))
  evaluateNext(condition, environment)
}
