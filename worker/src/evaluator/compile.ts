/**
 * The fast evaluator: every node of a tree becomes a closure over its environment array, when it is
 * first run.
 *
 * `strict` code gives the value of a node, `delayed` code gives a slot: the value where it is there
 * already (literals, variables), else a thunk (delayed.ts). The pieces in between (arguments of a call,
 * environment of a `let`, slots of a set) are made for both evaluators (pieces.ts).
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type AssertNode,
  type AttributeSetNode,
  type HasAttributeNode,
  type Node,
  type SelectNode,
} from '../language/tree'
import { printTree } from '../language/print-tree'
import { AttributeSet } from './attribute-set'
import { callCode } from './call-code'
import { assertContext, leftContext, notContext, rightContext } from './contexts'
import { current } from './current'
import { constant, delayed, delayedAll, slotOf } from './delayed'
import { explainInequality } from './inequality'
import { NixError } from './errors'
import { expectName } from './expect'
import { interpolation, pathInterpolation } from './interpolation'
import { LambdaCode } from './lambda-code'
import { evaluateDeep, runResumable, type Resumable } from './machine'
import { native } from './native-stack'
import { arithmeticCode, binary, booleanOf, conditional } from './operators'
import { piecesOf } from './pieces'
import { extendedEnvironment } from './scopes'
import {
  hasPath,
  selectComputed,
  selectOfVariable,
  selectOne,
  selectOr,
  selectPath,
  type NameCode,
} from './select'
import { dynamicName, setParts } from './set-parts'
import { force } from './thunk'
import type { Environment } from './environment'
import { Float, Lambda, Path, type Value } from './values'
import { fixedGlobal, globalSlot, local, withVariable } from './variables'

/** Gives the value of a node in an environment. */
export type Strict = (environment: Environment) => Value

/** Syntactic nesting counts every so many nodes, as so many levels: a node takes one frame or two. */
const nestingPerCheck = 6
const levelsPerCheck = 4

/** Strict code of a node that begins a body, which keeps it. */
export function strict(node: Node): Strict {
  return compile(node, 0)
}

/** Strict code of a node that the deep evaluator runs as it is. */
export function strictOnce(node: Node): Strict {
  return (piecesOf(node).strict ??= compile(node, 0))
}

/** Strict code of a node inside another; every `nestingPerCheck` deep it checks the native stack. */
function nested(node: Node, nesting: number): Strict {
  if (nesting < nestingPerCheck) return compile(node, nesting + 1)
  let code: Strict | null = null
  return (environment) => {
    const depth = native.depth
    if (depth >= native.limit) return evaluateDeep(node, environment)
    native.depth = depth + levelsPerCheck
    code ??= strict(node)
    const value = code(environment)
    native.depth = depth
    return value
  }
}

function compile(node: Node, nesting: number): Strict {
  switch (node.kind) {
    case NodeKind.Deferred:
      return compile(node.resolve(), nesting)
    case NodeKind.Int:
    case NodeKind.String:
      return constant(node.value)
    case NodeKind.Float:
      return constant(new Float(node.value))
    case NodeKind.Path:
      return constant(new Path(node.value))
    case NodeKind.Local:
      return local(node.level, node.slot, node.position)
    case NodeKind.Global: {
      const { name } = node
      const value = fixedGlobal(name)
      return value === undefined ? () => force(globalSlot(name)) : constant(value)
    }
    case NodeKind.WithVariable:
      return withVariable(node.name, node.levels, node.position)
    case NodeKind.Lambda:
      return lambda(new LambdaCode(node))
    case NodeKind.Call:
      return callCode(node, nested(node.fn, nesting))
    case NodeKind.Select:
      return select(node, nesting)
    case NodeKind.HasAttribute:
      return hasAttribute(node, nesting)
    case NodeKind.If: {
      const condition = nested(node.condition, nesting)
      const yes = nested(node.then, nesting)
      return conditional(condition, yes, nested(node.else, nesting), node)
    }
    case NodeKind.Assert: {
      const condition = boolean(node.condition, assertContext, nesting)
      const body = nested(node.body, nesting)
      return (environment) => {
        if (!condition(environment)) return runResumable(failAssertion(node, environment))
        return body(environment)
      }
    }
    case NodeKind.With:
    case NodeKind.Let:
      return within(extendedEnvironment(node), nested(node.body, nesting))
    case NodeKind.List: {
      const items = delayedAll(node.items)
      return items
    }
    case NodeKind.AttributeSet:
      return attributeSet(node)
    case NodeKind.Not: {
      const operand = boolean(node.operand, notContext, nesting)
      return (environment) => !operand(environment)
    }
    case NodeKind.And: {
      const left = boolean(node.left, leftContext('&&'), nesting)
      const right = boolean(node.right, rightContext('&&'), nesting)
      return (environment) => left(environment) && right(environment)
    }
    case NodeKind.Or: {
      const left = boolean(node.left, leftContext('||'), nesting)
      const right = boolean(node.right, rightContext('||'), nesting)
      return (environment) => left(environment) || right(environment)
    }
    case NodeKind.Implies: {
      const left = boolean(node.left, leftContext('->'), nesting)
      const right = boolean(node.right, rightContext('->'), nesting)
      return (environment) => !left(environment) || right(environment)
    }
    case NodeKind.Equal:
    case NodeKind.NotEqual:
    case NodeKind.Update:
    case NodeKind.Concat:
    case NodeKind.Add:
      return binary(nested(node.left, nesting), nested(node.right, nesting), node)
    case NodeKind.Arithmetic:
      return arithmeticCode(nested(node.left, nesting), nested(node.right, nesting), node)
    case NodeKind.Interpolation:
      return interpolation(node, (part) => nested(part, nesting))
    case NodeKind.PathInterpolation:
      return pathInterpolation(node, (part) => nested(part, nesting))
    case NodeKind.CurrentPosition: {
      let value: Value | undefined
      return () => (value ??= current.evaluator.positionSet(node.position))
    }
  }
}

