import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from '../builtin'
import { ContextBuilder } from '../coerce'
import { jsonResumable, jsonText } from '../json'
import { parseJson } from '../parse-json'
import { makeString } from '../values'
import { plainText, unary } from './parameters'

const options = { strict: true, copyToStore: true }

export const jsonBuiltins: BuiltinDefinition[] = [
  {
    name: 'fromJSON',
    args: ['e'],
    type: 'String -> a',
    since: '1.8',
    doc: 'The value that the JSON text *e* stands for. Of several attributes with one name the last counts.',
    example: {
      expression: `builtins.fromJSON ''{ "a": [ 1, true ] }''`,
      value: '{ a = [ 1 true ]; }',
    },
    ...unary(
      plainText('while evaluating the first argument passed to builtins.fromJSON'),
      parseJson,
    ),
  },
  {
    name: 'toJSON',
    args: ['e'],
    type: 'a -> String',
    since: '1.7',
    doc: 'JSON text that stands for the value of *e*, evaluated as a whole. Paths are copied to the store; derivations, as all sets with `outPath` or `__toString`, become strings.',
    example: { expression: 'builtins.toJSON [ 1 true null ]', value: '"[1,true,null]"' },
    native({ evaluator }, e) {
      const context = new ContextBuilder()
      return makeString(jsonText(evaluator, e, options, context, 0), context.build())
    },
    *resume({ evaluator }, e) {
      const context = new ContextBuilder()
      const text = yield jsonResumable(evaluator, e, options, context, 0)
      return makeString(text as ByteString, context.build())
    },
  },
]
