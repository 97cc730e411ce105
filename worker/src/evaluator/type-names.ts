/** How Nix names types: short for `typeOf`, in words for messages. */
import { AttributeSet } from './attribute-set'
import { Builtin } from './builtin'
import { ContextString, Float, Lambda, PartialApplication, Path, type Value } from './values'

export type TypeName =
  'null' | 'bool' | 'int' | 'float' | 'string' | 'path' | 'list' | 'set' | 'lambda'

/** What `builtins.typeOf` says. */
export function typeName(value: Value): TypeName {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'int'
    case 'string':
      return 'string'
  }
  if (value === null) return 'null'
  if (value instanceof AttributeSet) return 'set'
  if (Array.isArray(value)) return 'list'
  if (value instanceof ContextString) return 'string'
  if (value instanceof Path) return 'path'
  if (value instanceof Float) return 'float'
  return 'lambda'
}

/** With its article, as messages say it: "an integer", "a set", "the built-in function 'map'". */
export function describeType(value: Value): string {
  if (value instanceof Builtin) return `the built-in function '${value.name}'`
  if (value instanceof PartialApplication) {
    return value.fn instanceof Lambda
      ? 'a function'
      : `the partially applied built-in function '${value.fn.name}'`
  }
  switch (typeName(value)) {
    case 'null':
      return 'null'
    case 'bool':
      return 'a Boolean'
    case 'int':
      return 'an integer'
    case 'float':
      return 'a float'
    case 'string':
      return value instanceof ContextString ? 'a string with context' : 'a string'
    case 'path':
      return 'a path'
    case 'list':
      return 'a list'
    case 'set':
      return 'a set'
    case 'lambda':
      return 'a function'
  }
}
