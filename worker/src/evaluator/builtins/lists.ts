/** Builtins on lists. Sorting and genericClosure are in files of their own. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { applications1, definitionOf } from '../application'
import { AttributeSetBuilder, attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { call1, call2 } from '../call'
import { equal, equalResumable } from '../equality'
import { NixError } from '../errors'
import { expectBoolean, expectList, expectPlainString } from '../expect'
import { Apply } from '../machine'
import { force } from '../thunk'
import type { List, Slot, Value } from '../values'
import { genericClosureBuiltin } from './generic-closure'
import { callable, integer, list, unary } from './parameters'
import { sortBuiltin } from './sort'

const nth = (name: string) => [
  `while evaluating the first argument passed to builtins.${name}`,
  `while evaluating the second argument passed to builtins.${name}`,
]

function filled(name: string, xs: List): List {
  if (xs.length === 0) throw new NixError('index', `'builtins.${name}' called on an empty list`)
  return xs
}

/** `any` and `all`: whether one element gives `decisive`; if none does, the opposite. */
function quantifier(
  name: 'any' | 'all',
  decisive: boolean,
  documentation: Pick<BuiltinDefinition, 'doc' | 'example'>,
): BuiltinDefinition {
  const predicate = callable(nth(name)[0])
  const elements = list(nth(name)[1])
  const context = `while evaluating the return value of the function passed to builtins.${name}`
  return {
    name,
    args: ['pred', 'list'],
    type: '(a -> Bool) -> [a] -> Bool',
    since: '1.10',
    ...documentation,
    native(_, pred, xs) {
      const fn = predicate.take(pred)
      for (const element of elements.take(xs)) {
        if (expectBoolean(call1(fn, element, 0), 0, context) === decisive) return decisive
      }
      return !decisive
    },
    *resume(_, pred, xs) {
      const fn = yield* predicate.receive(pred)
      for (const element of yield* elements.receive(xs)) {
        const answer: Value = yield new Apply(fn, [element])
        if (expectBoolean(answer, 0, context) === decisive) return decisive
      }
      return !decisive
    },
  }
}

const mapFunction = callable(nth('map')[0])
const mapList = list(nth('map')[1])

function mapped(fn: Value, xs: List): List {
  const apply = applications1(fn, definitionOf(fn))
  const elements = new Array<Slot>(xs.length)
  for (let i = 0; i < xs.length; i++) elements[i] = apply(xs[i])
  return elements
}

const filterFunction = callable(nth('filter')[0])
const filterList = list(nth('filter')[1])
const filterResult =
  'while evaluating the return value of the filtering function passed to builtins.filter'

const concatMapFunction = callable(nth('concatMap')[0])
const concatMapList = list(nth('concatMap')[1])
const concatMapResult =
  'while evaluating the return value of the function passed to builtins.concatMap'

const foldFunction = callable('while evaluating the first argument passed to builtins.foldlStrict')
const foldList = list('while evaluating the third argument passed to builtins.foldlStrict')

const partitionFunction = callable(nth('partition')[0])
const partitionList = list(nth('partition')[1])
const partitionResult =
  'while evaluating the return value of the partition function passed to builtins.partition'

const groupFunction = callable(nth('groupBy')[0])
const groupList = list(nth('groupBy')[1])
const groupResult =
  'while evaluating the return value of the grouping function passed to builtins.groupBy'

const concatListsList = list(nth('concatLists')[0])
const concatListsElement = list(
  'while evaluating a value of the list passed to builtins.concatLists',
)

const elemList = list(nth('elem')[1])

const genListLength = integer(nth('genList')[1])
const genListFunction = callable(nth('genList')[0])
const longestList = 2 ** 32 - 1

function checkLength(length: number | bigint): number {
  if (length < 0 || length > longestList) {
    throw new NixError('evaluation', `cannot create list of size ${length}`)
  }
  return Number(length)
}

