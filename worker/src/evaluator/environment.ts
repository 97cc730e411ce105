/**
 * Environments: what lies in the slots of variables (see language/tree.ts), and the environment around.
 *
 * Most have one slot or two. So they are no arrays, which take two objects each in V8, but objects with
 * their slots as fields: of four forms, as V8 handles a place that meets no more than four well.
 */
import type { Slot } from './values'

/** Slots are counted from 1; those beyond the fifth are in `rest`. */
export interface Environment {
  readonly parent: Environment | null
  /** Undefined while it is not there yet, as the others. */
  a: Slot | undefined
  b?: Slot | undefined
  c?: Slot | undefined
  d?: Slot | undefined
  e?: Slot | undefined
  rest?: Slot[] | null
}

class Environment1 implements Environment {
  constructor(
    readonly parent: Environment | null,
    public a: Slot | undefined,
  ) {}
}

class Environment2 implements Environment {
  constructor(
    readonly parent: Environment | null,
    public a: Slot | undefined,
    public b: Slot | undefined,
  ) {}
}

class Environment3 implements Environment {
  constructor(
    readonly parent: Environment | null,
    public a: Slot | undefined,
    public b: Slot | undefined,
    public c: Slot | undefined,
  ) {}
}

/** The slots that are fields of the largest form. */
const fields = 5

class LargeEnvironment implements Environment {
  d: Slot | undefined = undefined
  e: Slot | undefined = undefined

  constructor(
    readonly parent: Environment | null,
    public a: Slot | undefined,
    public b: Slot | undefined,
    public c: Slot | undefined,
    public rest: Slot[] | null,
  ) {}
}

export function environment1(parent: Environment | null, a: Slot | undefined): Environment {
  return new Environment1(parent, a)
}

export function environment2(parent: Environment | null, a: Slot, b: Slot): Environment {
  return new Environment2(parent, a, b)
}

export function environment3(parent: Environment | null, a: Slot, b: Slot, c: Slot): Environment {
  return new Environment3(parent, a, b, c)
}

/** An environment of so many slots, none of which is there yet. */
export function emptyEnvironment(parent: Environment | null, count: number): Environment {
  switch (count) {
    case 0:
    case 1:
      return new Environment1(parent, undefined)
    case 2:
      return new Environment2(parent, undefined, undefined)
    case 3:
      return new Environment3(parent, undefined, undefined, undefined)
  }
  const rest = count > fields ? new Array<Slot>(count - fields) : null
  return new LargeEnvironment(parent, undefined, undefined, undefined, rest)
}

/** An environment of these slots. */
export function environmentOf(parent: Environment | null, slots: readonly Slot[]): Environment {
  const environment = emptyEnvironment(parent, slots.length)
  for (let i = 0; i < slots.length; i++) setSlot(environment, i + 1, slots[i])
  return environment
}

/**
 * What lies in a slot; undefined if it is not there yet. The first is looked for by itself: so little is
 * inlined everywhere, the whole was not, which made fib a tenth slower.
 */
export function slotIn(environment: Environment, slot: number): Slot | undefined {
  return slot === 1 ? environment.a : laterSlot(environment, slot)
}

function laterSlot(environment: Environment, slot: number): Slot | undefined {
  switch (slot) {
    case 2:
      return environment.b
    case 3:
      return environment.c
    case 4:
      return environment.d
    case 5:
      return environment.e
    default:
      return environment.rest![slot - fields - 1]
  }
}

export function setSlot(environment: Environment, slot: number, value: Slot): void {
  switch (slot) {
    case 1:
      environment.a = value
      break
    case 2:
      environment.b = value
      break
    case 3:
      environment.c = value
      break
    case 4:
      environment.d = value
      break
    case 5:
      environment.e = value
      break
    default:
      environment.rest![slot - fields - 1] = value
  }
}

/** The first slots of an environment that has as many. */
export function firstSlots(environment: Environment, count: number): Slot[] {
  const slots = new Array<Slot>(count)
  for (let i = 0; i < count; i++) slots[i] = slotIn(environment, i + 1) as Slot
  return slots
}

/** The environment `level` levels further out. */
export function ancestor(environment: Environment, level: number): Environment {
  let found = environment
  for (let i = level; i > 0; i--) found = found.parent as Environment
  return found
}
