/** Builtins that decide what is evaluated, when, and what becomes of errors. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { coerceResumable, ContextBuilder } from '../coerce'
import { forceDeepResumable } from '../deep-force'
import { NixError } from '../errors'
import { expectString } from '../expect'
import type { Resumable } from '../machine'
import { printForError } from '../print-value'
import { force } from '../thunk'
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

export const controlBuiltins: BuiltinDefinition[] = [
  {
    name: 'abort',
    args: ['s'],
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
    global: true,
    doc: 'Throws an error with the message *s*; `tryEval` catches it.',
    *resume({ evaluator, position }, message) {
      const text = (yield throwText(evaluator, message, position)) as ByteString
      throw new NixError('throw', text)
    },
  },
  {
    name: 'addErrorContext',
    args: ['context', 'e'],
    doc: 'Evaluates *e*; an error in it is shown with the message *context*.',
    silent: true,
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
    doc: 'Evaluates *e1*, then gives *e2*.',
    lazy: [1],
    run: (_, _first: Value, second: Slot) => second,
  },
  {
    name: 'deepSeq',
    args: ['e1', 'e2'],
    doc: 'Evaluates *e1* and everything within it, then gives *e2*.',
    *resume(_, first, second) {
      yield forceDeepResumable(first)
      return second
    },
  },
  {
    name: 'tryEval',
    args: ['e'],
    doc: 'Evaluates *e* (not what is within it). Gives `{ success; value; }`: `success` is false, and `value` too, if it throws or an assertion in it fails. Other errors are not caught.',
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
    doc: 'Prints *e1* as a trace, then gives *e2*.',
    lazy: [1],
    run({ evaluator }, message: Value, result: Slot) {
      const isText = typeof message === 'string' || message instanceof ContextString
      evaluator.host.message('trace', isText ? expectString(message, 0) : printForError(message))
      return result
    },
  },
  {
    name: 'traceVerbose',
    args: ['e1', 'e2'],
    doc: 'As `trace` where the setting `trace-verbose` is on, which it is not by default; gives *e2*.',
    lazy: [0, 1],
    run: (_, _message: Slot, result: Slot) => result,
  },
  {
    name: 'warn',
    args: ['message', 'e'],
    doc: 'Prints *message*, a string, as a warning, then gives *e*.',
    lazy: [1],
    run({ evaluator, position }, message: Value, result: Slot) {
      const context = 'while evaluating the first argument; the message passed to builtins.warn'
      evaluator.host.message('warning', expectString(message, position, context))
      return result
    },
  },
  {
    name: 'break',
    args: ['v'],
    global: true,
    doc: 'Stops in the debugger where there is one; gives *v*.',
    lazy: [0],
    run: (_, v: Slot) => v,
  },
]
