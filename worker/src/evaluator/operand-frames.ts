/** What Nix says of operands whose evaluation fails. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { ArithmeticOperator, NodeKind, type Node, type Position } from '../language/tree'
import { notContext } from './contexts'
import { NixError } from './errors'

/** The place that Nix names for an expression: it keeps none for literals and `let`. */
export function operandPosition(node: Node): Position {
  for (let inner = node; ;) {
    switch (inner.kind) {
      case NodeKind.Int:
      case NodeKind.Float:
      case NodeKind.String:
      case NodeKind.Path:
      case NodeKind.Let:
        return 0
      case NodeKind.Not:
        inner = inner.operand
        break
      case NodeKind.HasAttribute:
        inner = inner.subject
        break
      case NodeKind.List:
        if (inner.items.length === 0) return 0
        inner = inner.items[0]
        break
      case NodeKind.Deferred:
        inner = inner.resolve()
        break
      default:
        return inner.position
    }
  }
}

/** Adds in which operand an error arose. */
export function operandFrame(error: unknown, context: ByteString, node: Node): unknown {
  if (error instanceof NixError) error.addFrame(context, operandPosition(node))
  return error
}

const builtins: Record<ArithmeticOperator, string> = {
  [ArithmeticOperator.Subtract]: 'sub',
  [ArithmeticOperator.Negate]: 'sub',
  [ArithmeticOperator.Multiply]: 'mul',
  [ArithmeticOperator.Divide]: 'div',
  [ArithmeticOperator.Less]: 'lessThan',
  [ArithmeticOperator.Greater]: 'lessThan',
  [ArithmeticOperator.LessOrEqual]: 'lessThan',
  [ArithmeticOperator.GreaterOrEqual]: 'lessThan',
}

/** Adds the builtin that an operator calls to an error that arose in its operands or in itself. */
export function operatorFrame(
  error: unknown,
  operator: ArithmeticOperator,
  position: Position,
): unknown {
  if (error instanceof NixError) {
    error.addFrame(`while calling the '${builtins[operator]}' builtin`, position)
    // `a <= b` is `!(b < a)`.
    if (
      operator === ArithmeticOperator.LessOrEqual ||
      operator === ArithmeticOperator.GreaterOrEqual
    ) {
      error.addFrame(notContext, position)
    }
  }
  return error
}

/** `a > b` is `b < a`: Nix evaluates the right operand first. */
export function rightFirst(operator: ArithmeticOperator): boolean {
  return operator === ArithmeticOperator.Greater || operator === ArithmeticOperator.LessOrEqual
}
