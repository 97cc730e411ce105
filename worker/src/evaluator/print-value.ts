/**
 * Nix's two printers of values.
 *
 * `printAmbiguous` is what `nix-instantiate --eval` prints (print-ambiguous.cc); `printForError` is
 * the limited form inside messages (print.cc with errorPrintOptions). Neither forces anything.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { showFloat } from '../language/numbers'
import { printName, printString } from '../language/print-tree'
import { AttributeSet } from './attribute-set'
import { Builtin } from './builtin'
import { current } from './current'
import { blackhole, Thunk } from './thunk'
import {
  ContextString,
  Float,
  type Lambda,
  PartialApplication,
  Path,
  type List,
  type Slot,
  type Value,
} from './values'

/** Guillemets as the bytes that they are in UTF-8: all printed text is byte strings. */
const open = '\u00c2\u00ab'
const close = '\u00c2\u00bb'

const repeated = `${open}repeated${close}`
const thunk = `${open}thunk${close}`
const potentialRecursion = `${open}potential infinite recursion${close}`

/** Prints what needs no look inside; undefined for lists, sets and functions. */
function printScalar(value: Value, maxString = Infinity): ByteString | undefined {
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') {
    return String(value)
  }
  if (value instanceof Float) return showFloat(value.value)
  if (value instanceof Path) return value.path
  const text = value instanceof ContextString ? value.text : value
  if (typeof text !== 'string') return undefined
  if (text.length <= maxString) return printString(text)
  const rest = text.length - maxString
  return `${printString(text.slice(0, maxString))} ${open}${count(rest, 'byte')} elided${close}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/**
 * What `nix-instantiate --eval` prints of a value.
 *
 * @param showsRepeated print in full what was printed before, as the manifests of user environments have it
 */
export function printAmbiguous(value: Value, showsRepeated = false): ByteString {
  const output: ByteString[] = []
  const seen = new Set<unknown>()
  // Text still to be printed and slots still to be looked at, the next one last.
  const work: ({ text: ByteString } | { slot: Slot })[] = [{ slot: value }]
  while (work.length > 0) {
    const item = work.pop()!
    if ('text' in item) {
      output.push(item.text)
      continue
    }
    const { slot } = item
    if (slot instanceof Thunk && slot.code !== null) {
      output.push(slot.code === blackhole ? potentialRecursion : '<CODE>')
      continue
    }
    const found = slot instanceof Thunk ? (slot.payload as Value) : slot
    const scalar = printScalar(found)
    if (scalar !== undefined) output.push(scalar)
    else if (Array.isArray(found)) {
      // A list is known by the slot that holds it, a set by itself, as in Nix.
      if (found.length > 0 && seen.has(slot) && !showsRepeated) {
        output.push(repeated)
        continue
      }
      seen.add(slot)
      output.push('[ ')
      work.push({ text: ']' })
      for (let i = found.length - 1; i >= 0; i--) work.push({ text: ' ' }, { slot: found[i] })
    } else if (found instanceof AttributeSet) {
      if (found.size > 0 && seen.has(found) && !showsRepeated) {
        output.push(repeated)
        continue
      }
      seen.add(found)
      output.push('{ ')
      work.push({ text: '}' })
      for (let i = found.size - 1; i >= 0; i--) {
        work.push({ text: '; ' }, { slot: found.slots[i] })
        work.push({ text: `${printName(found.names[i])} = ` })
      }
    } else if (found instanceof Builtin) output.push('<PRIMOP>')
    else if (found instanceof PartialApplication && found.fn instanceof Builtin) {
      output.push('<PRIMOP-APP>')
    } else output.push('<LAMBDA>')
  }
  return output.join('')
}

/** `«lambda f @ file:1:2»`, `«primop map»`, `«partially applied primop map»` */
export function printFunction(value: Lambda | Builtin | PartialApplication): ByteString {
  if (value instanceof Builtin) return `${open}primop ${value.name}${close}`
  if (value instanceof PartialApplication && value.fn instanceof Builtin) {
    return `${open}partially applied primop ${value.fn.name}${close}`
  }
  const given = value instanceof PartialApplication ? value.args.length : 0
  const lambda = (value instanceof PartialApplication ? value.fn : value) as Lambda
  const { node } = lambda.code
  const place = current.evaluator.describePosition(node.parameterPositions[given] ?? node.position)
  const name = given === 0 && node.name !== '' ? ` ${node.name}` : ''
  return `${open}lambda${name}${place === null ? '' : ` @ ${place}`}${close}`
}

const errorLimits = { depth: 10, attributes: 10, items: 10, bytes: 1024 }

/** A value as messages show it: limited in depth, length and number, nothing forced. */
export function printForError(value: Value): ByteString {
  let attributes = 0
  let items = 0
  const seen = new Set<unknown>()
  const print = (slot: Slot, depth: number): ByteString => {
    if (slot instanceof Thunk && slot.code !== null) {
      return slot.code === blackhole ? potentialRecursion : thunk
    }
    const found = slot instanceof Thunk ? (slot.payload as Value) : slot
    const scalar = printScalar(found, errorLimits.bytes)
    if (scalar !== undefined) return scalar
    if (Array.isArray(found)) return printItems(found as List, slot, depth)
    if (found instanceof AttributeSet) return printAttributes(found, depth)
    return printFunction(found as Lambda)
  }
  const printItems = (list: List, slot: Slot, depth: number): ByteString => {
    if (list.length > 0 && seen.has(slot)) return repeated
    seen.add(slot)
    if (depth >= errorLimits.depth) return '[ ... ]'
    let text = '['
    for (let i = 0; i < list.length; i++) {
      if (items >= errorLimits.items) {
        text += ` ${open}${count(list.length - i, 'item')} elided${close}`
        break
      }
      text += ` ${print(list[i], depth + 1)}`
      items++
    }
    return `${text} ]`
  }
  const printAttributes = (set: AttributeSet, depth: number): ByteString => {
    if (seen.has(set)) return repeated
    seen.add(set)
    if (depth >= errorLimits.depth) return '{ ... }'
    const important = (name: ByteString) => name === 'type' || name === '_type'
    const names = [...set.names].sort((a, b) => Number(important(b)) - Number(important(a)))
    let text = '{'
    for (let i = 0; i < names.length; i++) {
      if (attributes >= errorLimits.attributes) {
        text += ` ${open}${count(names.length - i, 'attribute')} elided${close}`
        break
      }
      text += ` ${printName(names[i])} = ${print(set.get(names[i])!, depth + 1)};`
      attributes++
    }
    return `${text} }`
  }
  return print(value, 0)
}
