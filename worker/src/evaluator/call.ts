/** Calling functions on the fast evaluator. */
import type { Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { Builtin } from './builtin'
import { current } from './current'
import {
  emptyEnvironment,
  environment1,
  environment2,
  environment3,
  environmentOf,
  firstSlots,
  setSlot,
  type Environment,
} from './environment'
import { BudgetExhausted, type NixError } from './errors'
import { mismatch } from './mismatch'
import { bindFormals } from './formals'
import { builtinFrame, callSiteFrame, lambdaFrame, stackOverflow } from './frames'
import { callDeep, runResumable } from './machine'
import { native } from './native-stack'
import { force } from './thunk'
import { Lambda, PartialApplication, type Slot, type Value } from './values'

/** What `apply` can be given: a value that may turn out not to be a function. */
export type Callable = Value

/** Calls a function with one argument. */
export function call1(fn: Value, a: Slot, position: Position): Value {
  if (fn instanceof Lambda) {
    return fn.code.arity === 1
      ? enterLambda(fn, environment1(fn.environment, a), position)
      : new PartialApplication(fn, [a])
  }
  if (fn instanceof Builtin) {
    return fn.arity === 1 ? enterBuiltin1(fn, a, position) : new PartialApplication(fn, [a])
  }
  if (fn instanceof PartialApplication) {
    const { fn: target, args } = fn
    if (target instanceof Lambda) {
      if (target.code.arity === args.length + 1) {
        return enterLambda(target, environmentAfter(target, args, a), position)
      }
    } else if (target.arity === args.length + 1) {
      if (args.length === 1) return enterBuiltin2(target, args[0], a, position)
      if (args.length === 2) return enterBuiltin3(target, args[0], args[1], a, position)
    }
  }
  return call(fn, [a], position)
}

/** Calls a function with two arguments. */
export function call2(fn: Value, a: Slot, b: Slot, position: Position): Value {
  if (fn instanceof Lambda) {
    if (fn.code.arity === 2) return enterLambda(fn, environment2(fn.environment, a, b), position)
    if (fn.code.arity === 1) {
      return call1(enterLambda(fn, environment1(fn.environment, a), position), b, position)
    }
  } else if (fn instanceof Builtin) {
    if (fn.arity === 2) return enterBuiltin2(fn, a, b, position)
  } else if (fn instanceof PartialApplication) {
    const { fn: target, args } = fn
    if (target instanceof Lambda) {
      if (target.code.arity === args.length + 2) {
        return enterLambda(target, environmentAfter2(target, args, a, b), position)
      }
    } else if (target.arity === 3 && args.length === 1) {
      return enterBuiltin3(target, args[0], a, b, position)
    }
  }
  return call(fn, [a, b], position)
}

/** Calls a function with three arguments. */
export function call3(fn: Value, a: Slot, b: Slot, c: Slot, position: Position): Value {
  if (fn instanceof Lambda) {
    if (fn.code.arity === 3) return enterLambda(fn, environment3(fn.environment, a, b, c), position)
  } else if (fn instanceof Builtin && fn.arity === 3) {
    return enterBuiltin3(fn, a, b, c, position)
  }
  return call(fn, [a, b, c], position)
}

/** Calls a function with any number of arguments, one application after the other. */
export function call(fn: Value, args: readonly Slot[], position: Position): Value {
  let rest = args
  for (;;) {
    if (fn instanceof Lambda) {
      const { arity } = fn.code
      if (rest.length < arity) return partialApplication(fn, rest)
      fn = enterLambda(fn, environmentOfCall(fn, rest, arity), position)
      if (rest.length === arity) return fn
      rest = rest.slice(arity)
    } else if (fn instanceof Builtin) {
      const { arity } = fn
      if (rest.length < arity) return partialApplication(fn, rest)
      fn = enterBuiltin(fn, rest.length === arity ? rest : rest.slice(0, arity), position)
      if (rest.length === arity) return fn
      rest = rest.slice(arity)
    } else if (fn instanceof PartialApplication) {
      rest = fn.args.concat(rest)
      fn = fn.fn
    } else {
      const functor = fn instanceof AttributeSet ? fn.get('__functor') : undefined
      if (functor === undefined) throw notAFunction(fn, position)
      rest = [fn, ...rest]
      fn = force(functor)
    }
  }
}

/** The environment of a call with the first `arity` of these arguments. */
function environmentOfCall(
  { environment }: Lambda,
  args: readonly Slot[],
  arity: number,
): Environment {
  switch (arity) {
    case 1:
      return environment1(environment, args[0])
    case 2:
      return environment2(environment, args[0], args[1])
    case 3:
      return environment3(environment, args[0], args[1], args[2])
    default:
      return environmentOf(environment, args.length === arity ? args : args.slice(0, arity))
  }
}

/** The environment of a call with arguments that came before and the last one. */
function environmentAfter({ environment }: Lambda, args: readonly Slot[], a: Slot): Environment {
  switch (args.length) {
    case 1:
      return environment2(environment, args[0], a)
    case 2:
      return environment3(environment, args[0], args[1], a)
    default:
      return environmentOfAll(environment, args, 1, a, null)
  }
}

/** The same with the last two. */
function environmentAfter2(
  { environment }: Lambda,
  args: readonly Slot[],
  a: Slot,
  b: Slot,
): Environment {
  return args.length === 1
    ? environment3(environment, args[0], a, b)
    : environmentOfAll(environment, args, 2, a, b)
}

/** An environment of some arguments and the last one or two. */
function environmentOfAll(
  parent: Environment | null,
  args: readonly Slot[],
  last: 1 | 2,
  a: Slot,
  b: Slot,
): Environment {
  const count = args.length
  const environment = emptyEnvironment(parent, count + last)
  for (let i = 0; i < count; i++) setSlot(environment, i + 1, args[i])
  setSlot(environment, count + 1, a)
  if (last === 2) setSlot(environment, count + 2, b)
  return environment
}

/** A function waiting for more arguments. */
export function partialApplication(fn: Lambda | Builtin, args: readonly Slot[]): Value {
  return args.length === 0 ? fn : new PartialApplication(fn, args)
}

export function notAFunction(value: Value, position: Position): NixError {
  return mismatch(
    'not-a-function',
    'a function',
    value,
    (found, shown) => `attempt to call something which is not a function but ${found}: ${shown}`,
    position,
  )
}

/** Runs a lambda's body in the environment of a call with exactly its parameters. */
export function enterLambda(fn: Lambda, environment: Environment, position: Position): Value {
  const depth = native.depth
  if (depth >= native.limit) return callDeep(fn, firstSlots(environment, fn.code.arity), position)
  const callDepth = native.callDepth
  if (callDepth > native.maxCallDepth) throw stackOverflow(position)
  if (--native.budget < 0) throw new BudgetExhausted()
  native.depth = depth + 1
  native.callDepth = callDepth + 1
  const { code } = fn
  let inBody = code.node.formals === null
  try {
    if (!inBody) {
      const argument = environment.a as Slot
      environment = bindFormals(code, fn.environment, argument, force(argument))
      inBody = true
    }
    const value = code.run(environment)
    native.depth = depth
    native.callDepth = callDepth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    throw inBody ? lambdaFrame(error, fn, position) : callSiteFrame(error, position)
  }
}

/** Runs a builtin with exactly its arguments. */
export function enterBuiltin(fn: Builtin, args: readonly Slot[], position: Position): Value {
  const depth = native.depth
  if (depth >= native.limit) return callDeep(fn, args, position)
  const callDepth = native.callDepth
  if (callDepth > native.maxCallDepth) throw stackOverflow(position)
  if (--native.budget < 0) throw new BudgetExhausted()
  native.depth = depth + 1
  native.callDepth = callDepth + 1
  try {
    const value = runBuiltin(fn, args, position)
    native.depth = depth
    native.callDepth = callDepth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    throw builtinFrame(error, fn, position)
  }
}

/** As `enterBuiltin`, without an array of the arguments where the builtin has a native form. */
function enterBuiltin1(fn: Builtin, a: Slot, position: Position): Value {
  const run = fn.native
  const depth = native.depth
  const callDepth = native.callDepth
  if (run === null || depth >= native.limit || callDepth > native.maxCallDepth) {
    return enterBuiltin(fn, [a], position)
  }
  if (--native.budget < 0) throw new BudgetExhausted()
  native.depth = depth + 1
  native.callDepth = callDepth + 1
  try {
    const value = force(run(current.evaluator.contextAt(position), a))
    native.depth = depth
    native.callDepth = callDepth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    throw builtinFrame(error, fn, position)
  }
}

function enterBuiltin2(fn: Builtin, a: Slot, b: Slot, position: Position): Value {
  const run = fn.native
  const depth = native.depth
  const callDepth = native.callDepth
  if (run === null || depth >= native.limit || callDepth > native.maxCallDepth) {
    return enterBuiltin(fn, [a, b], position)
  }
  if (--native.budget < 0) throw new BudgetExhausted()
  native.depth = depth + 1
  native.callDepth = callDepth + 1
  try {
    const value = force(run(current.evaluator.contextAt(position), a, b))
    native.depth = depth
    native.callDepth = callDepth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    throw builtinFrame(error, fn, position)
  }
}

function enterBuiltin3(fn: Builtin, a: Slot, b: Slot, c: Slot, position: Position): Value {
  const run = fn.native
  const depth = native.depth
  const callDepth = native.callDepth
  if (run === null || depth >= native.limit || callDepth > native.maxCallDepth) {
    return enterBuiltin(fn, [a, b, c], position)
  }
  if (--native.budget < 0) throw new BudgetExhausted()
  native.depth = depth + 1
  native.callDepth = callDepth + 1
  try {
    const value = force(run(current.evaluator.contextAt(position), a, b, c))
    native.depth = depth
    native.callDepth = callDepth
    return value
  } catch (error) {
    native.depth = depth
    native.callDepth = callDepth
    throw builtinFrame(error, fn, position)
  }
}

/** Runs a builtin natively, or its resumable form where it has no other. */
function runBuiltin(fn: Builtin, args: readonly Slot[], position: Position): Value {
  const context = current.evaluator.contextAt(position)
  const code = fn.native
  if (code === null) return runResumable(fn.definition.resume!(context, ...args))
  switch (args.length) {
    case 1:
      return force(code(context, args[0]))
    case 2:
      return force(code(context, args[0], args[1]))
    case 3:
      return force(code(context, args[0], args[1], args[2]))
    default:
      return force(code(context, ...args))
  }
}