function generated(fn: Value, length: number): List {
  const apply = applications1(fn, definitionOf(fn))
  const elements = new Array<Slot>(length)
  for (let i = 0; i < length; i++) elements[i] = apply(i)
  return elements
}

const elemAtIndex = integer("while evaluating the second argument passed to 'builtins.elemAt'")
const elemAtList = list("while evaluating the first argument passed to 'builtins.elemAt'")

function elementAt(xs: List, index: number | bigint): Slot {
  if (index < 0 || index >= xs.length) {
    throw new NixError(
      'index',
      `'builtins.elemAt' called with index ${index} on a list of size ${xs.length}`,
    )
  }
  return xs[Number(index)]
}

/** The concatenation; where only one list has elements it is that very list. */
function concatenate(lists: readonly List[]): List {
  const filled = lists.filter((part) => part.length > 0)
  if (filled.length === 1) return filled[0]
  const elements: Slot[] = []
  for (const part of filled) for (const element of part) elements.push(element)
  return elements
}

class Groups {
  private readonly byName = new Map<ByteString, Slot[]>()

  add(name: Value, element: Slot): void {
    const key = expectPlainString(name, 0, groupResult)
    const group = this.byName.get(key)
    if (group === undefined) this.byName.set(key, [element])
    else group.push(element)
  }

  build(): Value {
    const builder = new AttributeSetBuilder()
    for (const [name, group] of this.byName) builder.set(name, group)
    return builder.build()
  }
}

/** Whether two values that are forced are equal, as elements: one that is the very same is, too. */
function same(a: Value, b: Value): boolean {
  return a === b && typeof a === 'object'
}