function lambda(code: LambdaCode): Strict {
  return (environment) => new Lambda(code, environment)
}

function within(extend: (outer: Environment) => Environment, body: Strict): Strict {
  return (environment) => body(extend(environment))
}

function boolean(node: Node, context: ByteString, nesting: number): (e: Environment) => boolean {
  return booleanOf(nested(node, nesting), context, node)
}

/** Throws the error of an assertion that has failed; of an equation, it tells what differs. */
export function* failAssertion(
  { condition, position }: AssertNode,
  environment: Environment,
): Resumable {
  const text = printTree(condition)
  if (condition.kind === NodeKind.Equal) {
    try {
      const left: Value = yield slotOf(delayed(condition.left), environment)
      const right: Value = yield slotOf(delayed(condition.right), environment)
      yield explainInequality(left, right, condition.position)
    } catch (error) {
      if (error instanceof NixError && (error.kind === 'assertion' || error.kind === 'throw')) {
        const context = `while evaluating the condition of the assertion '${text}'`
        error.addFrame(context, position)
      }
      throw error
    }
  }
  throw new NixError('assertion', `assertion '${text}' failed`, position)
}

function nameCode(name: ByteString | Node, nesting: number): NameCode {
  if (typeof name === 'string') return name
  const code = nested(name, nesting)
  return (environment) => expectName(code(environment), name)
}

function select(node: SelectNode, nesting: number): Strict {
  const { subject, path } = node
  const names = path.map((name) => nameCode(name, nesting))
  if (node.default !== null) {
    return selectOr(nested(subject, nesting), names, nested(node.default, nesting), node)
  }
  if (!names.every((name) => typeof name === 'string')) {
    return selectComputed(nested(subject, nesting), names, node)
  }
  if (names.length > 1) return selectPath(nested(subject, nesting), names, node)
  return subject.kind === NodeKind.Local
    ? selectOfVariable(subject, names[0], node)
    : selectOne(nested(subject, nesting), names[0], node)
}

function hasAttribute(node: HasAttributeNode, nesting: number): Strict {
  const names = node.path.map((name) => nameCode(name, nesting))
  return hasPath(nested(node.subject, nesting), names, node)
}

function attributeSet(node: AttributeSetNode): Strict {
  if (node.bindings.length === 0 && node.dynamic.length === 0) return () => AttributeSet.empty
  const { environment, make, extend } = setParts(node)
  if (node.dynamic.length === 0) return (outer) => make(outer, environment(outer))
  const names = node.dynamic.map((binding) => nested(binding.name, 0))
  return (outer) => {
    const inner = environment(outer)
    const scope = node.recursive ? inner : outer
    const set = make(outer, inner)
    const evaluated = names.map((name, i) => dynamicName(name(scope), node.dynamic[i].position))
    return extend(set, scope, evaluated)
  }
}
