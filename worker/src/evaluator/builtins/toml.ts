import type { BuiltinDefinition } from '../builtin'
import { parseToml } from '../parse-toml'
import { plainText, unary } from './parameters'

export const tomlBuiltins: BuiltinDefinition[] = [
  {
    name: 'fromTOML',
    args: ['e'],
    global: true,
    doc: 'The set that the TOML document *e* stands for. Dates and times are refused.',
    ...unary(plainText('while evaluating the argument passed to builtins.fromTOML'), parseToml),
  },
]
