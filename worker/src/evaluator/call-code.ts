/** Calls: code for each number of arguments. */
import { NodeKind, type CallNode, type Position } from '../language/tree'
import { atOnce, demandedBy, type AtOnce } from './at-once'
import { call, call1, call2, call3 } from './call'
import type { Strict } from './compile'
import { current } from './current'
import { delayed, delayedAll, slotOf, type Delayed } from './delayed'
import { piecesOf } from './pieces'
import type { Environment } from './environment'
import type { Slot } from './values'

/** The delayed arguments of a call. */
export function argumentsOf(node: CallNode): (environment: Environment) => Slot[] {
  return (piecesOf(node).args ??= delayedAll(node.args))
}

/** A call of what `fn` gives. */
export function callCode(node: CallNode, fn: Strict): Strict {
  const { args, position } = node
  const isImport = node.fn.kind === NodeKind.Global && node.fn.name === 'import'
  if (args.length > 3) return callOf(fn, argumentsOf(node), position)
  const [a, b, c] = args.map(delayed)
  if (args.length === 2 && isImport) return callOfImported(fn, a, b, position)
  const quick = args.map(atOnce)
  const isQuick = quick.some((code) => code !== null)
  switch (args.length) {
    case 1:
      return quick[0] === null ? callOf1(fn, a, position) : quickCallOf1(fn, quick[0], a, position)
    case 2:
      return isQuick
        ? quickCallOf2(fn, quick[0], a, quick[1], b, position)
        : callOf2(fn, a, b, position)
    case 3:
      return isQuick
        ? quickCallOf3(fn, quick[0], a, quick[1], b, quick[2], c, position)
        : callOf3(fn, a, b, c, position)
    default:
      return callOf(fn, argumentsOf(node), position)
  }
}

function callOf1(fn: Strict, a: Delayed, position: Position): Strict {
  return (environment) => call1(fn(environment), slotOf(a, environment), position)
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

/** The slot of an argument, computed at once if it is demanded and that can be done. */
function argument(
  isDemanded: boolean,
  quick: AtOnce | null,
  slot: Delayed,
  environment: Environment,
): Slot {
  if (isDemanded && quick !== null) {
    const value = quick(environment)
    if (value !== undefined) return value
  }
  return slotOf(slot, environment)
}

function quickCallOf1(fn: Strict, quick: AtOnce, a: Delayed, position: Position): Strict {
  return (environment) => {
    const callee = fn(environment)
    const demanded = demandedBy(callee)
    return call1(callee, argument((demanded & 1) !== 0, quick, a, environment), position)
  }
}

function quickCallOf2(
  fn: Strict,
  quickA: AtOnce | null,
  a: Delayed,
  quickB: AtOnce | null,
  b: Delayed,
  position: Position,
): Strict {
  return (environment) => {
    const callee = fn(environment)
    const demanded = demandedBy(callee)
    return call2(
      callee,
      argument((demanded & 1) !== 0, quickA, a, environment),
      argument((demanded & 2) !== 0, quickB, b, environment),
      position,
    )
  }
}

function quickCallOf3(
  fn: Strict,
  quickA: AtOnce | null,
  a: Delayed,
  quickB: AtOnce | null,
  b: Delayed,
  quickC: AtOnce | null,
  c: Delayed,
  position: Position,
): Strict {
  return (environment) => {
    const callee = fn(environment)
    const demanded = demandedBy(callee)
    return call3(
      callee,
      argument((demanded & 1) !== 0, quickA, a, environment),
      argument((demanded & 2) !== 0, quickB, b, environment),
      argument((demanded & 4) !== 0, quickC, c, environment),
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
