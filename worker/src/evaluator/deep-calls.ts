/** Calls on the deep evaluator. */
import type { Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { Builtin } from './builtin'
import { enterLambda, enterBuiltin, notAFunction, partialApplication } from './call'
import { current } from './current'
import { environmentOf, type Environment } from './environment'
import { BudgetExhausted } from './errors'
import { builtinFrame, callSiteFrame, lambdaFrame, stackOverflow } from './frames'
import { bindFormals } from './formals'
import { native } from './native-stack'
import { Thunk } from './thunk'
import { Lambda, PartialApplication, type Slot, type Value } from './values'
import { stack, StackFrame } from './stack-frame'
import type { Apply } from './machine'
import {
  demand,
  setResult,
  evaluateNext,
  mayRunNatively,
  natively,
  ResumableFrame,
} from './machine'

/** Puts the value of a call into the result register, now or later. */
export function apply(fn: Value, args: readonly Slot[], position: Position): void {
  if (fn instanceof Lambda) {
    const arity = fn.code.arity
    if (args.length < arity) {
      setResult(partialApplication(fn, args))
      return
    }
    if (args.length > arity) {
      stack.push(new ApplyRestFrame(args, arity, position))
      args = args.slice(0, arity)
    }
    if (mayRunNatively(fn.code)) {
      const environment = environmentOf(fn.environment, args)
      setResult(natively(fn.code, () => enterLambda(fn, environment, position)))
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
      evaluateNext(fn.code.node.body, environmentOf(fn.environment, args))
    }
  } else if (fn instanceof Builtin) {
    if (args.length < fn.arity) {
      setResult(partialApplication(fn, args))
      return
    }
    if (args.length > fn.arity) {
      stack.push(new ApplyRestFrame(args, fn.arity, position))
      args = args.slice(0, fn.arity)
    }
    const { definition } = fn
    if (definition.native !== undefined && native.depth < native.limit) {
      setResult(enterBuiltin(fn, args, position))
      return
    }
    if (native.callDepth > native.maxCallDepth) throw stackOverflow(position)
    if (--native.budget < 0) throw new BudgetExhausted()
    stack.push(new BuiltinFrame(native.callDepth, fn, position))
    native.callDepth++
    if (definition.resume !== undefined) {
      const context = { evaluator: current.evaluator, position }
      stack.push(new ResumableFrame(definition.resume(context, ...args)))
      setResult(null)
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

/** The function of an Apply has been forced. */
export class CalleeFrame extends StackFrame {
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
    setResult(value)
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
    setResult(value)
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
    let environment: Environment
    try {
      environment = bindFormals(code, lambda.environment, this.argument, value)
    } catch (error) {
      throw this.fail(error)
    }
    stack.push(new CallFrame(this.callDepth, lambda, position))
    evaluateNext(code.node.body, environment)
  }

  override fail(error: unknown): unknown {
    native.callDepth = this.callDepth
    return callSiteFrame(error, this.position)
  }
}
