/**
 * What builtins demand of their arguments: each is forced and checked when the builtin comes to it,
 * in Nix's order, and an error says which argument it was.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../../language/tree'
import type { AttributeSet } from '../attribute-set'
import type { BuiltinContext, BuiltinDefinition } from '../builtin'
import { NixError } from '../errors'
import {
  expectBoolean,
  expectFunction,
  expectInt,
  expectList,
  expectPlainString,
  expectSet,
  expectString,
} from '../expect'
import type { Request } from '../machine'
import { force } from '../thunk'
import { ContextString, type List, type Slot, type Value } from '../values'

type Check<T> = (value: Value, position: number, context: ByteString) => T

/** One argument of a builtin. */
export class Parameter<T> {
  constructor(
    private readonly check: Check<T>,
    private readonly context: ByteString,
    /** The context is also said of errors in evaluating the argument (not of lists and sets). */
    private readonly around: boolean,
  ) {}

  /** For native code. */
  take(slot: Slot, position: Position = 0): T {
    let value: Value
    try {
      value = force(slot)
    } catch (error) {
      throw this.explain(error, position)
    }
    return this.check(value, position, this.context)
  }

  /** For resumable code: `yield* parameter.receive(slot)`. */
  *receive(slot: Slot, position: Position = 0): Generator<Request, T, Value> {
    let value: Value
    try {
      value = yield slot
    } catch (error) {
      throw this.explain(error, position)
    }
    return this.check(value, position, this.context)
  }

  private explain(error: unknown, position: Position): unknown {
    if (this.around && error instanceof NixError) error.addFrame(this.context, position)
    return error
  }
}

export const anything = new Parameter<Value>((value) => value, '', false)

export const list = (context: ByteString) => new Parameter<List>(expectList, context, false)

export const set = (context: ByteString) => new Parameter<AttributeSet>(expectSet, context, false)

export const integer = (context: ByteString) =>
  new Parameter<number | bigint>(expectInt, context, true)

export const boolean = (context: ByteString) => new Parameter<boolean>(expectBoolean, context, true)

/** A string with its context. */
export const stringValue = (context: ByteString) =>
  new Parameter<ByteString | ContextString>(
    (value, position, said) =>
      value instanceof ContextString ? value : expectString(value, position, said),
    context,
    true,
  )

/** The text of a string, whatever it refers to. */
export const text = (context: ByteString) => new Parameter<ByteString>(expectString, context, true)

/** A string without context. */
export const plainText = (context: ByteString) =>
  new Parameter<ByteString>(expectPlainString, context, true)

export const callable = (context: ByteString) => new Parameter<Value>(expectFunction, context, true)

type Forms = Pick<BuiltinDefinition, 'native' | 'resume'>

/** The two forms of a builtin that takes one argument and then needs nothing more. */
export function unary<A>(
  first: Parameter<A>,
  compute: (a: A, context: BuiltinContext) => Slot,
): Forms {
  return {
    native: (context, a) => compute(first.take(a), context),
    *resume(context, a) {
      return compute(yield* first.receive(a), context)
    },
  }
}

/** The same of two arguments. */
export function binary<A, B>(
  first: Parameter<A>,
  second: Parameter<B>,
  compute: (a: A, b: B, context: BuiltinContext) => Slot,
): Forms {
  return {
    native(context, a, b) {
      const left = first.take(a)
      return compute(left, second.take(b), context)
    },
    *resume(context, a, b) {
      const left = yield* first.receive(a)
      return compute(left, yield* second.receive(b), context)
    },
  }
}

type Begin = (context: BuiltinContext, ...values: unknown[]) => Slot

/** The native form: without an array of the arguments where they are few. */
function takingAll(
  parameters: readonly Parameter<unknown>[],
  begin: Begin,
): NonNullable<BuiltinDefinition['native']> {
  const [first, second, third] = parameters
  switch (parameters.length) {
    case 1:
      return (context, a) => begin(context, first.take(a))
    case 2:
      return (context, a, b) => {
        const left = first.take(a)
        return begin(context, left, second.take(b))
      }
    case 3:
      return (context, a, b, c) => {
        const left = first.take(a)
        const middle = second.take(b)
        return begin(context, left, middle, third.take(c))
      }
    default:
      return (context, ...slots) =>
        begin(context, ...parameters.map((parameter, i) => parameter.take(slots[i])))
  }
}

type Received<Parameters extends readonly Parameter<unknown>[]> = {
  -readonly [Index in keyof Parameters]: Parameters[Index] extends Parameter<infer T> ? T : never
}

/**
 * A builtin whose arguments are all forced and checked, in order, before it runs. `run` forces
 * nothing; what needs that it returns `deferred`.
 */
export function strictBuiltin<const Parameters extends readonly Parameter<unknown>[]>(
  description: Omit<BuiltinDefinition, 'run' | 'native' | 'resume'>,
  parameters: Parameters,
  run: (context: BuiltinContext, ...values: Received<Parameters>) => Slot,
): BuiltinDefinition {
  const begin = run as Begin
  return {
    ...description,
    native: takingAll(parameters, begin),
    *resume(context, ...slots) {
      const values: unknown[] = []
      for (let i = 0; i < parameters.length; i++) {
        values.push(yield* parameters[i].receive(slots[i]))
      }
      return begin(context, ...values)
    },
  }
}
