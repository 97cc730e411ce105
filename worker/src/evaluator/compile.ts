/**
 * The fast evaluator: every node of a tree becomes a closure over its environment array, when it is
 * first run.
 *
 * `strict` code gives the value of a node, `delayed` code gives a slot: the value where it is there
 * already (literals, variables), else a thunk. The pieces in between (arguments of a call,
 * environment of a `let`, slots of a set) are made here for both evaluators.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type AssertNode,
  type AttributeSetNode,
  type Binding,
  type CallNode,
  type HasAttributeNode,
  type LambdaNode,
  type LetNode,
  type Node,
  type Position,
  type SelectNode,
  type WithNode,
} from '../language/tree'
import { printTree } from '../language/print-tree'
import { AttributeSet, AttributeSetBuilder, Shape } from './attribute-set'
import { Builtin } from './builtin'
import { call, call1, call2, call3 } from './call'
import { assertContext, leftContext, notContext, rightContext, withContext } from './contexts'
import { current } from './current'
import { explainInequality } from './inequality'
import { NixError } from './errors'
import { expectName, expectPlainString, expectSet, undefinedVariable } from './expect'
import { forcedParameters } from './forced-parameters'
import { interpolation, pathInterpolation } from './interpolation'
import { evaluateDeep, runResumable, type Resumable } from './machine'
import { native, type Body } from './native-stack'
import { quickSum, type Quick } from './number-code'
import { arithmeticCode, binary, booleanOf, conditional } from './operators'
import {
  hasPath,
  selectComputed,
  selectOfVariable,
  selectOne,
  selectOr,
  selectPath,
  Site,
  type NameCode,
} from './select'
import { Code, force, forceAt, Thunk } from './thunk'
import { Float, Lambda, Path, type Environment, type Slot, type Value } from './values'

/** Gives the value of a node in an environment. */
export type Strict = (environment: Environment) => Value

/** Gives a slot for a node in an environment: as code, a thunk of it. */
export type Delayed = Code | ((environment: Environment) => Slot)

/** The slot of a node in an environment. */
export function slotOf(delayed: Delayed, environment: Environment): Slot {
  return typeof delayed === 'function' ? delayed(environment) : new Thunk(delayed, environment)
}

/** Syntactic nesting counts every so many nodes, as so many levels: a node takes one frame or two. */
const nestingPerCheck = 6
const levelsPerCheck = 4

/** What has been compiled of a node for the deep evaluator too. */
interface Pieces {
  code?: Code
  strict?: Strict
  args?: (environment: Environment) => Slot[]
  environment?: (outer: Environment) => Environment
  set?: SetParts
}

function piecesOf(node: Node): Pieces {
  return (node.compiled ??= {})
}

/** The code of a thunk for a whole tree: compiled once, however many evaluators share the tree. */
export function treeCode(node: Node): Code {
  return (piecesOf(node).code ??= codeOf(node))
}

const noSlots: readonly number[] = []

/** A lambda's body, compiled when it is first called. */
export class LambdaCode implements Body {
  deep = false
  readonly arity: number
  /** Evaluates the body, in an environment that is complete. */
  run: (this: LambdaCode, environment: Environment) => Value
  /** Which parameters are forced first (forced-parameters.ts), as is known from the first call on. */
  forced = 0
  /** The shape of the set whose attributes were bound to the formals last (formals.ts). */
  seenShape: Shape | null = null
  /** One that came twice running, and where it has the attribute of each formal; -1 for a default. */
  boundShape: Shape | null = null
  boundSlots: readonly number[] = noSlots
  private defaults: (Delayed | null)[] | null = null

  constructor(readonly node: LambdaNode) {
    this.arity = node.parameters.length
    this.run = runFirstCall
  }

  /** The delayed default of a formal. */
  default(index: number): Delayed | null {
    this.defaults ??= this.node.formals!.formals.map((formal) =>
      formal.default === null ? null : delayed(formal.default),
    )
    return this.defaults[index]
  }
}

