/** Matching an argument against `{ a, b ? default, ... }`. */
import type { AttributeSet } from './attribute-set'
import { slotOf } from './delayed'
import type { LambdaCode } from './lambda-code'
import { NixError } from './errors'
import { expectSet } from './expect'
import { nearest } from './suggestions'
import type { Environment, Slot, Value } from './values'

/**
 * The environment of a lambda's body: `[parent, argument, formal 1, …]`.
 *
 * @param argument the slot that was passed, and `value`, what it was forced to
 * @throws NixError where the argument is no set, lacks an attribute or has one too many
 */
export function bindFormals(
  code: LambdaCode,
  parent: Environment | null,
  argument: Slot,
  value: Value,
): Environment {
  const { formals, ellipsis } = code.node.formals!
  const set = expectSet(value, code.node.position, argumentContext)
  const count = formals.length
  const shape = set.flat
  if (shape !== null && shape === code.boundShape) return bindAgain(code, parent, argument, set)
  const environment = new Array(count + 2) as unknown as Environment
  environment[0] = parent
  environment[1] = argument
  let used = 0
  let defaults = false
  for (let i = 0; i < count; i++) {
    const slot = set.get(formals[i].name)
    if (slot !== undefined) {
      used++
      environment[i + 2] = slot
    } else if (formals[i].default !== null) defaults = true
    else throw missingArgument(code, formals[i].name)
  }
  if (!ellipsis && used !== set.size) throw unexpectedArgument(code, set)
  if (shape !== null) {
    if (shape === code.seenShape) {
      code.boundShape = shape
      code.boundSlots = formals.map(({ name }) => shape.find(name))
    } else code.seenShape = shape
  }
  if (defaults) {
    for (let i = 0; i < count; i++) {
      if (!set.has(formals[i].name)) environment[i + 2] = slotOf(code.default(i)!, environment)
    }
  }
  return environment
}

/** Binds a set of the shape that was bound last: what is where is known, and that it fits. */
function bindAgain(
  code: LambdaCode,
  parent: Environment | null,
  argument: Slot,
  set: AttributeSet,
): Environment {
  const { boundSlots } = code
  const { slots } = set
  const count = boundSlots.length
  const environment = new Array(count + 2) as unknown as Environment
  environment[0] = parent
  environment[1] = argument
  let defaults = false
  for (let i = 0; i < count; i++) {
    const index = boundSlots[i]
    if (index >= 0) environment[i + 2] = slots[index]
    else defaults = true
  }
  if (defaults) {
    for (let i = 0; i < count; i++) {
      if (boundSlots[i] < 0) environment[i + 2] = slotOf(code.default(i)!, environment)
    }
  }
  return environment
}

const argumentContext = 'while evaluating the value passed for the lambda argument'

function nameOf(code: LambdaCode): string {
  return code.node.name === '' ? 'anonymous lambda' : code.node.name
}

function missingArgument(code: LambdaCode, name: string): NixError {
  return new NixError(
    'missing-argument',
    `function '${nameOf(code)}' called without required argument '${name}'`,
    code.node.position,
  )
}

function unexpectedArgument(code: LambdaCode, set: AttributeSet): NixError {
  const { formals } = code.node.formals!
  const names = formals.map((formal) => formal.name)
  const name = set.names.find((candidate) => !names.includes(candidate)) as string
  return new NixError(
    'unexpected-argument',
    `function '${nameOf(code)}' called with unexpected argument '${name}'`,
    code.node.position,
    nearest(name, names),
  )
}
