/** The environments that `with`, `let` and recursive sets open. */
import { NodeKind, type Binding, type LetNode, type Node, type WithNode } from '../language/tree'
import { delayed, slotOf, type Delayed } from './delayed'
import { emptyEnvironment, environment1, setSlot, type Environment } from './environment'
import { piecesOf } from './pieces'

/** The environment that the body of a `with` or `let` sees. */
export function extendedEnvironment(node: WithNode | LetNode): (outer: Environment) => Environment {
  return (piecesOf(node).environment ??=
    node.kind === NodeKind.With
      ? withEnvironment(node)
      : recursiveEnvironment(node.bindings, node.inheritedFrom))
}

function withEnvironment(node: WithNode): (outer: Environment) => Environment {
  const subject = delayed(node.subject)
  return (outer) => environment1(outer, slotOf(subject, outer))
}

/** An environment whose bindings see each other. */
export function recursiveEnvironment(
  bindings: readonly Binding[],
  inheritedFrom: readonly Node[],
  delay: (node: Node) => Delayed = delayed,
): (outer: Environment) => Environment {
  const slots = bindings.map(({ inherited, value }) => (inherited ? delayed(value) : delay(value)))
  const isOutside = bindings.map(({ inherited }) => inherited)
  const from = inheritedFrom.map(delayed)
  const count = slots.length
  const size = count + from.length
  return (outer) => {
    const environment = emptyEnvironment(outer, size)
    for (let i = 0; i < from.length; i++) {
      setSlot(environment, count + 1 + i, slotOf(from[i], environment))
    }
    for (let i = 0; i < count; i++) {
      setSlot(environment, i + 1, slotOf(slots[i], isOutside[i] ? outer : environment))
    }
    return environment
  }
}
