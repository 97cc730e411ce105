/** What commands do with a value before they use it: `-A path` and calling functions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet, AttributeSetBuilder } from './attribute-set'
import { NixError } from './errors'
import { mismatch } from './mismatch'
import { Apply, type Resumable } from './machine'
import { nearest } from './suggestions'
import { Lambda, type Value } from './values'

/**
 * Calls a function with the arguments it names, as commands do with what they evaluate: only if it
 * takes a set whose attributes all have defaults or are given; anything else stays as it is.
 */
export function* autoCallResumable(args: AttributeSet, value: Value): Resumable {
  let fn = value
  if (fn instanceof AttributeSet) {
    const functor = fn.get('__functor')
    if (functor === undefined) return fn
    fn = yield new Apply(functor, [fn])
    return yield autoCallResumable(args, fn)
  }
  if (!(fn instanceof Lambda) || fn.code.node.formals === null) return fn
  const { formals, ellipsis } = fn.code.node.formals
  if (ellipsis) return yield new Apply(fn, [args])
  const given = new AttributeSetBuilder()
  for (const formal of formals) {
    const slot = args.get(formal.name)
    if (slot !== undefined) given.set(formal.name, slot, args.positionOf(formal.name))
    else if (formal.default === null) {
      throw new NixError(
        'missing-argument',
        `cannot evaluate a function that has an argument without a value ('${formal.name}')\n` +
          'Nix attempted to evaluate a function as a top level expression; in\n' +
          'this case it must have its arguments supplied either by default\n' +
          "values, or passed explicitly with '--arg' or '--argstr'. See\n" +
          'https://nixos.org/manual/nix/stable/language/constructs.html#functions.',
        formal.position,
      )
    }
  }
  return yield new Apply(fn, [given.build()])
}

/** Splits `a."b.c".0`. Throws NixError where quotes do not end. */
function parseAttributePath(path: ByteString): ByteString[] {
  const names: ByteString[] = []
  let name = ''
  for (let i = 0; i < path.length; i++) {
    if (path[i] === '.') {
      names.push(name)
      name = ''
    } else if (path[i] === '"') {
      const end = path.indexOf('"', i + 1)
      if (end < 0) {
        throw new NixError('parse', `missing closing quote in selection path '${path}'`)
      }
      name += path.slice(i + 1, end)
      i = end
    } else name += path[i]
  }
  if (name !== '') names.push(name)
  return names
}

/** The value at a selection path; functions on the way are auto-called, lists take indices. */
export function* selectPathResumable(
  args: AttributeSet,
  value: Value,
  path: ByteString,
): Resumable {
  let found = value
  for (const name of parseAttributePath(path)) {
    found = yield autoCallResumable(args, found)
    if (/^\d+$/.test(name)) {
      if (!Array.isArray(found)) throw wrongSelection('a list', path, found)
      const index = Number(name)
      if (index >= found.length) {
        throw new NixError(
          'index',
          `list index ${name} in selection path '${path}' is out of range`,
        )
      }
      found = yield found[index]
    } else {
      if (!(found instanceof AttributeSet)) throw wrongSelection('a set', path, found)
      if (name === '') {
        throw new NixError('parse', `empty attribute name in selection path '${path}'`)
      }
      const slot = found.get(name)
      if (slot === undefined) {
        throw new NixError(
          'missing-attribute',
          `attribute '${name}' in selection path '${path}' not found`,
          0,
          nearest(name, found.names),
        )
      }
      found = yield slot
    }
  }
  return found
}

function wrongSelection(expected: string, path: ByteString, value: Value): NixError {
  return mismatch(
    'type',
    expected,
    value,
    (found, shown) =>
      `the expression selected by the selection path '${path}' should be ${expected} but is ${found}: ${shown}`,
  )
}
