/** Builtins on attribute sets. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../../language/tree'
import { applications2, applicationsToAttributes, definitionOf } from '../application'
import { AttributeSet, AttributeSetBuilder, compareBytes, setOfSorted } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import type { LambdaCode } from '../lambda-code'
import { NixError } from '../errors'
import { getAttribute } from '../get-attribute'
import { Shape } from '../shape'
import { Lambda, type Slot, type Value } from '../values'
import { anything, binary, callable, list, plainText, set, unary } from './parameters'
import { isFunction } from './types'

const firstOf = (name: string) => `while evaluating the first argument passed to builtins.${name}`
const secondOf = (name: string) => `while evaluating the second argument passed to builtins.${name}`

const removedSet = set(firstOf('removeAttrs'))
const removedNames = list(secondOf('removeAttrs'))
const removedName = plainText(
  'while evaluating the values of the second argument passed to builtins.removeAttrs',
)

const catName = plainText(firstOf('catAttrs'))
const catList = list(secondOf('catAttrs'))
const catElement = set(
  'while evaluating an element in the list passed as second argument to builtins.catAttrs',
)

const pairList = list('while evaluating the argument passed to builtins.listToAttrs')
const pairElement = set('while evaluating an element of the list passed to builtins.listToAttrs')
const pairName = plainText(
  'while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs',
)
const inPair = 'in a {name=...; value=...;} pair'

const zipFunction = callable(firstOf('zipAttrsWith'))
const zipList = list(secondOf('zipAttrsWith'))
const zipElement = set(
  'while evaluating a value of the list passed as second argument to builtins.zipAttrsWith',
)

/** The attributes that mapAttrs makes are defined nowhere. */
function withoutPositions(shape: Shape): Shape {
  if (shape.positions === null) return shape
  let bare = bareShapes.get(shape)
  if (bare === undefined) bareShapes.set(shape, (bare = new Shape(shape.names, null)))
  return bare
}

const bareShapes = new WeakMap<Shape, Shape>()

const mappedSet = set(secondOf('mapAttrs'))

function mapAttributes(fn: Slot, { shape, slots }: AttributeSet): AttributeSet {
  return new AttributeSet(withoutPositions(shape), applicationsToAttributes(fn, shape.names, slots))
}

/** What functionArgs gives, by lambda: callPackage asks the same ones again and again. */
const formalsOf = new WeakMap<LambdaCode, { shape: Shape; slots: readonly Slot[] }>()

function functionArgs(fn: Value): AttributeSet {
  if (!isFunction(fn)) throw new NixError('type', "'functionArgs' requires a function")
  if (!(fn instanceof Lambda) || fn.code.node.formals === null) return AttributeSet.empty
  let known = formalsOf.get(fn.code)
  if (known === undefined) {
    const formals = [...fn.code.node.formals.formals].sort((a, b) => compareBytes(a.name, b.name))
    const names = formals.map((formal) => formal.name)
    const positions = formals.map((formal) => formal.position)
    const slots = formals.map((formal) => formal.default !== null)
    formalsOf.set(fn.code, (known = { shape: new Shape(names, positions), slots }))
  }
  return new AttributeSet(known.shape, known.slots)
}

/** Gathers `{ name; value; }` pairs; the first of a name wins. */
class Pairs {
  private names: ByteString[] = []
  private pairs: AttributeSet[] = []

  add(name: ByteString, pair: AttributeSet): void {
    this.names.push(name)
    this.pairs.push(pair)
  }

  /** Values are asked for only now, in the order of the names: a missing one is an error of the end. */
  build(): AttributeSet {
    if (!isRising(this.names)) this.sort()
    const { names, pairs } = this
    const positions = new Array<Position>(names.length)
    const slots = new Array<Slot>(names.length)
    for (let i = 0; i < names.length; i++) {
      slots[i] = getAttribute(pairs[i], 'value', inPair)
      positions[i] = pairs[i].positionOf('value')
    }
    return setOfSorted(names, positions, slots)
  }

  /** Of several pairs with one name the first stays. */
  private sort(): void {
    const firsts = new Map<ByteString, AttributeSet>()
    for (let i = this.names.length - 1; i >= 0; i--) firsts.set(this.names[i], this.pairs[i])
    this.names = [...firsts.keys()].sort()
    this.pairs = this.names.map((name) => firsts.get(name) as AttributeSet)
  }
}