/** Compiles the body of a lambda that is called for the first time. */
function runFirstCall(this: LambdaCode, environment: Environment): Value {
  this.forced = forcedParameters(this.node)
  this.run = strict(this.node.body)
  return this.run(environment)
}

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
      return callNode(node, nesting)
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

/** A slot for a node: its value where that is there without evaluating, else a thunk. */
export function delayed(node: Node): Delayed {
  switch (node.kind) {
    case NodeKind.Int:
    case NodeKind.Float:
    case NodeKind.String:
    case NodeKind.Path:
      return strict(node)
    case NodeKind.Global: {
      const { name } = node
      const value = fixedGlobal(name)
      return value === undefined ? () => globalSlot(name) : constant(value)
    }
    case NodeKind.List:
      if (node.items.length === 0) return () => emptyList
      break
    case NodeKind.Local:
      return delayedLocal(node, node.level, node.slot)
  }
  return codeOf(node)
}

// What closures capture here are parameters: V8 checks captured constants each time they are used, as
// they might not have been initialised yet.

function constant<T extends Value>(value: T): () => T {
  return () => value
}

function lambda(code: LambdaCode): Strict {
  return (environment) => new Lambda(code, environment)
}

function within(extend: (outer: Environment) => Environment, body: Strict): Strict {
  return (environment) => body(extend(environment))
}

function delayedLocal(node: Node, level: number, slot: number): Delayed {
  // While a recursive environment is being filled, a later slot is not there yet.
  return level === 0
    ? (environment) => environment[slot] ?? pendingSlot(node, environment, level, slot)
    : (environment) =>
        ancestor(environment, level)[slot] ?? pendingSlot(node, environment, level, slot)
}

const emptyList: readonly Slot[] = []

function pendingSlot(node: Node, environment: Environment, level: number, slot: number): Slot {
  if (ancestor(environment, level)[slot] === null) return null
  return new Thunk(treeCode(node), environment)
}

/** The code of a thunk that evaluates a node. */
export function codeOf(node: Node): Code {
  return new Code(runFirst, node, null)
}

/** Compiles the node of a thunk that is forced for the first time. */
function runFirst(this: Code, environment: never): Value {
  this.run = strict(this.node as Node)
  return this.run(environment)
}

function ancestor(environment: Environment, level: number): Environment {
  let found = environment
  for (let i = level; i > 0; i--) found = found[0] as Environment
  return found
}

/** What a global name means to every evaluator; undefined where each has its own. */
function fixedGlobal(name: ByteString): Value | undefined {
  const slot = globalSlot(name)
  const isFixed = slot instanceof Builtin || typeof slot === 'boolean' || slot === null
  return isFixed ? slot : undefined
}

/** What a global name means to the evaluator at work. */
export function globalSlot(name: ByteString): Slot {
  const slot = current.evaluator.globals.get(name)
  if (slot === undefined) throw undefinedVariable(name, 0)
  return slot
}

function local(level: number, slot: number, position: Position): Strict {
  switch (level) {
    case 0:
      return (environment) => forceAt(environment[slot] as Slot, position)
    case 1:
      return (environment) => forceAt(environment[0]![slot] as Slot, position)
    case 2:
      return (environment) => forceAt(environment[0]![0]![slot] as Slot, position)
    default:
      return (environment) => forceAt(ancestor(environment, level)[slot] as Slot, position)
  }
}

