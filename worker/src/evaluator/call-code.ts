/** Calls: code for each number of arguments. */
import { NodeKind, type CallNode, type Position } from '../language/tree'
import { call, call1, call2, call3 } from './call'
import type { Strict } from './compile'
import { current } from './current'
import { delayed, delayedAll, slotOf, type Delayed } from './delayed'
import { quickSum, type Quick } from './number-code'
import { piecesOf } from './pieces'
import type { Environment } from './environment'
import { Lambda, type Slot } from './values'

/** The delayed arguments of a call. */
export function argumentsOf(node: CallNode): (environment: Environment) => Slot[] {
  return (piecesOf(node).args ??= delayedAll(node.args))
}

/** A call of what `fn` gives. */
export function callCode(node: CallNode, fn: Strict): Strict {
  const { args, position } = node
  if (args.length === 1) {
    const quick = quickSum(args[0])
    const a = delayed(args[0])
    return quick === null ? callOf1(fn, a, position) : callWithSum(fn, quick, a, position)
  }
  if (args.length === 2) {
    const isImport = node.fn.kind === NodeKind.Global && node.fn.name === 'import'
    const of2 = isImport ? callOfImported : callOf2
    return of2(fn, delayed(args[0]), delayed(args[1]), position)
  }
  if (args.length === 3) {
    return callOf3(fn, delayed(args[0]), delayed(args[1]), delayed(args[2]), position)
  }
  return callOf(fn, argumentsOf(node), position)
}

function callOf1(fn: Strict, a: Delayed, position: Position): Strict {
  return (environment) => call1(fn(environment), slotOf(a, environment), position)
}

/** A call whose argument is a sum: no thunk is made of it where the function would force it first. */
function callWithSum(fn: Strict, quick: Quick<number>, a: Delayed, position: Position): Strict {
  return (environment) => {
    const callee = fn(environment)
    const forced = callee instanceof Lambda ? callee.code.forced : 0
    const argument = (forced & 1) === 0 ? undefined : quick(environment)
    return call1(callee, argument ?? slotOf(a, environment), position)
  }
}

function callOf2(fn: Strict, a: Delayed, b: Delayed, position: Position): Strict {
  return (environment) =>
    call2(fn(environment), slotOf(a, environment), slotOf(b, environment), position)
}

function callOf3(fn: Strict, a: Delayed, b: Delayed, c: Delayed, position: Position): Strict {
  return (environment) => {
    const callee = fn(environment)
    return call3(
      callee,
      slotOf(a, environment),
      slotOf(b, environment),
      slotOf(c, environment),
      position,
    )
  }
}

/** `import file argument` */
function callOfImported(fn: Strict, a: Delayed, b: Delayed, position: Position): Strict {
  return (environment) => {
    const imported = call1(fn(environment), slotOf(a, environment), position)
    return current.evaluator.callImported(imported, slotOf(b, environment), position)
  }
}

function callOf(
  fn: Strict,
  args: (environment: Environment) => Slot[],
  position: Position,
): Strict {
  return (environment) => call(fn(environment), args(environment), position)
}