export const listBuiltins: BuiltinDefinition[] = [
  quantifier('all', false, {
    doc: 'Whether *pred* is true for every element of *list*. Ends at the first for which it is not.',
    example: { expression: 'builtins.all (x: x > 0) [ 1 2 3 ]', value: 'true' },
  }),
  quantifier('any', true, {
    doc: 'Whether *pred* is true for an element of *list*. Ends at the first for which it is.',
    example: { expression: 'builtins.any (x: x > 2) [ 1 2 3 ]', value: 'true' },
  }),
  {
    name: 'concatLists',
    args: ['lists'],
    type: '[[a]] -> [a]',
    since: '1.2',
    doc: 'The elements of all *lists*, a list of lists, in one list.',
    example: { expression: 'builtins.concatLists [ [ 1 ] [ ] [ 2 3 ] ]', value: '[ 1 2 3 ]' },
    native: (_, lists) =>
      concatenate(concatListsList.take(lists).map((part) => concatListsElement.take(part))),
    *resume(_, lists) {
      const parts: List[] = []
      for (const part of yield* concatListsList.receive(lists)) {
        parts.push(yield* concatListsElement.receive(part))
      }
      return concatenate(parts)
    },
  },
  {
    name: 'concatMap',
    args: ['f', 'list'],
    type: '(a -> [b]) -> [a] -> [b]',
    since: '2.1',
    doc: 'The elements of all lists that *f* gives for the elements of *list*, in one list.',
    example: {
      expression: 'builtins.concatMap (x: [ x (x * 10) ]) [ 1 2 ]',
      value: '[ 1 10 2 20 ]',
    },
    native(_, f, xs) {
      const fn = concatMapFunction.take(f)
      const parts = concatMapList
        .take(xs)
        .map((element) => expectList(call1(fn, element, 0), definitionOf(fn), concatMapResult))
      return concatenate(parts)
    },
    *resume(_, f, xs) {
      const fn = yield* concatMapFunction.receive(f)
      const parts: List[] = []
      for (const element of yield* concatMapList.receive(xs)) {
        const part: Value = yield new Apply(fn, [element])
        parts.push(expectList(part, definitionOf(fn), concatMapResult))
      }
      return concatenate(parts)
    },
  },
  {
    name: 'elem',
    args: ['x', 'xs'],
    type: 'a -> [a] -> Bool',
    since: '1.2',
    doc: 'Whether *xs* has an element that is equal to *x*. Elements after it are not evaluated.',
    example: { expression: 'builtins.elem 2 [ 1 2 3 ]', value: 'true' },
    native(_, x, xs) {
      for (const element of elemList.take(xs)) {
        const a = force(x)
        const b = force(element)
        if (same(a, b) || equal(a, b, 0)) return true
      }
      return false
    },
    *resume(_, x, xs) {
      for (const element of yield* elemList.receive(xs)) {
        const a: Value = yield x
        const b: Value = yield element
        if (same(a, b) || (yield equalResumable(a, b, 0)) === true) return true
      }
      return false
    },
  },
  {
    name: 'elemAt',
    args: ['xs', 'n'],
    type: '[a] -> Int -> a',
    since: '1.2',
    doc: 'Element *n* of the list *xs*, counted from 0.',
    example: { expression: 'builtins.elemAt [ "a" "b" ] 1', value: '"b"' },
    native(_, xs, n) {
      const index = elemAtIndex.take(n)
      return elementAt(elemAtList.take(xs), index)
    },
    *resume(_, xs, n) {
      const index = yield* elemAtIndex.receive(n)
      return elementAt(yield* elemAtList.receive(xs), index)
    },
  },
  {
    name: 'filter',
    args: ['f', 'list'],
    type: '(a -> Bool) -> [a] -> [a]',
    since: '1.2',
    doc: 'The elements of *list* for which *f* gives true.',
    example: { expression: 'builtins.filter (x: x > 1) [ 1 2 3 ]', value: '[ 2 3 ]' },
    native(_, f, xs) {
      const elements = filterList.take(xs)
      if (elements.length === 0) return elements
      const fn = filterFunction.take(f)
      const kept: Slot[] = []
      for (const element of elements) {
        if (expectBoolean(call1(fn, element, 0), 0, filterResult)) kept.push(element)
      }
      return kept.length === elements.length ? elements : kept
    },
    *resume(_, f, xs) {
      const elements = yield* filterList.receive(xs)
      if (elements.length === 0) return elements
      const fn = yield* filterFunction.receive(f)
      const kept: Slot[] = []
      for (const element of elements) {
        const answer: Value = yield new Apply(fn, [element])
        if (expectBoolean(answer, 0, filterResult)) kept.push(element)
      }
      return kept.length === elements.length ? elements : kept
    },
  },
  {
    name: "foldl'",
    args: ['op', 'nul', 'list'],
    type: '(b -> a -> b) -> b -> [a] -> b',
    since: '1.10',
    doc: 'Folds *list* from the left: `op (op (op nul x0) x1) x2`. Every value that *op* gives is evaluated at once; *nul* only if *op* needs it or *list* is empty.',
    example: { expression: "builtins.foldl' (sum: x: sum + x) 0 [ 1 2 3 ]", value: '6' },
    lazy: [1],
    native(_, op, nul, xs) {
      const fn = foldFunction.take(op)
      let accumulator = nul
      for (const element of foldList.take(xs)) accumulator = call2(fn, accumulator, element, 0)
      return accumulator
    },
    *resume(_, op, nul, xs) {
      const fn = yield* foldFunction.receive(op)
      let accumulator = nul
      for (const element of yield* foldList.receive(xs)) {
        accumulator = yield new Apply(fn, [accumulator, element])
      }
      return accumulator
    },
  },
  genericClosureBuiltin,
  {
    name: 'genList',
    args: ['generator', 'length'],
    type: '(Int -> a) -> Int -> [a]',
    since: '1.10',
    doc: 'A list of *length* elements: *generator* applied to 0, 1, 2 and so on. The elements are evaluated when they are needed.',
    example: { expression: 'builtins.genList (i: i * i) 4', value: '[ 0 1 4 9 ]' },
    native(_, generator, length) {
      const count = checkLength(genListLength.take(length))
      return generated(genListFunction.take(generator), count)
    },
    *resume(_, generator, length) {
      const count = checkLength(yield* genListLength.receive(length))
      return generated(yield* genListFunction.receive(generator), count)
    },
  },
  {
    name: 'groupBy',
    args: ['f', 'list'],
    type: '(a -> String) -> [a] -> { ... :: [a] }',
    since: '2.5',
    doc: 'Groups the elements of *list* by the string that *f* gives for them: a set of lists.',
    example: {
      expression: 'builtins.groupBy (builtins.substring 0 1) [ "foo" "bar" "baz" ]',
      value: '{ b = [ "bar" "baz" ]; f = [ "foo" ]; }',
    },
    native(_, f, xs) {
      const fn = groupFunction.take(f)
      const groups = new Groups()
      for (const element of groupList.take(xs)) groups.add(call1(fn, element, 0), element)
      return groups.build()
    },
    *resume(_, f, xs) {
      const fn = yield* groupFunction.receive(f)
      const groups = new Groups()
      for (const element of yield* groupList.receive(xs)) {
        groups.add(yield new Apply(fn, [element]), element)
      }
      return groups.build()
    },
  },
  {
    name: 'head',
    args: ['list'],
    type: '[a] -> a',
    since: null,
    doc: 'The first element of a list that has one.',
    example: { expression: 'builtins.head [ 1 2 ]', value: '1' },
    ...unary(
      list("while evaluating the first argument passed to 'builtins.head'"),
      (xs) => filled('head', xs)[0],
    ),
  },
  {
    name: 'length',
    args: ['e'],
    type: '[a] -> Int',
    since: '0.12',
    doc: 'The number of elements of the list *e*.',
    example: { expression: 'builtins.length [ 1 2 3 ]', value: '3' },
    quick: (value) => (Array.isArray(value) ? value.length : undefined),
    ...unary(list(nth('length')[0]), (xs) => xs.length),
  },
  {
    name: 'map',
    args: ['f', 'list'],
    type: '(a -> b) -> [a] -> [b]',
    since: null,
    global: true,
    doc: '*f* applied to each element of *list*. The elements are evaluated when they are needed.',
    example: { expression: 'map (x: x + 1) [ 1 2 3 ]', value: '[ 2 3 4 ]' },
    native(_, f, xs) {
      const elements = mapList.take(xs)
      return elements.length === 0 ? elements : mapped(mapFunction.take(f), elements)
    },
    *resume(_, f, xs) {
      const elements = yield* mapList.receive(xs)
      return elements.length === 0 ? elements : mapped(yield* mapFunction.receive(f), elements)
    },
  },
  {
    name: 'partition',
    args: ['pred', 'list'],
    type: '(a -> Bool) -> [a] -> { right :: [a]; wrong :: [a]; }',
    since: '2.0',
    doc: 'The elements of *list* for which *pred* is true, and the others: `{ right; wrong; }`.',
    example: {
      expression: 'builtins.partition (x: x > 2) [ 1 2 3 4 ]',
      value: '{ right = [ 3 4 ]; wrong = [ 1 2 ]; }',
    },
    *resume(_, pred, xs) {
      const fn = yield* partitionFunction.receive(pred)
      const right: Slot[] = []
      const wrong: Slot[] = []
      for (const element of yield* partitionList.receive(xs)) {
        yield element
        const answer: Value = yield new Apply(fn, [element])
        if (expectBoolean(answer, 0, partitionResult)) right.push(element)
        else wrong.push(element)
      }
      return attributeSetOf({ right, wrong })
    },
  },
  sortBuiltin,
  {
    name: 'tail',
    args: ['list'],
    type: '[a] -> [a]',
    since: null,
    doc: 'A list without its first element. It is copied: going through a list this way takes quadratic time.',
    example: { expression: 'builtins.tail [ 1 2 3 ]', value: '[ 2 3 ]' },
    ...unary(list("while evaluating the first argument passed to 'builtins.tail'"), (xs) =>
      filled('tail', xs).slice(1),
    ),
  },
]
