import { arithmetic } from '../arithmetic'
import { Builtin, type BuiltinDefinition } from '../builtin'
import { call2 } from '../call'
import { compare } from '../comparison'
import { NixError } from '../errors'
import { expectBoolean } from '../expect'
import { ArithmeticOperator } from '../../language/tree'
import { Apply, runResumable } from '../machine'
import { peekSort, peekSortAtOnce } from '../peek-sort'
import { force } from '../thunk'
import type { Value } from '../values'
import { callable, list } from './parameters'

const elementsOf = list('while evaluating the second argument passed to builtins.sort')
const functionOf = callable('while evaluating the first argument passed to builtins.sort')
const orderingContext = 'while evaluating the ordering function passed to builtins.sort'
const resultContext =
  'while evaluating the return value of the sorting function passed to builtins.sort'

/** `sort lessThan` compares without calling. */
function isLessThan(fn: Value): boolean {
  return fn instanceof Builtin && fn.name === 'lessThan'
}

function comparesDirectly(left: Value, right: Value): boolean {
  try {
    return (arithmetic(ArithmeticOperator.Less, left, right) ??
      runResumable(compare(left, right))) as boolean
  } catch (error) {
    throw ordering(error)
  }
}

function ordering(error: unknown): unknown {
  return error instanceof NixError ? error.addFrame(orderingContext, 0) : error
}

export const sortBuiltin: BuiltinDefinition = {
  name: 'sort',
  args: ['comparator', 'list'],
  type: '(a -> a -> Bool) -> [a] -> [a]',
  since: '1.10',
  doc: 'The elements of *list* in order. *comparator* is given two elements and says whether the first comes before the second. Elements that are equal stay in order.',
  example: { expression: 'builtins.sort (a: b: a < b) [ 3 1 2 ]', value: '[ 1 2 3 ]' },
  native(_, comparator, xs) {
    const elements = elementsOf.take(xs)
    if (elements.length === 0) return elements
    const fn = functionOf.take(comparator)
    const items = elements.map(force)
    const isLess = isLessThan(fn)
      ? comparesDirectly
      : (left: Value, right: Value) => expectBoolean(call2(fn, left, right, 0), 0, resultContext)
    peekSortAtOnce(items, isLess)
    return items
  },
  *resume(_, comparator, xs) {
    const elements = yield* elementsOf.receive(xs)
    if (elements.length === 0) return elements
    const fn = yield* functionOf.receive(comparator)
    const items: Value[] = []
    for (const element of elements) items.push(yield element)
    const steps = peekSort(items)
    const direct = isLessThan(fn)
    for (let step = steps.next(); step.done !== true;) {
      const { left, right } = step.value
      let answer: Value
      if (direct) {
        try {
          answer = yield compare(left, right)
        } catch (error) {
          throw ordering(error)
        }
      } else answer = yield new Apply(fn, [left, right])
      step = steps.next(expectBoolean(answer, 0, resultContext))
    }
    return items
  },
}
