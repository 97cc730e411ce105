/** What kind of value something is. */
import { AttributeSet } from '../attribute-set'
import { Builtin, type BuiltinDefinition } from '../builtin'
import { typeName } from '../type-names'
import { Lambda, PartialApplication, type Value } from '../values'

function predicate(
  name: string,
  type: string,
  test: (value: Value) => boolean,
  global = false,
): BuiltinDefinition {
  return {
    name,
    args: ['e'],
    global,
    doc: `Whether *e* evaluates to ${type}.`,
    run: (_, value: Value) => test(value),
  }
}

export function isFunction(value: Value): boolean {
  return value instanceof Lambda || value instanceof Builtin || value instanceof PartialApplication
}

export const typeBuiltins: BuiltinDefinition[] = [
  predicate('isAttrs', 'an attribute set', (value) => value instanceof AttributeSet),
  predicate('isBool', 'a Boolean', (value) => typeof value === 'boolean'),
  predicate('isFloat', 'a float', (value) => typeName(value) === 'float'),
  predicate('isFunction', 'a function', isFunction),
  predicate('isInt', 'an integer', (value) => typeName(value) === 'int'),
  predicate('isList', 'a list', (value) => Array.isArray(value)),
  predicate('isNull', 'null', (value) => value === null, true),
  predicate('isPath', 'a path', (value) => typeName(value) === 'path'),
  predicate('isString', 'a string', (value) => typeName(value) === 'string'),
  {
    name: 'typeOf',
    args: ['e'],
    doc: 'The type of *e*: `"int"`, `"bool"`, `"string"`, `"path"`, `"null"`, `"set"`, `"list"`, `"lambda"` or `"float"`.',
    run: (_, value: Value) => typeName(value),
  },
]