function isRising(names: readonly ByteString[]): boolean {
  for (let i = 1; i < names.length; i++) if (names[i - 1] >= names[i]) return false
  return true
}

export const attributeSetBuiltins: BuiltinDefinition[] = [
  {
    name: 'attrNames',
    args: ['set'],
    type: 'AttrSet -> [String]',
    since: '0.11',
    doc: 'The names of the attributes of *set*, sorted.',
    example: { expression: 'builtins.attrNames { b = 1; a = 2; }', value: '[ "a" "b" ]' },
    ...unary(set('while evaluating the argument passed to builtins.attrNames'), ({ names }) =>
      names.slice(),
    ),
  },
  {
    name: 'attrValues',
    args: ['set'],
    type: '{ ... :: a } -> [a]',
    since: '1.8',
    doc: 'The values of the attributes of *set*, in the order of their sorted names.',
    example: { expression: 'builtins.attrValues { b = 1; a = 2; }', value: '[ 2 1 ]' },
    ...unary(set('while evaluating the argument passed to builtins.attrValues'), ({ slots }) =>
      slots.slice(),
    ),
  },
  {
    name: 'catAttrs',
    args: ['attr', 'list'],
    type: 'String -> [{ ... :: a }] -> [a]',
    since: '1.10',
    doc: 'The values of the attribute *attr* in those sets of *list* that have it.',
    example: {
      expression: 'builtins.catAttrs "a" [ { a = 1; } { b = 0; } { a = 2; } ]',
      value: '[ 1 2 ]',
    },
    native(_, attr, sets) {
      const name = catName.take(attr)
      const values: Slot[] = []
      for (const element of catList.take(sets)) {
        const slot = catElement.take(element).get(name)
        if (slot !== undefined) values.push(slot)
      }
      return values
    },
    *resume(_, attr, sets) {
      const name = yield* catName.receive(attr)
      const values: Slot[] = []
      for (const element of yield* catList.receive(sets)) {
        const slot = (yield* catElement.receive(element)).get(name)
        if (slot !== undefined) values.push(slot)
      }
      return values
    },
  },
  {
    name: 'functionArgs',
    args: ['f'],
    type: '(AttrSet -> a) -> { ... :: Bool }',
    since: '1.4',
    doc: 'The names in the set pattern of the function *f*, each with whether it has a default: `functionArgs ({ x, y ? 1 }: x)` is `{ x = false; y = true; }`. Empty for functions that take anything else.',
    example: {
      expression: 'builtins.functionArgs ({ x, y ? 1 }: x)',
      value: '{ x = false; y = true; }',
    },
    ...unary(anything, functionArgs),
  },
  {
    name: 'getAttr',
    args: ['s', 'set'],
    type: 'String -> { ... :: a } -> a',
    since: null,
    doc: 'The attribute named *s* of *set*, which must have it.',
    example: { expression: 'builtins.getAttr "a" { a = 1; }', value: '1' },
    ...binary(plainText(firstOf('getAttr')), set(secondOf('getAttr')), (name, attributes) =>
      getAttribute(attributes, name, 'in the attribute set under consideration'),
    ),
  },
  {
    name: 'hasAttr',
    args: ['s', 'set'],
    type: 'String -> AttrSet -> Bool',
    since: null,
    doc: 'Whether *set* has an attribute named *s*.',
    example: { expression: 'builtins.hasAttr "b" { a = 1; }', value: 'false' },
    ...binary(plainText(firstOf('hasAttr')), set(secondOf('hasAttr')), (name, attributes) =>
      attributes.has(name),
    ),
  },
  {
    name: 'intersectAttrs',
    args: ['e1', 'e2'],
    type: 'AttrSet -> AttrSet -> AttrSet',
    since: '0.13',
    doc: 'The attributes of the set *e2* whose names the set *e1* has, too.',
    example: {
      expression: 'builtins.intersectAttrs { a = 1; } { a = 2; b = 3; }',
      value: '{ a = 2; }',
    },
    ...binary(set(firstOf('intersectAttrs')), set(secondOf('intersectAttrs')), (left, right) =>
      right.intersect(left),
    ),
  },
  {
    name: 'listToAttrs',
    args: ['e'],
    type: '[{ name :: String; value :: a; }] -> { ... :: a }',
    since: '0.11',
    doc: 'A set of the attributes that *e* lists as `{ name; value; }`. Of several with one name the first counts.',
    example: {
      expression: 'builtins.listToAttrs [ { name = "a"; value = 1; } ]',
      value: '{ a = 1; }',
    },
    native(_, e) {
      const pairs = new Pairs()
      for (const element of pairList.take(e)) {
        const pair = pairElement.take(element)
        const name = getAttribute(pair, 'name', inPair)
        pairs.add(pairName.take(name, pair.positionOf('name')), pair)
      }
      return pairs.build()
    },
    *resume(_, e) {
      const pairs = new Pairs()
      for (const element of yield* pairList.receive(e)) {
        const pair = yield* pairElement.receive(element)
        const name = getAttribute(pair, 'name', inPair)
        pairs.add(yield* pairName.receive(name, pair.positionOf('name')), pair)
      }
      return pairs.build()
    },
  },
  {
    name: 'mapAttrs',
    args: ['f', 'attrset'],
    type: '(String -> a -> b) -> { ... :: a } -> { ... :: b }',
    since: '2.1',
    doc: '*f* applied to the name and the value of each attribute of *attrset*. The results are evaluated when they are needed.',
    example: {
      expression: 'builtins.mapAttrs (name: value: name + toString value) { x = 1; y = 2; }',
      value: '{ x = "x1"; y = "y2"; }',
    },
    native: (_, f, attributes) => mapAttributes(f, mappedSet.take(attributes)),
    *resume(_, f, attributes) {
      return mapAttributes(f, yield* mappedSet.receive(attributes))
    },
  },
  {
    name: 'removeAttrs',
    args: ['set', 'list'],
    type: 'AttrSet -> [String] -> AttrSet',
    since: null,
    global: true,
    doc: '*set* without the attributes whose names are in *list*.',
    example: { expression: 'removeAttrs { a = 1; b = 2; } [ "b" "c" ]', value: '{ a = 1; }' },
    native(_, attributes, names) {
      const from = removedSet.take(attributes)
      return from.remove(new Set(removedNames.take(names).map((name) => removedName.take(name))))
    },
    *resume(_, attributes, names) {
      const from = yield* removedSet.receive(attributes)
      const removed = new Set<ByteString>()
      for (const name of yield* removedNames.receive(names)) {
        removed.add(yield* removedName.receive(name))
      }
      return from.remove(removed)
    },
  },
  {
    name: 'unsafeGetAttrPos',
    args: ['s', 'set'],
    type: 'String -> AttrSet -> { file :: String; line :: Int; column :: Int; } | Null',
    since: '1.7',
    doc: 'Where the attribute named *s* of *set* is defined: `{ file; line; column; }`, or null where that is unknown or there is no such attribute.',
    ...binary(
      plainText(firstOf('unsafeGetAttrPos')),
      set(secondOf('unsafeGetAttrPos')),
      (name, attributes, { evaluator }) => evaluator.positionSet(attributes.positionOf(name)),
    ),
  },
  {
    name: 'zipAttrsWith',
    args: ['f', 'list'],
    type: '(String -> [a] -> b) -> [{ ... :: a }] -> { ... :: b }',
    since: '2.6',
    doc: 'One set of all attributes of the sets in *list*: each is *f* applied to its name and the list of its values. They are evaluated when they are needed.',
    example: {
      expression: 'builtins.zipAttrsWith (name: values: values) [ { a = 1; } { a = 2; b = 3; } ]',
      value: '{ a = [ 1 2 ]; b = [ 3 ]; }',
    },
    *resume(_, f, sets) {
      const fn = yield* zipFunction.receive(f)
      const values = new Map<ByteString, Slot[]>()
      for (const element of yield* zipList.receive(sets)) {
        const { names, slots } = yield* zipElement.receive(element)
        for (let i = 0; i < names.length; i++) {
          const known = values.get(names[i])
          if (known === undefined) values.set(names[i], [slots[i]])
          else known.push(slots[i])
        }
      }
      const apply = applications2(fn, definitionOf(fn))
      const builder = new AttributeSetBuilder()
      for (const [name, all] of values) builder.set(name, apply(name, all))
      return builder.build()
    },
  },
]
