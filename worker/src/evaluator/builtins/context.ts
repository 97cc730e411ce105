/** Builtins of string contexts: what store paths a string refers to. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { isStorePath } from '@snowglobe/shared/store-path'
import { AttributeSet, AttributeSetBuilder, attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { ContextBuilder } from '../coerce'
import { NixError } from '../errors'
import type { Position } from '../../language/tree'
import type { Resumable } from '../machine'
import { baseDerivation, formatContextElement, parseContextElement } from '../string-context'
import { ContextString, makeString, type Context, type Slot } from '../values'
import { anything, boolean, list, plainText, set, strictBuiltin, stringValue } from './parameters'
import { coerced } from './coerced'

const appendTo = stringValue('while evaluating the first argument passed to builtins.appendContext')
const appended = set('while evaluating the second argument passed to builtins.appendContext')
const information = set('while evaluating the value of a string context')
const pathFlag = boolean('while evaluating the `path` attribute of a string context')
const allOutputsFlag = boolean('while evaluating the `allOutputs` attribute of a string context')
const outputList = list('while evaluating the `outputs` attribute of a string context')
const outputName = plainText('while evaluating an output name within a string context')

function argumentOptions(builtin: string) {
  return {
    more: false,
    copyToStore: true,
    context: `while evaluating the argument passed to builtins.${builtin}`,
  }
}

const discardOptions = argumentOptions('unsafeDiscardStringContext')
const discardOutputOptions = argumentOptions('unsafeDiscardOutputDependency')
const addOutputsOptions = argumentOptions('addDrvOutputDependencies')

/** A context as `getContext` shows it. */
function contextSet(context: Context): AttributeSet {
  const paths = new Map<ByteString, { path: boolean; deep: boolean; outputs: ByteString[] }>()
  for (const encoded of context) {
    const element = parseContextElement(encoded)
    const path = baseDerivation(element.path)
    let entry = paths.get(path)
    if (entry === undefined) {
      paths.set(path, (entry = { path: false, deep: false, outputs: [] }))
    }
    if (element.kind === 'opaque') entry.path = true
    else if (element.kind === 'deep') entry.deep = true
    else entry.outputs.push(element.output)
  }
  const result = new AttributeSetBuilder()
  for (const [path, entry] of paths) {
    const shown: Record<ByteString, Slot> = {}
    if (entry.path) shown.path = true
    if (entry.deep) shown.allOutputs = true
    if (entry.outputs.length > 0) shown.outputs = entry.outputs.sort()
    result.set(path, attributeSetOf(shown))
  }
  return result.build()
}

/** Adds what one attribute of appendContext's argument says of a path. */
function* addElements(
  path: ByteString,
  slot: Slot,
  position: Position,
  context: ContextBuilder,
): Resumable {
  const given = yield* information.receive(slot)
  const pathSlot = given.get('path')
  if (pathSlot !== undefined && (yield* pathFlag.receive(pathSlot)) === true) {
    context.add(formatContextElement({ kind: 'opaque', path }))
  }
  const allOutputs = given.get('allOutputs')
  if (allOutputs !== undefined && (yield* allOutputsFlag.receive(allOutputs)) === true) {
    if (!path.endsWith('.drv')) {
      throw new NixError(
        'evaluation',
        `tried to add all-outputs context of ${path}, which is not a derivation, to a string`,
        position,
      )
    }
    context.add(formatContextElement({ kind: 'deep', path }))
  }
  const outputs = given.get('outputs')
  if (outputs === undefined) return null
  const names = yield* outputList.receive(outputs)
  if (names.length > 0 && !path.endsWith('.drv')) {
    throw new NixError(
      'evaluation',
      `tried to add derivation output context of ${path}, which is not a derivation, to a string`,
      position,
    )
  }
  for (const name of names) {
    const output = yield* outputName.receive(name)
    context.add(formatContextElement({ kind: 'built', path, output }))
  }
  return null
}

