import type { BuiltinDefinition } from '../builtin'
import { parseToml } from '../parse-toml'
import { plainText, unary } from './parameters'

export const tomlBuiltins: BuiltinDefinition[] = [
  {
    name: 'fromTOML',
    args: ['e'],
    type: 'String -> AttrSet',
    since: '2.1',
    global: true,
    doc: 'The set that the TOML document *e* stands for. Dates and times are refused without the experimental feature parse-toml-timestamps.',
    example: { expression: "fromTOML ''a = [ 1, 2 ]''", value: '{ a = [ 1 2 ]; }' },
    ...unary(
      plainText('while evaluating the argument passed to builtins.fromTOML'),
      (text, { evaluator }) => parseToml(text, evaluator.hasFeature('parse-toml-timestamps')),
    ),
  },
]
