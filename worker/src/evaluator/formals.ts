/** Matching an argument against `{ a, b ? default, ... }`. */
import type { AttributeSet } from './attribute-set'
import { slotOf } from './delayed'
import { emptyEnvironment, setSlot, type Environment } from './environment'
import type { LambdaCode } from './lambda-code'
import { NixError } from './errors'
import { expectSet } from './expect'
import { rememberedNames, type Shape } from './shape'
import { nearest } from './suggestions'
import type { Slot, Value } from './values'

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
  const set = expectSet(value, code.node.position, argumentContext)
  const shape = set.flat
  if (shape === null) return bindLayered(code, parent, argument, set)
  if (shape !== code.boundShape) bindShape(code, set, shape)
  return bindAgain(code, parent, argument, set)
}

/** So many shapes are known of one function at most: `mkDerivation` meets one for each package. */
const mostShapes = 4096

/** Makes the shape of a set the one that is bound, if it fits the formals. */
function bindShape(code: LambdaCode, set: AttributeSet, shape: Shape): void {
  let slots = code.knownShapes?.get(shape)
  if (slots === undefined) {
    slots = fitting(code, set, shape)
    // Most functions meet one shape only.
    if (code.boundShape !== null && isRemembered(shape)) {
      let known = code.knownShapes
      if (known === null || known.size >= mostShapes) code.knownShapes = known = new Map()
      if (isRemembered(code.boundShape)) known.set(code.boundShape, code.boundSlots)
      known.set(shape, slots)
    }
  }
  code.boundShape = shape
  code.boundSlots = slots
}

function isRemembered({ names }: Shape): boolean {
  return names.length <= rememberedNames
}

/** Where a shape has the attribute of each formal; -1 for a default. */
function fitting(code: LambdaCode, set: AttributeSet, shape: Shape): readonly number[] {
  const { formals, ellipsis } = code.node.formals!
  const slots = new Array<number>(formals.length)
  let used = 0
  for (let i = 0; i < slots.length; i++) {
    const index = shape.find(formals[i].name)
    if (index >= 0) used++
    else if (formals[i].default === null) throw missingArgument(code, formals[i].name)
    slots[i] = index
  }
  if (!ellipsis && used !== set.size) throw unexpectedArgument(code, set)
  return slots
}

/** Binds a set that has no shape yet. */
function bindLayered(
  code: LambdaCode,
  parent: Environment | null,
  argument: Slot,
  set: AttributeSet,
): Environment {
  const { formals, ellipsis } = code.node.formals!
  const count = formals.length
  const environment = emptyEnvironment(parent, count + 1)
  environment.a = argument
  let used = 0
  let defaults = false
  for (let i = 0; i < count; i++) {
    const slot = set.get(formals[i].name)
    if (slot !== undefined) {
      used++
      setSlot(environment, i + 2, slot)
    } else if (formals[i].default !== null) defaults = true
    else throw missingArgument(code, formals[i].name)
  }
  if (!ellipsis && used !== set.size) throw unexpectedArgument(code, set)
  if (defaults) {
    for (let i = 0; i < count; i++) {
      if (!set.has(formals[i].name))
        setSlot(environment, i + 2, slotOf(code.default(i)!, environment))
    }
  }
  return environment
}

/** Binds a set of the bound shape: what is where is known, and that it fits. */
function bindAgain(
  code: LambdaCode,
  parent: Environment | null,
  argument: Slot,
  set: AttributeSet,
): Environment {
  const { boundSlots } = code
  const { slots } = set
  const count = boundSlots.length
  const environment = emptyEnvironment(parent, count + 1)
  environment.a = argument
  let defaults = false
  for (let i = 0; i < count; i++) {
    const index = boundSlots[i]
    if (index >= 0) setSlot(environment, i + 2, slots[index])
    else defaults = true
  }
  if (defaults) {
    for (let i = 0; i < count; i++) {
      if (boundSlots[i] < 0) setSlot(environment, i + 2, slotOf(code.default(i)!, environment))
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
