/** Values as the page shows them: one node of a tree, nothing forced for it. */
import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet } from '../evaluator/attribute-set'
import { printFunction } from '../evaluator/print-value'
import { showFloat } from '../language/numbers'
import { printName, printString } from '../language/print-tree'
import { isForced, Thunk } from '../evaluator/thunk'
import {
  ContextString,
  Float,
  Path,
  type Context,
  Lambda,
  type List,
  type Slot,
  type Value,
} from '../evaluator/values'
import type { ChildView, Handle, ValueView } from './api'

/** Characters of a list or set that is shown whole on its line. */
const maxWhole = 60
/** Bytes of a string that are shown on its line. */
const maxString = 4000

/** Gives a handle by which the page can ask to have a slot opened. */
export type HandleMaker = (slot: Slot) => Handle

/** A value, or a thunk that has none yet. To be called while the evaluator is at work. */
export function viewSlot(slot: Slot, handleOf: HandleMaker): ValueView {
  if (!isForced(slot)) {
    return { kind: 'thunk', summary: '«thunk»', size: 0, handle: handleOf(slot) }
  }
  const value = valueOf(slot) as Value
  if (value === null) return leaf('null', 'null')
  switch (typeof value) {
    case 'boolean':
      return leaf('bool', String(value))
    case 'number':
    case 'bigint':
      return leaf('int', String(value))
    case 'string':
      return leaf('string', showString(value))
  }
  if (value instanceof Float) return leaf('float', showFloat(value.value))
  if (value instanceof Path) return leaf('path', byteStringToUtf8(value.path))
  if (value instanceof ContextString) {
    return { ...leaf('string', showString(value.text)), context: contextPaths(value.context) }
  }
  if (value instanceof AttributeSet) return viewSet(value, handleOf)
  if (Array.isArray(value)) {
    const size = value.length
    if (size === 0) return leaf('list', '[ ]')
    const summary = `[ ${count(size, 'item')} ]`
    return { kind: 'list', summary, ...wholeOf(value), size, handle: handleOf(value) }
  }
  const view = leaf('function', byteStringToUtf8(printFunction(value as Lambda)))
  if (!(value instanceof Lambda)) return view
  const { formals, parameters } = value.code.node
  if (formals === null) return { ...view, parameters: parameters.map(byteStringToUtf8) }
  const names = formals.formals.map((formal) => ({
    name: byteStringToUtf8(formal.name),
    hasDefault: formal.default !== null,
  }))
  return { ...view, formals: { names, ellipsis: formals.ellipsis } }
}

/** The children of a list or set, at most `count` from `offset`; none of anything else. */
export function viewChildren(
  value: Value,
  offset: number,
  count: number,
  handleOf: HandleMaker,
): ChildView[] {
  const children: ChildView[] = []
  const add = (name: string, slot: Slot) => {
    children.push({ name, value: viewSlot(slot, handleOf) })
  }
  if (value instanceof AttributeSet) {
    const end = Math.min(offset + count, value.size)
    for (let i = offset; i < end; i++) add(byteStringToUtf8(value.names[i]), value.slots[i])
  } else if (Array.isArray(value)) {
    const end = Math.min(offset + count, value.length)
    for (let i = offset; i < end; i++) add(String(i), value[i] as Slot)
  }
  return children
}

/** Whether a set is a derivation so far as is known without forcing anything. */
export function isKnownDerivation(value: Value): value is AttributeSet {
  return value instanceof AttributeSet && textOf(value.get('type')) === 'derivation'
}

function viewSet(set: AttributeSet, handleOf: HandleMaker): ValueView {
  const { size } = set
  if (size === 0) return leaf('attribute set', '{ }')
  const handle = handleOf(set)
  const isFlake = set.has('outputs') && (set.has('inputs') || set.has('description'))
  if (!isKnownDerivation(set)) {
    const summary = `{ ${count(size, 'attribute')} }`
    const view = { kind: 'attribute set', summary, ...wholeOf(set), size, handle } as const
    return isFlake ? { ...view, isFlake } : view
  }
  const drvPath = textOf(set.get('drvPath'))
  const shown = drvPath ?? textOf(set.get('name'))
  return {
    kind: 'derivation',
    summary: shown === null ? '«derivation»' : `«derivation ${byteStringToUtf8(shown)}»`,
    size,
    handle,
    ...(drvPath === null ? {} : { drvPath: byteStringToUtf8(drvPath) }),
  }
}

function wholeOf(value: Value): { whole?: string } {
  const whole = printWhole(value, maxWhole)
  return whole === null ? {} : { whole }
}

/** A value on one line, if it takes at most `room` characters and nothing in it is unforced. */
function printWhole(slot: Slot, room: number): string | null {
  const value = valueOf(slot)
  const isSet = value instanceof AttributeSet
  if (value === undefined || room <= 0 || (isSet && isKnownDerivation(value))) return null
  if (!isSet && !Array.isArray(value)) {
    const { kind, summary } = viewSlot(value, unopened)
    return kind === 'function' || summary.length > room ? null : summary
  }
  const [open, close] = isSet ? '{}' : '[]'
  const names = isSet ? value.names : null
  let text = open
  for (const [index, child] of (isSet ? value.slots : (value as List)).entries()) {
    text += names === null ? ' ' : ` ${byteStringToUtf8(printName(names[index]))} = `
    // The bracket and the space before it still have to fit.
    const shown = printWhole(child, room - text.length - 2)
    if (shown === null) return null
    text += names === null ? shown : `${shown};`
  }
  return text.length + 2 > room ? null : `${text} ${close}`
}

const unopened: HandleMaker = () => {
  throw new Error('what is printed whole has nothing to open')
}

function valueOf(slot: Slot | undefined): Value | undefined {
  if (slot === undefined || !isForced(slot)) return undefined
  return slot instanceof Thunk ? (slot.payload as Value) : slot
}

/** The text of a string that has been forced, else null. */
function textOf(slot: Slot | undefined): ByteString | null {
  const value = valueOf(slot)
  if (value instanceof ContextString) return value.text
  return typeof value === 'string' ? value : null
}

function leaf(kind: ValueView['kind'], summary: string): ValueView {
  return { kind, summary, size: 0, handle: null }
}

/** The store paths that context elements (`/path`, `!output!/drv`, `=/drv`) name, each once. */
function contextPaths(context: Context): string[] {
  const paths = [...context].map((element) => element.slice(element.indexOf('/')))
  return [...new Set(paths)].sort().map(byteStringToUtf8)
}

function showString(text: ByteString): string {
  if (text.length <= maxString) return byteStringToUtf8(printString(text))
  let end = maxString
  // Not within a character: its bytes after the first are 10xxxxxx.
  while (end > 0 && (text.charCodeAt(end) & 0xc0) === 0x80) end--
  const rest = count(text.length - end, 'byte')
  return `${byteStringToUtf8(printString(text.slice(0, end)))} «${rest} elided»`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
