/**
 * Which parameters a function forces before it does anything else.
 *
 * An argument for one of those need not be delayed if computing it cannot fail and takes no forcing
 * (`n - 1` where n is a number that is there): what would have been a thunk has its value before
 * anything can see that it was one.
 */
import { NodeKind, resolved, type LambdaNode, type Node } from '../language/tree'
import { rightFirst } from './operand-frames'

/** Bit i: parameter i is forced first, or right after others that are. */
export function forcedParameters({ formals, body }: LambdaNode): number {
  if (formals !== null) return 1
  const walk: Walk = { forced: 0, nodes: 0, goesOn: true }
  follow(resolved(body), 0, walk)
  return walk.forced
}

/** The last parameter that has a bit. */
const lastSlot = 30

/** How many nodes of a body are looked at: generated code nests deeper than the native stack. */
const maxNodes = 20

interface Walk {
  forced: number
  nodes: number
  /** Whether nothing but parameters has been forced so far. */
  goesOn: boolean
}

/** Follows what is evaluated first in a node, `level` environments within the lambda's. */
function follow(node: Node, level: number, walk: Walk): void {
  if (++walk.nodes > maxNodes) {
    walk.goesOn = false
    return
  }
  switch (node.kind) {
    case NodeKind.Int:
    case NodeKind.Float:
    case NodeKind.String:
      return
    case NodeKind.Local:
      if (node.level === level && node.slot <= lastSlot) walk.forced |= 1 << (node.slot - 1)
      else walk.goesOn = false
      return
    case NodeKind.Arithmetic: {
      const [first, second] = rightFirst(node.operator)
        ? [node.right, node.left]
        : [node.left, node.right]
      followBoth(first, second, level, walk)
      return
    }
    case NodeKind.Add:
    case NodeKind.Equal:
    case NodeKind.NotEqual:
      followBoth(node.left, node.right, level, walk)
      return
    case NodeKind.If:
    case NodeKind.Assert:
      follow(node.condition, level, walk)
      break
    case NodeKind.And:
    case NodeKind.Or:
    case NodeKind.Implies:
      follow(node.left, level, walk)
      break
    case NodeKind.Not:
      follow(node.operand, level, walk)
      break
    case NodeKind.Select:
    case NodeKind.HasAttribute:
      follow(node.subject, level, walk)
      break
    case NodeKind.Let:
    case NodeKind.With:
      follow(node.body, level + 1, walk)
      break
  }
  walk.goesOn = false
}

function followBoth(first: Node, second: Node, level: number, walk: Walk): void {
  follow(first, level, walk)
  if (walk.goesOn) follow(second, level, walk)
}
