/** Operators and strings with parts on the deep evaluator. */
import {
  NodeKind,
  type ArithmeticNode,
  type BinaryNode,
  type InterpolationNode,
  type PathInterpolationNode,
} from '../language/tree'
import { arithmetic } from './arithmetic'
import { addResumable, coerceFirstResumable, isSummand } from './addition'
import { AttributeSet } from './attribute-set'
import { coercePartResumable, concatenatePath, isText, joinTexts } from './coerce'
import { current } from './current'
import { addContext, sideContexts } from './contexts'
import { equalResumable } from './equality'
import { lessThanResumable } from './comparison'
import { expectSet } from './expect'
import { operandFrame, operatorFrame, rightFirst } from './operand-frames'
import { concatenateLists, updateFrame } from './operators'
import type { Environment } from './environment'
import type { Value } from './values'
import { stack, NodeFrame } from './stack-frame'
import { serve, setResult, evaluateNext, type Resumable } from './machine'

/** The first operand has been evaluated: the right one of `//`, the left one of the others. */
export class FirstOperandFrame extends NodeFrame<BinaryNode> {
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
        setResult(this.update(second))
        return
      case NodeKind.Concat:
        setResult(concatenateLists(node, first, second))
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
export class PartsFrame extends NodeFrame<InterpolationNode | PathInterpolationNode> {
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
    } else if (node.kind === NodeKind.Interpolation) setResult(joinTexts(values))
    else setResult(concatenatePath(values, node.position))
  }

  override fail(error: unknown): unknown {
    const part = this.node.parts[this.values.length]
    return this.coercing ? error : operandFrame(error, addContext, part)
  }
}

/** One operand has been evaluated. */
export class FirstArithmeticFrame extends NodeFrame<ArithmeticNode> {
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
      setResult(second)
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
      setResult(answer)
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
