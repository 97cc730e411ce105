import { arithmetic } from '../arithmetic'
import type { BuiltinDefinition } from '../builtin'
import { compare } from '../comparison'
import { NixError } from '../errors'
import { expectList, expectSet } from '../expect'
import { getAttribute } from '../get-attribute'
import { ArithmeticOperator } from '../../language/tree'
import { Apply, type Resumable } from '../machine'
import { printForError } from '../print-value'
import { force, isForced } from '../thunk'
import type { Slot, Value } from '../values'
import { callable, list, set } from './parameters'

const argument = set('while evaluating the first argument passed to builtins.genericClosure')
const inArgument = 'in the attrset passed as argument to builtins.genericClosure'
const startSet = list(
  "while evaluating the 'startSet' attribute passed as argument to builtins.genericClosure",
)
const operator = callable(
  "while evaluating the 'operator' attribute passed as argument to builtins.genericClosure",
)
const operatorResult =
  'while evaluating the return value of the `operator` passed to builtins.genericClosure'

interface Entry {
  key: Value
  element: Value
}

/**
 * The keys seen so far. Nix keeps them in order, comparing them as `<` does; as long as all are
 * strings, or all integers, a hash table gives the same answers.
 */
class Keys {
  private kind: 'string' | 'int' | null = null
  private readonly plain = new Map<Value, Entry>()
  private sorted: Entry[] | null = null

  private *compare(left: Value, element: Value, right: Value): Resumable {
    try {
      return yield compare(left, right)
    } catch (error) {
      if (!(error instanceof NixError)) throw error
      // One of the two is the key that is being added: the other's element is told, too.
      const other = (this.sorted as Entry[]).find(({ key }) => key === left || key === right)
      if (other === undefined) {
        throw error.addFrame(`while checking key of element ${printForError(element)}`, 0)
      }
      error.addFrame(`with element ${printForError(other.element)}`, 0)
      throw error.addFrame(`while comparing element ${printForError(element)}`, 0)
    }
  }

  /** Adds a key and gives true, or gives false where an equal one is there. */
  *add(key: Value, element: Value): Resumable {
    if (this.sorted === null) {
      const kind = plainKind(key)
      if (kind !== null && (this.kind === null || this.kind === kind)) {
        this.kind = kind
        if (this.plain.has(key)) return false
        this.plain.set(key, { key, element })
        return true
      }
      this.sorted = [...this.plain.values()].sort((a, b) =>
        arithmetic(ArithmeticOperator.Less, a.key, b.key) === true ? -1 : 1,
      )
    }
    const { sorted } = this
    // Finds the first entry that the key comes before; equal is what does not come before the key.
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((yield this.compare(key, element, sorted[middle].key)) === true) high = middle
      else low = middle + 1
    }
    if (low > 0 && (yield this.compare(sorted[low - 1].key, element, key)) !== true) return false
    sorted.splice(low, 0, { key, element })
    return true
  }
}

function plainKind(key: Value): 'string' | 'int' | null {
  if (typeof key === 'string') return 'string'
  return typeof key === 'number' || typeof key === 'bigint' ? 'int' : null
}

function show(slot: Slot): string {
  return isForced(slot) ? printForError(force(slot)) : '\u00c2\u00abthunk\u00c2\u00bb'
}

/** The key of an element, which must be a set; not forced yet. */
function keyOf(element: Value): Slot {
  try {
    const key = expectSet(element, 0).get('key')
    if (key !== undefined) return key
    throw new NixError('missing-attribute', "attribute 'key' missing")
  } catch (error) {
    throw inElement(error, element)
  }
}

function inElement(error: unknown, element: Slot): unknown {
  if (error instanceof NixError) error.addFrame(`in genericClosure element ${show(element)}`, 0)
  return error
}

export const genericClosureBuiltin: BuiltinDefinition = {
  name: 'genericClosure',
  args: ['attrset'],
  type: '{ startSet :: [{ key :: a; ... }]; operator :: { key :: a; ... } -> [{ key :: a; ... }]; } -> [{ key :: a; ... }]',
  since: '1.0',
  doc: 'All elements that can be reached from those in the list `startSet` by applying `operator`, which gives a list of further ones. Each is a set with a `key`; of elements with equal keys only the first is kept.',
  example: {
    expression:
      'builtins.genericClosure { startSet = [ { key = 1; } ]; operator = { key }: if key < 3 then [ { key = key + 1; } ] else [ ]; }',
    value: '[ { key = 1; } { key = 2; } { key = 3; } ]',
  },
  *resume(_, attributes) {
    const given = yield* argument.receive(attributes)
    const start = yield* startSet.receive(getAttribute(given, 'startSet', inArgument))
    if (start.length === 0) return start
    const fn = yield* operator.receive(getAttribute(given, 'operator', inArgument))
    const work: Slot[] = [...start]
    const found: Value[] = []
    const keys = new Keys()
    for (let i = 0; i < work.length; i++) {
      let element: Value
      try {
        element = yield work[i]
      } catch (error) {
        throw inElement(error, work[i])
      }
      const key: Value = yield keyOf(element)
      if ((yield keys.add(key, element)) !== true) continue
      found.push(element)
      try {
        const result: Value = yield new Apply(fn, [element])
        for (const next of expectList(result, 0, operatorResult)) {
          yield next
          work.push(next)
        }
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while calling operator on genericClosure element ${show(element)}`, 0)
        }
        throw error
      }
    }
    return found
  },
}
