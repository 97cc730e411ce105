import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from '../builtin'
import { ContextBuilder } from '../coerce'
import { jsonResumable } from '../json'
import { parseJson } from '../parse-json'
import { makeString } from '../values'
import { plainText, unary } from './parameters'

export const jsonBuiltins: BuiltinDefinition[] = [
  {
    name: 'fromJSON',
    args: ['e'],
    doc: 'The value that the JSON text *e* stands for. Of several attributes with one name the last counts.',
    ...unary(
      plainText('while evaluating the first argument passed to builtins.fromJSON'),
      parseJson,
    ),
  },
  {
    name: 'toJSON',
    args: ['e'],
    doc: 'JSON text that stands for the value of *e*, evaluated as a whole. Paths are copied to the store; derivations, as all sets with `outPath` or `__toString`, become strings.',
    *resume({ evaluator }, e) {
      const context = new ContextBuilder()
      const options = { strict: true, copyToStore: true }
      const text = yield jsonResumable(evaluator, e, options, context, 0)
      return makeString(text as ByteString, context.build())
    },
  },
]