function withVariable(name: ByteString, levels: readonly number[], position: Position): Strict {
  const sites = levels.map(() => new Site(name))
  return (environment) => {
    for (let i = 0; i < levels.length; i++) {
      const subject = force(ancestor(environment, levels[i])[1] as Slot)
      const slot = sites[i].slotIn(expectSet(subject, position, withContext))
      if (slot !== undefined) return forceAt(slot, position)
    }
    throw undefinedVariable(name, position)
  }
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

/** The delayed arguments of a call. */
export function argumentsOf(node: CallNode): (environment: Environment) => Slot[] {
  return (piecesOf(node).args ??= delayedAll(node.args))
}

function delayedAll(nodes: readonly Node[]): (environment: Environment) => Slot[] {
  const items = nodes.map(delayed)
  switch (items.length) {
    case 0:
      return () => []
    case 1:
      return listOf1(items[0])
    case 2:
      return listOf2(items[0], items[1])
  }
  return listOf(items, items.length)
}

function listOf1(a: Delayed): (environment: Environment) => Slot[] {
  return (environment) => [slotOf(a, environment)]
}

function listOf2(a: Delayed, b: Delayed): (environment: Environment) => Slot[] {
  return (environment) => [slotOf(a, environment), slotOf(b, environment)]
}

function listOf(items: readonly Delayed[], count: number): (environment: Environment) => Slot[] {
  return (environment) => {
    const slots = new Array<Slot>(count)
    for (let i = 0; i < count; i++) slots[i] = slotOf(items[i], environment)
    return slots
  }
}

function callNode(node: CallNode, nesting: number): Strict {
  const fn = nested(node.fn, nesting)
  const { args, position } = node
  if (args.length === 1) {
    const quick = quickSum(args[0])
    const a = delayed(args[0])
    return quick === null ? callOf1(fn, a, position) : callWithSum(fn, quick, a, position)
  }
  if (args.length === 2) {
    const isImport = node.fn.kind === NodeKind.Global && node.fn.name === 'import'
    const of2 = isImport ? callOfImported : callOf2
    return of2(fn, delayed(args[0]), delayed(args[1]), position)
  }
  if (args.length === 3) {
    return callOf3(fn, delayed(args[0]), delayed(args[1]), delayed(args[2]), position)
  }
  return callOf(fn, argumentsOf(node), position)
}

function callOf1(fn: Strict, a: Delayed, position: Position): Strict {
  return (environment) => call1(fn(environment), slotOf(a, environment), position)
}

/** A call whose argument is a sum: no thunk is made of it where the function would force it first. */
function callWithSum(fn: Strict, quick: Quick<number>, a: Delayed, position: Position): Strict {
  return (environment) => {
    const callee = fn(environment)
    const forced = callee instanceof Lambda ? callee.code.forced : 0
    const argument = (forced & 1) === 0 ? undefined : quick(environment)
    return call1(callee, argument ?? slotOf(a, environment), position)
  }
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

/** The environment that the body of a `with` or `let` sees. */
export function extendedEnvironment(node: WithNode | LetNode): (outer: Environment) => Environment {
  return (piecesOf(node).environment ??=
    node.kind === NodeKind.With
      ? withEnvironment(node)
      : recursiveEnvironment(node.bindings, node.inheritedFrom))
}

function withEnvironment(node: WithNode): (outer: Environment) => Environment {
  const subject = delayed(node.subject)
  return (outer) => [outer, slotOf(subject, outer)]
}

function recursiveEnvironment(
  bindings: readonly Binding[],
  inheritedFrom: readonly Node[],
  delay: (node: Node) => Delayed = delayed,
): (outer: Environment) => Environment {
  const slots = bindings.map(({ inherited, value }) => (inherited ? delayed(value) : delay(value)))
  const isOutside = bindings.map(({ inherited }) => inherited)
  const from = inheritedFrom.map(delayed)
  const count = slots.length
  const size = count + from.length + 1
  return (outer) => {
    const environment = new Array(size) as unknown as Environment
    environment[0] = outer
    for (let i = 0; i < from.length; i++) {
      environment[count + 1 + i] = slotOf(from[i], environment)
    }
    for (let i = 0; i < count; i++) {
      environment[i + 1] = slotOf(slots[i], isOutside[i] ? outer : environment)
    }
    return environment
  }
}

/** How a set is made, in the steps that both evaluators share. */
export interface SetParts {
  /** The environment that recursive bindings and `inherit (e)` see; the outer one if there is none. */
  environment(outer: Environment): Environment
  /** The static attributes. */
  make(outer: Environment, inner: Environment): AttributeSet
  /** With the dynamic ones, whose names (null: left out) have been evaluated. */
  extend(set: AttributeSet, inner: Environment, names: readonly (ByteString | null)[]): AttributeSet
}

export function setParts(node: AttributeSetNode): SetParts {
  return (piecesOf(node).set ??= node.recursive ? recursiveParts(node) : plainParts(node))
}

function shapeOf(bindings: readonly Binding[]): Shape {
  return new Shape(
    bindings.map((binding) => binding.name),
    bindings.map((binding) => binding.position),
  )
}

function plainParts(node: AttributeSetNode): SetParts {
  const shape = shapeOf(node.bindings)
  const slots = node.bindings.map((binding) => delayed(binding.value))
  const count = slots.length
  const from = node.inheritedFrom.map(delayed)
  const fromInner = node.fromInherit
  const extend = dynamicAttributes(node)
  if (from.length === 0) {
    return {
      environment: (outer) => outer,
      make(outer) {
        const values = new Array<Slot>(count)
        for (let i = 0; i < count; i++) values[i] = slotOf(slots[i], outer)
        return new AttributeSet(shape, values)
      },
      extend,
    }
  }
  return {
    environment: (outer) => [outer, ...from.map((slot) => slotOf(slot, outer))],
    make(outer, inner) {
      const values = new Array<Slot>(count)
      for (let i = 0; i < count; i++) {
        values[i] = slotOf(slots[i], fromInner[i] === 1 ? inner : outer)
      }
      return new AttributeSet(shape, values)
    },
    extend,
  }
}

function recursiveParts(node: AttributeSetNode): SetParts {
  const shape = shapeOf(node.bindings)
  const count = node.bindings.length
  const overrides = shape.find('__overrides')
  // What is overridden later must not have been looked up already.
  const environment = recursiveEnvironment(
    node.bindings,
    node.inheritedFrom,
    overrides < 0 ? delayed : codeOf,
  )
  return {
    environment,
    make(_outer, inner) {
      const values = new Array<Slot>(count)
      for (let i = 0; i < count; i++) values[i] = inner[i + 1] as Slot
      const set = new AttributeSet(shape, values)
      return overrides < 0 ? set : applyOverrides(set, inner, values[overrides])
    },
    extend: dynamicAttributes(node),
  }
}

/** `rec { __overrides = { … }; }`: the overriding attributes are seen by the others, too. */
function applyOverrides(set: AttributeSet, inner: Environment, slot: Slot): AttributeSet {
  const overrides = expectSet(force(slot), 0, 'while evaluating the `__overrides` attribute')
  for (const name of overrides.names) {
    const index = set.shape.find(name)
    if (index >= 0) inner[index + 1] = overrides.get(name) as Slot
  }
  return set.update(overrides)
}

function dynamicAttributes(node: AttributeSetNode): SetParts['extend'] {
  const values = node.dynamic.map((binding) => delayed(binding.value))
  // Names are often the same as the last time: then the shape is, too, and it may be shared.
  let lastNames: readonly (ByteString | null)[] = []
  let lastShape: Shape | null = null
  return (set, inner, names) => {
    const builder = new AttributeSetBuilder()
    for (let i = 0; i < set.names.length; i++) {
      builder.set(set.names[i], set.slots[i], set.shape.positionOf(i))
    }
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      if (name === null) continue
      const { position } = node.dynamic[i]
      if (builder.has(name)) throw duplicateAttribute(builder.positionOf(name), name, position)
      builder.set(name, slotOf(values[i], inner), position)
    }
    const same = lastShape !== null && names.every((name, i) => name === lastNames[i])
    const result = same ? builder.buildAs(lastShape as Shape) : builder.build()
    lastNames = names
    lastShape = result.shape
    return result
  }
}

function duplicateAttribute(first: Position, name: ByteString, position: Position): NixError {
  const place = current.evaluator.describePosition(first)
  const where = place === null ? '' : ` at ${place}`
  return new NixError(
    'duplicate-attribute',
    `dynamic attribute '${name}' already defined${where}`,
    position,
  )
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

/** The name of a dynamic attribute; null leaves the attribute out. */
export function dynamicName(value: Value, position: Position): ByteString | null {
  const context = 'while evaluating the name of a dynamic attribute'
  return value === null ? null : expectPlainString(value, position, context)
}
