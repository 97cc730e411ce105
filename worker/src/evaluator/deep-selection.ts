/** Attribute paths and variables of a `with` on the deep evaluator. */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type AttributeName,
  type HasAttributeNode,
  type Node,
  type Position,
  type SelectNode,
} from '../language/tree'
import { AttributeSet } from './attribute-set'
import { hasContext, selectContext, withContext } from './contexts'
import { ancestor, type Environment } from './environment'
import { NixError } from './errors'
import {
  attributeMissing,
  describeSelection,
  expectName,
  expectSet,
  undefinedVariable,
} from './expect'
import { operandFrame } from './operand-frames'
import type { Slot, Value } from './values'
import { stack, StackFrame, NodeFrame } from './stack-frame'
import { demand, demandAt, setResult, evaluateNext } from './machine'

/** Walks an attribute path: names first forced, then each set on the way. */
export class PathFrame extends NodeFrame<SelectNode | HasAttributeNode> {
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
      setResult(this.current)
      return
    }
    const name: AttributeName = this.node.path[this.index]
    if (typeof name === 'string') this.attribute(name)
    else {
      this.phase = 'name'
      stack.push(this)
      evaluateNext(name, this.environment)
    }
  }

  private attribute(name: ByteString): void {
    const { node, current } = this
    this.names.push(name)
    const slot = current instanceof AttributeSet ? current.get(name) : undefined
    this.index++
    if (slot === undefined) {
      if (node.kind === NodeKind.HasAttribute) setResult(false)
      else if (node.default !== null) {
        evaluateNext(node.default, this.environment)
      } else {
        const set = expectSet(current, node.position, selectContext)
        throw this.explain(attributeMissing(set, name))
      }
      return
    }
    if (node.kind === NodeKind.HasAttribute && this.index === node.path.length) {
      setResult(true)
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

/** Asks for a variable in the subject at `index` of those `with`s that may have it, and on. */
export function lookupWith(
  node: { name: ByteString; position: Position; levels: number[] },
  environment: Environment,
  index: number,
): void {
  if (index === node.levels.length) throw undefinedVariable(node.name, node.position)
  stack.push(new WithFrame(node, environment, index))
  demand(ancestor(environment, node.levels[index]).a as Slot)
}
