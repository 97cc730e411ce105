/**
 * Nix values as both evaluators represent them.
 *
 * | Nix       | here                                                              |
 * |-----------|-------------------------------------------------------------------|
 * | null      | null                                                              |
 * | bool      | boolean                                                           |
 * | int       | number within ±2^53, else bigint (within 64 signed bits)          |
 * | float     | Float (boxed, so that 1.0 and 1 differ)                           |
 * | string    | byte string; ContextString where it has a context                 |
 * | path      | Path                                                              |
 * | list      | array, never changed once it is a value                           |
 * | set       | AttributeSet                                                      |
 * | function  | Lambda, Builtin, PartialApplication                               |
 *
 * Lists, sets, environments and arguments hold Slots: values, or Thunks that give one when forced.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from './attribute-set'
import type { Builtin } from './builtin'
import type { Environment } from './environment'
import type { LambdaCode } from './lambda-code'
import type { Thunk } from './thunk'

/** A value in weak head normal form. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | Float
  | ByteString
  | ContextString
  | Path
  | List
  | AttributeSet
  | Lambda
  | Builtin
  | PartialApplication

/** What a list element, an attribute or a variable may hold. */
export type Slot = Value | Thunk

export type List = readonly Slot[]

export class Float {
  constructor(readonly value: number) {}
}

/**
 * What a string refers to: encoded context elements as in Nix's own store of them, `/path` (opaque),
 * `!output!/drv` (built) and `=/drv` (the derivation with its closure).
 */
export type Context = ReadonlySet<ByteString>

export class ContextString {
  constructor(
    readonly text: ByteString,
    readonly context: Context,
  ) {}
}

/** An absolute, canonical path. */
export class Path {
  constructor(readonly path: ByteString) {}
}

/** A function written in Nix, closed over its environment. */
export class Lambda {
  constructor(
    readonly code: LambdaCode,
    readonly environment: Environment | null,
  ) {}
}

/** A function that has got some but not all of its arguments. */
export class PartialApplication {
  constructor(
    readonly fn: Lambda | Builtin,
    readonly args: readonly Slot[],
  ) {}
}

/** A string value with the context, or the bare string where the context is empty. */
export function makeString(text: ByteString, context: Context | null): ByteString | ContextString {
  return context === null || context.size === 0 ? text : new ContextString(text, context)
}