export const contextBuiltins: BuiltinDefinition[] = [
  strictBuiltin(
    {
      name: 'hasContext',
      args: ['s'],
      type: 'String -> Bool',
      since: '2.2',
      doc: 'Whether the string *s* refers to anything in the store.',
      example: { expression: 'builtins.hasContext "text"', value: 'false' },
    },
    [stringValue('while evaluating the argument passed to builtins.hasContext')],
    (_, string) => string instanceof ContextString,
  ),
  strictBuiltin(
    {
      name: 'getContext',
      args: ['s'],
      type: 'String -> { ... :: { path :: Bool; outputs :: [String]; allOutputs :: Bool; } }',
      since: '2.2',
      doc: 'What the string *s* refers to: a set with an attribute for each store path, whose value says how: `path` (itself), `outputs` (those of a derivation) or `allOutputs` (a derivation with all it needs).',
      example: { expression: 'builtins.getContext "text"', value: '{ }' },
    },
    [stringValue('while evaluating the argument passed to builtins.getContext')],
    (_, string) =>
      string instanceof ContextString ? contextSet(string.context) : AttributeSet.empty,
  ),
  {
    name: 'appendContext',
    args: ['s', 'context'],
    type: 'String -> { ... :: { path :: Bool; outputs :: [String]; allOutputs :: Bool; } } -> String',
    since: '2.2',
    doc: 'The string *s* with *context* added to what it refers to; *context* is a set as `getContext` gives it.',
    example: { expression: 'builtins.appendContext "text" { }', value: '"text"' },
    *resume({ evaluator }, s, added) {
      const { storeDir } = evaluator.host.store
      const string = yield* appendTo.receive(s)
      const context = new ContextBuilder()
      if (string instanceof ContextString) context.addAll(string.context)
      const given = yield* appended.receive(added)
      for (const name of given.names) {
        const position = given.positionOf(name)
        if (!isStorePath(storeDir, name)) {
          throw new NixError('evaluation', `context key '${name}' is not a store path`, position)
        }
        yield addElements(name, given.get(name)!, position, context)
      }
      return makeString(string instanceof ContextString ? string.text : string, context.build())
    },
  },
  strictBuiltin(
    {
      name: 'unsafeDiscardStringContext',
      args: ['s'],
      type: 'String -> String',
      since: null,
      doc: 'The string *s* without what it refers to: nothing will see to it that what it names is there.',
      example: {
        expression:
          'builtins.hasContext (builtins.unsafeDiscardStringContext (builtins.toFile "a" ""))',
        value: 'false',
      },
    },
    [anything],
    ({ evaluator }, value) => coerced(evaluator, value, discardOptions, (string) => string),
  ),
  strictBuiltin(
    {
      name: 'unsafeDiscardOutputDependency',
      args: ['s'],
      type: 'String -> String',
      since: null,
      doc: 'The string *s* with references to derivations and all they need (those of `drvPath`) turned into references to the `.drv` files alone.',
    },
    [anything],
    ({ evaluator }, value) =>
      coerced(evaluator, value, discardOutputOptions, (string, context) => {
        const result = new Set<ByteString>()
        for (const encoded of context ?? []) {
          const element = parseContextElement(encoded)
          result.add(element.kind === 'deep' ? element.path : encoded)
        }
        return makeString(string, result)
      }),
  ),
  strictBuiltin(
    {
      name: 'addDrvOutputDependencies',
      args: ['s'],
      type: 'String -> String',
      since: '2.20',
      doc: 'The string *s*, which must refer to just one `.drv` file, with that reference turned into one to the derivation and all it needs.',
    },
    [anything],
    ({ evaluator }, value) =>
      coerced(evaluator, value, addOutputsOptions, (string, context) => {
        const elements = [...(context ?? [])]
        if (elements.length !== 1) {
          throw new NixError(
            'evaluation',
            `context of string '${string}' must have exactly one element, but has ${elements.length}`,
          )
        }
        const element = parseContextElement(elements[0])
        if (element.kind === 'built') {
          throw new NixError(
            'evaluation',
            `\`addDrvOutputDependencies\` can only act on derivations, not on a derivation output such as '${element.output}'`,
          )
        }
        if (!element.path.endsWith('.drv')) {
          throw new NixError('evaluation', `path '${element.path}' is not a derivation`)
        }
        return makeString(
          string,
          new Set([formatContextElement({ kind: 'deep', path: element.path })]),
        )
      }),
  ),
]
