import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import type { EvaluationSettings } from './evaluation-settings'
import type { Evaluator } from './evaluator'
import type { Resumable } from './machine'
import { force } from './thunk'
import type { Slot, Value } from './values'

/**
 * A builtin function as data. It has one of two forms, both without native recursion:
 *
 * - `run`: its arguments are forced first (but for the `lazy` ones), then it computes without forcing
 *   anything more. Slots it returns are forced by the caller.
 * - `resume`: a generator that yields what it needs: a Thunk to have it forced, an Apply to have a
 *   function called, another generator to have it run. Its arguments come unforced.
 *
 * A resumable builtin that programs call in their hot loops may have a `native` form too, which uses
 * `force` and `call` directly; all tests run both.
 */
export interface BuiltinDefinition {
  name: ByteString
  /** Names of the arguments, as in the manual. */
  args: readonly string[]
  /** What it takes and gives, as in `(a -> b) -> [a] -> [b]`. */
  type: string
  /** The first version of Nix known to have it; null where the release notes do not tell. */
  since: string | null
  /** In our words, Markdown. */
  doc: string
  /** Where one helps: an expression, and an expression for its value. */
  example?: { expression: string; value: string }
  /** Also a global variable without `builtins.`. */
  global?: boolean
  /** The experimental feature without which it is not there. */
  feature?: string
  /** Whether it is there at all with these settings. */
  onlyIf?: (settings: EvaluationSettings) => boolean
  /** Errors that pass through it get no "while calling" frame. */
  silent?: boolean
  /** Indices of the arguments that it does not force, or not before it hands them on. */
  lazy?: readonly number[]
  run?(context: BuiltinContext, ...args: never[]): Slot
  resume?(context: BuiltinContext, ...args: Slot[]): Resumable
  native?(context: BuiltinContext, ...args: Slot[]): Slot
  /** Of a builtin of one argument: what it gives, if it needs to force nothing and cannot fail. */
  quick?(value: Value): number | undefined
}

/** What a builtin knows beside its arguments. */
export interface BuiltinContext {
  evaluator: Evaluator
  /** Where it is called. */
  position: Position
}

type NativeForm = NonNullable<BuiltinDefinition['native']>

type Run = (this: BuiltinDefinition, context: BuiltinContext, ...args: Slot[]) => Slot

/** Forces the arguments that `run` takes forced, and runs it; null if there is no `run`. */
function forcingForm(definition: BuiltinDefinition, strict: number): NativeForm | null {
  if (definition.run === undefined) return null
  const run = definition.run as unknown as Run
  switch (definition.args.length) {
    case 1:
      return (context, a) => run.call(definition, context, strict & 1 ? force(a) : a)
    case 2:
      return (context, a, b) => {
        const first = strict & 1 ? force(a) : a
        return run.call(definition, context, first, strict & 2 ? force(b) : b)
      }
    default:
      return (context, ...args) => {
        const ready = args.map((arg, i) => (strict & (1 << i) ? force(arg) : arg))
        return run.call(definition, context, ...ready)
      }
  }
}

/** A builtin function value. It belongs to no evaluator: the one that is at work is given to it. */
export class Builtin {
  readonly name: ByteString
  readonly arity: number
  /** Bit i: argument i is forced before anything is done with it. */
  readonly strict: number
  /**
   * What runs it on the native stack, its arguments unforced; null if there is but `resume`. Not looked
   * for in the definition at each call: definitions are objects of many forms, and slow to look into.
   */
  readonly native: NativeForm | null
  readonly quick: ((value: Value) => number | undefined) | null

  constructor(readonly definition: BuiltinDefinition) {
    this.name = definition.name
    this.arity = definition.args.length
    let strict = 0
    for (let i = 0; i < this.arity; i++) if (!definition.lazy?.includes(i)) strict |= 1 << i
    this.strict = strict
    this.native = definition.native ?? forcingForm(definition, strict)
    this.quick = definition.quick ?? null
  }
}

const builtins = new WeakMap<BuiltinDefinition, Builtin>()

/** The value of a definition: one for all evaluators, so that compiled code may keep it. */
export function builtinOf(definition: BuiltinDefinition): Builtin {
  let builtin = builtins.get(definition)
  if (builtin === undefined) {
    builtin = new Builtin(definition)
    builtins.set(definition, builtin)
  }
  return builtin
}
