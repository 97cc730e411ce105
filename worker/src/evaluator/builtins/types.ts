/** What kind of value something is. */
import { AttributeSet } from '../attribute-set'
import { Builtin, type BuiltinDefinition } from '../builtin'
import { typeName } from '../type-names'
import { Lambda, PartialApplication, type Value } from '../values'

function predicate(
  name: string,
  what: string,
  since: string | null,
  [argument, answer]: readonly [argument: string, answer: boolean],
  test: (value: Value) => boolean,
  global = false,
): BuiltinDefinition {
  return {
    name,
    args: ['e'],
    type: 'a -> Bool',
    since,
    global,
    doc: `Whether *e* evaluates to ${what}.`,
    example: { expression: `builtins.${name} ${argument}`, value: String(answer) },
    run: (_, value: Value) => test(value),
  }
}

export function isFunction(value: Value): boolean {
  return value instanceof Lambda || value instanceof Builtin || value instanceof PartialApplication
}

export const typeBuiltins: BuiltinDefinition[] = [
  predicate(
    'isAttrs',
    'an attribute set',
    null,
    ['{ }', true],
    (value) => value instanceof AttributeSet,
  ),
  predicate('isBool', 'a Boolean', '0.13', ['false', true], (value) => typeof value === 'boolean'),
  predicate('isFloat', 'a float', '2.0', ['1.0', true], (value) => typeName(value) === 'float'),
  predicate('isFunction', 'a function', '0.11', ['(x: x)', true], isFunction),
  predicate('isInt', 'an integer', '0.13', ['1.0', false], (value) => typeName(value) === 'int'),
  predicate('isList', 'a list', null, ['[ ]', true], (value) => Array.isArray(value)),
  predicate('isNull', 'null', null, ['null', true], (value) => value === null, true),
  predicate('isPath', 'a path', '2.3', ['"/etc"', false], (value) => typeName(value) === 'path'),
  predicate(
    'isString',
    'a string',
    '0.13',
    ['"text"', true],
    (value) => typeName(value) === 'string',
  ),
  {
    name: 'typeOf',
    args: ['e'],
    type: 'a -> String',
    since: '1.6.1',
    doc: 'The type of *e*: `"int"`, `"bool"`, `"string"`, `"path"`, `"null"`, `"set"`, `"list"`, `"lambda"` or `"float"`.',
    example: { expression: 'builtins.typeOf { }', value: '"set"' },
    run: (_, value: Value) => typeName(value),
  },
]
