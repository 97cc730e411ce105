/** What the deep evaluator does first with a node of each kind. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { NodeKind, type AttributeSetNode, type CallNode, type Node } from '../language/tree'
import { argumentsOf } from './call-code'
import { failAssertion, strictOnce } from './compile'
import { assertContext, ifContext, leftContext, notContext, rightContext } from './contexts'
import { ancestor, slotIn, type Environment } from './environment'
import { expectBoolean } from './expect'
import { extendedEnvironment } from './scopes'
import { dynamicName, setParts } from './set-parts'
import { globalSlot } from './variables'
import { operandFrame, operandPosition, rightFirst } from './operand-frames'
import type { Slot, Value } from './values'
import { stack, StackFrame, NodeFrame } from './stack-frame'
import { demand, demandAt, serve, setResult, evaluateNext } from './machine'
import { apply } from './deep-calls'
import { lookupWith, PathFrame } from './deep-selection'
import { FirstOperandFrame, PartsFrame, FirstArithmeticFrame } from './deep-operators'

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
      setResult(this.finish(this.names))
      return
    }
    stack.push(this)
    evaluateNext(this.node.dynamic[this.names.length].name, this.environment)
  }
}

/** Evaluates one node as far as it goes without the value of another. */
export function step(node: Node, environment: Environment): void {
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
      setResult(strictOnce(node)(environment))
      return
    case NodeKind.Local:
      demandAt(slotIn(ancestor(environment, node.level), node.slot) as Slot, node.position)
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
      if (node.dynamic.length === 0) setResult(strictOnce(node)(environment))
      else {
        const parts = setParts(node)
        const inner = parts.environment(environment)
        const scope = node.recursive ? inner : environment
        const set = parts.make(environment, inner)
        new DynamicNamesFrame(node, scope, (names) => parts.extend(set, scope, names)).proceed()
      }
      return
    case NodeKind.Not:
      branch(node.operand, environment, notContext, (operand) => setResult(!operand))
      return
    case NodeKind.And:
      branch(node.left, environment, leftContext('&&'), (left) => {
        if (left) branch(node.right, environment, rightContext('&&'), setResult)
        else setResult(false)
      })
      return
    case NodeKind.Or:
      branch(node.left, environment, leftContext('||'), (left) => {
        if (left) setResult(true)
        else branch(node.right, environment, rightContext('||'), setResult)
      })
      return
    case NodeKind.Implies:
      branch(node.left, environment, leftContext('->'), (left) => {
        if (left) branch(node.right, environment, rightContext('->'), setResult)
        else setResult(true)
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

function branch(
  condition: Node,
  environment: Environment,
  context: ByteString,
  then: (condition: boolean) => void,
): void {
  stack.push(new BranchFrame(condition, context, then))
  evaluateNext(condition, environment)
}
