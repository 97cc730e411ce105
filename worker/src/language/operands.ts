import { NodeKind, type AttributeName, type Node } from './tree'

/**
 * The expressions of which a node makes its value in its own environment, in the order in which they are
 * written. None for what opens an environment (lambdas, `let`, sets, `with`): there it matters which
 * part lies in it; and none for what has no parts.
 */
export function operandsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case NodeKind.Select:
      return node.default === null
        ? [node.subject, ...dynamicNames(node.path)]
        : [node.subject, ...dynamicNames(node.path), node.default]
    case NodeKind.HasAttribute:
      return [node.subject, ...dynamicNames(node.path)]
    case NodeKind.Call:
      return [node.fn, ...node.args]
    case NodeKind.If:
      return [node.condition, node.then, node.else]
    case NodeKind.Assert:
      return [node.condition, node.body]
    case NodeKind.List:
      return node.items
    case NodeKind.Not:
      return [node.operand]
    case NodeKind.Interpolation:
    case NodeKind.PathInterpolation:
      return node.parts
    case NodeKind.And:
    case NodeKind.Or:
    case NodeKind.Implies:
    case NodeKind.Equal:
    case NodeKind.NotEqual:
    case NodeKind.Update:
    case NodeKind.Concat:
    case NodeKind.Add:
    case NodeKind.Arithmetic:
      return [node.left, node.right]
    default:
      return []
  }
}

function dynamicNames(path: readonly AttributeName[]): Node[] {
  return path.filter((name) => typeof name !== 'string')
}
