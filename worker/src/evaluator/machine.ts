/**
 * The deep evaluator: the same trees, environments and values as the fast one (compile.ts), with its
 * stack on the heap.
 *
 * It is a machine with two registers, "evaluate this node in this environment" and "this is the
 * value", and a stack of frames that say what to do with a value. Anything may be arbitrarily deep:
 * nothing here recurses. The stack is shared by all runs of the machine: a run that begins inside
 * another (from native code that overflowed) works above what it found. What is done first with a node
 * is in deep-nodes.ts, calls are in deep-calls.ts.
 */
import type { Node, Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { call, type Callable } from './call'
import { stackOverflow } from './frames'
import { stack, StackFrame } from './stack-frame'
import { apply, CalleeFrame } from './deep-calls'
import { step } from './deep-nodes'
import { extension, hardLimit, native, type Body } from './native-stack'
import {
  type Code,
  blackhole,
  failed,
  force,
  forceThunk,
  infiniteRecursion,
  settleFailure,
  Thunk,
} from './thunk'
import type { Environment } from './environment'
import type { Slot, Value } from './values'

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

const recovered = Symbol('recovered')

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

/** Whether there is room on the native stack for a body, or may be made. */
export function mayRunNatively(body: Body): boolean {
  return native.depth < native.limit || (!body.deep && native.extensionsLeft > 0)
}

/** Runs something on the fast evaluator, extending the native stack's limit if it is reached. */
export function natively<T>(body: Body, work: () => T): T {
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
export function demand(slot: Slot): void {
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
export function demandAt(slot: Slot, position: Position): void {
  if (slot instanceof Thunk && slot.code === blackhole) throw infiniteRecursion(position, slot)
  demand(slot)
}

/** Serves a request of resumable code. */
export function serve(request: Request): void {
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

export class ResumableFrame extends StackFrame {
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

/** Gives the value of what was asked for. */
export function setResult(value: Value): void {
  result = value
}

/** Evaluates a node next. */
export function evaluateNext(node: Node, environment: Environment): void {
  nextNode = node
  nextEnvironment = environment
}
