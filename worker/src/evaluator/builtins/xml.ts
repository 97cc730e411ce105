import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from '../builtin'
import { ContextBuilder } from '../coerce'
import { makeString } from '../values'
import { xmlDocument, xmlResumable } from '../xml'

const options = { strict: true, location: false }

export const xmlBuiltins: BuiltinDefinition[] = [
  {
    name: 'toXML',
    args: ['e'],
    type: 'a -> String',
    since: '0.10',
    doc: 'An XML document that stands for the value of *e*, evaluated as a whole. Functions become their parameters; a derivation is written out where it occurs first.',
    native({ evaluator }, e) {
      const context = new ContextBuilder()
      const text = xmlDocument(evaluator, e, options, context, 0)
      return makeString(text, context.build())
    },
    *resume({ evaluator }, e) {
      const context = new ContextBuilder()
      const text = yield xmlResumable(evaluator, e, options, context, 0)
      return makeString(text as ByteString, context.build())
    },
  },
]
