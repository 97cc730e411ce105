/** Builtins that check all their arguments first, each with Nix's words where one is wrong. */
import type { ByteString } from '@snowglobe/shared/bytes'
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
import type { Resumable } from '../machine'
import { force } from '../thunk'
import { ContextString, type List, type Slot, type Value } from '../values'

/** What an argument must be. */
export interface Argument<T> {
  /** Gives what the builtin wants of the forced value, or throws without the context. */
  check(value: Value): T
  /** Said where the argument is wrong. */
  context: ByteString
  /** Whether it is also said where forcing the argument throws: so Nix does for scalars. */
  whileForcing: boolean
}

function scalar<T>(check: (value: Value, position: number) => T) {
  return (context: ByteString): Argument<T> => ({
    check: (value) => check(value, 0),
    context,
    whileForcing: true,
  })
}

function container<T>(check: (value: Value, position: number) => T) {
  return (context: ByteString): Argument<T> => ({
    check: (value) => check(value, 0),
    context,
    whileForcing: false,
  })
}

/** A string, whatever it refers to. */
export const text: (context: ByteString) => Argument<ByteString | ContextString> = scalar(
  (value, position) => {
    if (value instanceof ContextString) return value
    return expectString(value, position)
  },
)
/** A string that refers to nothing. */
export const plainText: (context: ByteString) => Argument<ByteString> = scalar(expectPlainString)
export const integer: (context: ByteString) => Argument<number | bigint> = scalar(expectInt)
export const boolean: (context: ByteString) => Argument<boolean> = scalar(expectBoolean)
export const callable: (context: ByteString) => Argument<Value> = scalar(expectFunction)
export const list: (context: ByteString) => Argument<List> = container(expectList)
export const set: (context: ByteString) => Argument<AttributeSet> = container(expectSet)
/** Anything, forced. */
export const anything: Argument<Value> = {
  check: (value) => value,
  context: '',
  whileForcing: false,
}

function checked<T>(argument: Argument<T>, value: Value): T {
  try {
    return argument.check(value)
  } catch (error) {
    throw withContext(argument, error)
  }
}

function withContext(argument: Argument<unknown>, error: unknown): unknown {
  return error instanceof NixError && argument.context !== ''
    ? error.addFrame(argument.context, 0)
    : error
}

/** Forces a slot in resumable code and checks it; hand the result to `demanded`. */
export function* demand<T>(argument: Argument<T>, slot: Slot): Resumable {
  let value: Value
  try {
    value = yield slot
  } catch (error) {
    throw argument.whileForcing ? withContext(argument, error) : error
  }
  checked(argument, value)
  return value
}

function demandNow<T>(argument: Argument<T>, slot: Slot): T {
  let value: Value
  try {
    value = force(slot)
  } catch (error) {
    throw argument.whileForcing ? withContext(argument, error) : error
  }
  return checked(argument, value)
}

type Checked<Arguments extends readonly Argument<unknown>[]> = {
  -readonly [Index in keyof Arguments]: Arguments[Index] extends Argument<infer T> ? T : never
}

/**
 * A builtin whose arguments are all forced and checked, in order, before it runs. `run` forces
 * nothing; what needs that it returns `deferred`.
 */
export function strictBuiltin<const Arguments extends readonly Argument<unknown>[]>(
  description: Omit<BuiltinDefinition, 'run' | 'resume' | 'native' | 'lazy'>,
  args: Arguments,
  run: (context: BuiltinContext, ...values: Checked<Arguments>) => Slot,
): BuiltinDefinition {
  const begin = run as (context: BuiltinContext, ...values: unknown[]) => Slot
  return {
    ...description,
    native(context, ...slots) {
      const values: unknown[] = []
      for (let i = 0; i < args.length; i++) values.push(demandNow(args[i], slots[i]))
      return begin(context, ...values)
    },
    *resume(context, ...slots) {
      const values: unknown[] = []
      for (let i = 0; i < args.length; i++) {
        let value: Value
        try {
          value = yield slots[i]
        } catch (error) {
          throw args[i].whileForcing ? withContext(args[i], error) : error
        }
        values.push(checked(args[i], value))
      }
      return begin(context, ...values)
    },
  }
}
