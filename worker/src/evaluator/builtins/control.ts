/** Builtins that decide what is evaluated, when, and what becomes of errors. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { coerceResumable, ContextBuilder } from '../coerce'
import { forceDeepResumable } from '../deep-force'
import { NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import { expectString } from '../expect'
import { runResumable, type Resumable } from '../machine'
import { printForError } from '../print-value'
import { force } from '../thunk'
import { warnFromProgram } from '../warnings'
import { ContextString, type Slot, type Value } from '../values'

function messageText(context: ByteString) {
  return function* (
    evaluator: Parameters<typeof coerceResumable>[0],
    slot: Slot,
    position: number,
  ): Resumable {
    const value: Value = yield slot
    const options = { more: true, copyToStore: false, context }
    return yield coerceResumable(evaluator, value, options, new ContextBuilder(), position)
  }
}

const throwText = messageText('while evaluating the error message passed to builtin.throw')
const abortText = messageText('while evaluating the error message passed to builtin.abort')
const contextText = messageText(
  'while evaluating the error message passed to builtins.addErrorContext',
)

function caught(error: unknown): Value {
  if (error instanceof NixError && error.catchable) {
    return attributeSetOf({ success: false, value: false })
  }
  throw error
}

function traceValue(evaluator: Evaluator, message: Value): void {
  const isText = typeof message === 'string' || message instanceof ContextString
  evaluator.host.message('trace', isText ? expectString(message, 0) : printForError(message))
}

export const controlBuiltins: BuiltinDefinition[] = [
  {
    name: 'abort',
    args: ['s'],
    type: 'String -> a',
    since: null,
    global: true,
    doc: 'Aborts the evaluation with the message *s*. `tryEval` does not catch it.',
    *resume({ evaluator, position }, message) {
      const text = (yield abortText(evaluator, message, position)) as ByteString
      throw new NixError('abort', `evaluation aborted with the following error message: '${text}'`)
    },
  },
  {
    name: 'throw',
    args: ['s'],
    type: 'String -> a',
    since: null,
    global: true,
    doc: 'Throws an error with the message *s*; `tryEval` catches it.',
    example: { expression: '(builtins.tryEval (throw "no")).success', value: 'false' },
    *resume({ evaluator, position }, message) {
      const text = (yield throwText(evaluator, message, position)) as ByteString
      throw new NixError('throw', text)
    },
  },
  {
    name: 'addErrorContext',
    args: ['context', 'e'],
    type: 'String -> a -> a',
    since: '0.13',
    doc: 'Evaluates *e*; an error in it is shown with the message *context*.',
    example: { expression: 'builtins.addErrorContext "while adding" (1 + 1)', value: '2' },
    silent: true,
    native({ evaluator, position }, context, e) {
      try {
        return force(e)
      } catch (error) {
        if (error instanceof NixError) {
          const text = runResumable(contextText(evaluator, context, position)) as ByteString
          error.addFrame(text, 0, 'always')
        }
        throw error
      }
    },
    *resume({ evaluator, position }, context, e) {
      try {
        return yield e
      } catch (error) {
        if (error instanceof NixError) {
          const text = (yield contextText(evaluator, context, position)) as ByteString
          error.addFrame(text, 0, 'always')
        }
        throw error
      }
    },
  },
  {
    name: 'seq',
    args: ['e1', 'e2'],
    type: 'a -> b -> b',
    since: '1.8',
    doc: 'Evaluates *e1*, then gives *e2*.',
    example: { expression: 'builtins.seq [ (throw "inside") ] 1', value: '1' },
    lazy: [1],
    run: (_, _first: Value, second: Slot) => second,
  },
  {
    name: 'deepSeq',
    args: ['e1', 'e2'],
    type: 'a -> b -> b',
    since: '1.8',
    doc: 'Evaluates *e1* and everything within it, then gives *e2*.',
    example: {
      expression: '(builtins.tryEval (builtins.deepSeq [ (throw "inside") ] 1)).success',
      value: 'false',
    },
    *resume(_, first, second) {
      yield forceDeepResumable(first)
      return second
    },
  },
  {
    name: 'tryEval',
    args: ['e'],
    type: 'a -> { success :: Bool; value :: a; }',
    since: '1.6.1',
    doc: 'Evaluates *e* (not what is within it). Gives `{ success; value; }`: `success` is false, and `value` too, if it throws or an assertion in it fails. Other errors are not caught.',
    example: { expression: 'builtins.tryEval (1 + 1)', value: '{ success = true; value = 2; }' },
    *resume(_, e) {
      try {
        return attributeSetOf({ success: true, value: yield e })
      } catch (error) {
        return caught(error)
      }
    },
    native(_, e) {
      try {
        return attributeSetOf({ success: true, value: force(e) })
      } catch (error) {
        return caught(error)
      }
    },
  },
  {
    name: 'trace',
    args: ['e1', 'e2'],
    type: 'a -> b -> b',
    since: null,
    doc: 'Prints *e1* as a trace, then gives *e2*.',
    example: { expression: 'builtins.trace "adding" (1 + 1)', value: '2' },
    lazy: [1],
    run({ evaluator }, message: Value, result: Slot) {
      traceValue(evaluator, message)
      return result
    },
  },
  {
    name: 'traceVerbose',
    args: ['e1', 'e2'],
    type: 'a -> b -> b',
    since: '2.10',
    doc: 'As `trace` where the setting `trace-verbose` is on, which it is not by default; gives *e2*.',
    example: { expression: 'builtins.traceVerbose "adding" (1 + 1)', value: '2' },
    *resume({ evaluator }, message, result) {
      if (evaluator.settings.traceVerbose) traceValue(evaluator, yield message)
      return result
    },
  },
  {
    name: 'warn',
    args: ['message', 'e'],
    type: 'String -> a -> a',
    since: '2.23',
    doc: 'Prints *message*, a string, as a warning, then gives *e*.',
    example: { expression: 'builtins.warn "this is outdated" (1 + 1)', value: '2' },
    lazy: [1],
    run({ evaluator, position }, message: Value, result: Slot) {
      const context = 'while evaluating the first argument; the message passed to builtins.warn'
      warnFromProgram(evaluator, expectString(message, position, context))
      if (evaluator.settings.abortOnWarn) {
        throw new NixError(
          'abort',
          'aborting to reveal stack trace of warning, as abort-on-warn is set',
        )
      }
      return result
    },
  },
  {
    name: 'break',
    args: ['v'],
    type: 'a -> a',
    since: '2.9',
    global: true,
    doc: 'Stops in the debugger where there is one; gives *v*.',
    example: { expression: 'break (1 + 1)', value: '2' },
    lazy: [0],
    run: (_, v: Slot) => v,
  },
]
