/** Closures of strings and paths with interpolations, made of those of their parts. */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type InterpolationNode,
  type Node,
  type PathInterpolationNode,
} from '../language/tree'
import { coercePart, concatenatePath, ContextBuilder } from './coerce'
import type { Strict } from './compile'
import { addContext } from './contexts'
import { current } from './current'
import { operandFrame } from './operand-frames'
import type { Environment } from './environment'
import { ContextString, makeString, type Value } from './values'

/** The text of a literal part, or the code of another. */
type Part = ByteString | Strict

/** Code of `"…${…}…"`. */
export function interpolation(node: InterpolationNode, strictly: (part: Node) => Strict): Strict {
  return interpolationOf(
    node.parts.map((part) => (part.kind === NodeKind.String ? part.value : strictly(part))),
    node,
  )
}

function interpolationOf(parts: readonly Part[], node: InterpolationNode): Strict {
  return (environment) => {
    let text = ''
    let context: ContextBuilder | null = null
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      if (typeof part === 'string') {
        text += part
        continue
      }
      let value = valueOf(part, environment, node.parts[i])
      if (typeof value !== 'string') {
        value = coercePart(current.evaluator, value, true, node.partPositions[i])
        if (value instanceof ContextString) {
          context ??= new ContextBuilder()
          context.addAll(value.context)
          value = value.text
        }
      }
      text += value
    }
    return context === null ? text : makeString(text, context.build())
  }
}

/** Code of `./a/${b}/c`. */
export function pathInterpolation(
  node: PathInterpolationNode,
  strictly: (part: Node) => Strict,
): Strict {
  return pathInterpolationOf(node.parts.map(strictly), node)
}

function pathInterpolationOf(parts: readonly Strict[], node: PathInterpolationNode): Strict {
  return (environment) => {
    const values = new Array<Value>(parts.length)
    for (let i = 0; i < parts.length; i++) {
      const value = valueOf(parts[i], environment, node.parts[i])
      values[i] = coercePart(current.evaluator, value, false, node.partPositions[i])
    }
    return concatenatePath(values, node.position)
  }
}

function valueOf(part: Strict, environment: Environment, node: Node): Value {
  try {
    return part(environment)
  } catch (error) {
    throw operandFrame(error, addContext, node)
  }
}
