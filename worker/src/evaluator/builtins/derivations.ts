/** Builtins that make derivations. */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  finishDerivation,
  hashModuloContext,
  type HashModuloContext,
} from '@snowglobe/shared/hash-modulo'
import { checkStorePathName, StorePathError } from '@snowglobe/shared/store-path'
import type { Position } from '../../language/tree'
import { AttributeSet, AttributeSetBuilder } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { coerce, coerceResumable, type CoercionOptions } from '../coerce'
import { treeCode } from '../delayed'
import { derivationError, DerivationDraft } from '../derivation-draft'
import { environment1 } from '../environment'
import { NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import { expectBoolean, expectList, expectPlainString, expectString } from '../expect'
import { getAttribute } from '../get-attribute'
import { formatJson, jsonResumable } from '../json'
import { jsonString } from '../json-scalars'
import { runResumable, type Resumable } from '../machine'
import { parseJson } from '../parse-json'
import { outputString, textOfDerived } from '../output-string'
import { formatContextElement, parseContextElement } from '../string-context'
import { force, Thunk } from '../thunk'
import { ContextString, type Slot, type Value } from '../values'
import { warnAt } from '../warnings'
import { boolean, plainText, set, strictBuiltin, stringValue } from './parameters'
import { findAlgorithm } from './hash-names'

/** Paths are copied and scalars written out; the frame of the attribute says all that is needed. */
const attributeOptions: CoercionOptions = { more: true, copyToStore: true, context: '' }
const argumentOptions: CoercionOptions = {
  ...attributeOptions,
  context: 'while evaluating an element of the argument list',
}

const jsonOptions = { strict: true, copyToStore: true }

const attributesArgument = set('while evaluating the argument passed to builtins.derivationStrict')
const nameAttribute = plainText(
  'while evaluating the `name` attribute passed to builtins.derivationStrict',
)
const structuredAttribute = boolean(
  'while evaluating the `__structuredAttrs` attribute passed to builtins.derivationStrict',
)
const ignoreNullsAttribute = boolean(
  'while evaluating the `__ignoreNulls` attribute passed to builtins.derivationStrict',
)

/** Attributes that structured attributes replace by `outputChecks`. */
const replacedByOutputChecks = new Set([
  'allowedReferences',
  'allowedRequisites',
  'disallowedReferences',
  'disallowedRequisites',
  'maxSize',
  'maxClosureSize',
])

const hashContexts = new WeakMap<Evaluator, HashModuloContext>()

/** What the output paths of an evaluator's derivations are computed with. */
function hashContextOf(evaluator: Evaluator): HashModuloContext {
  let context = hashContexts.get(evaluator)
  if (context === undefined) {
    const { store } = evaluator.host
    context = {
      ...hashModuloContext(store.storeDir, (path) => store.readDerivation(path)),
      finished: store.finished,
    }
    hashContexts.set(evaluator, context)
  }
  return context
}

/** The strings in a list that has become one string. */
function words(text: ByteString): ByteString[] {
  return text.split(/[ \t\n\r]+/).filter((word) => word !== '')
}

function* coerceAttribute(
  evaluator: Evaluator,
  value: Value,
  options: CoercionOptions,
  draft: DerivationDraft,
): Resumable {
  return yield coerceResumable(evaluator, value, options, draft.context, 0)
}

/** Takes an attribute that becomes an environment variable. */
function takeVariable(
  evaluator: Evaluator,
  draft: DerivationDraft,
  name: ByteString,
  text: ByteString,
): void {
  draft.environment.set(name, name === '__json' ? reformatted(text) : text)
  switch (name) {
    case 'builder':
      draft.builder = text
      break
    case 'system':
      draft.system = text
      break
    case 'outputHash':
      draft.outputHash = text
      break
    case 'outputHashAlgo':
      draft.outputHashAlgorithm = findAlgorithm(text)
      break
    case 'outputHashMode':
      draft.setHashMode(text)
      break
    case 'outputs':
      draft.setOutputs(words(text))
      break
    case '__json':
      evaluator.host.message(
        'warning',
        "setting structured attributes via '__json' is deprecated, and may be disallowed in future versions of Nix. Set '__structuredAttrs = true' instead.",
      )
      break
  }
}

function describeJson(value: Value): string {
  if (value === null) return 'null'
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'number'
}

/** Structured attributes that are given as text become text anew. */
function reformatted(text: ByteString): ByteString {
  let value: Value
  try {
    value = parseJson(text)
  } catch (error) {
    if (!(error instanceof NixError)) throw error
    throw derivationError(`cannot process __json attribute: ${error.text}`)
  }
  if (!(value instanceof AttributeSet)) {
    const type = Array.isArray(value) ? 'array' : describeJson(value)
    throw derivationError(
      `Expected JSON value to be of type 'object' but it is of type '${type}': ${formatJson(value)}`,
    )
  }
  return formatJson(value)
}

/** Takes what a structured attribute says of the derivation itself. */
function* takeStructured(
  evaluator: Evaluator,
  draft: DerivationDraft,
  name: ByteString,
  value: Value,
  position: Position,
): Resumable {
  switch (name) {
    case 'builder':
      if (value instanceof ContextString) draft.context.addAll(value.context)
      draft.builder = expectString(value, 0)
      break
    case 'system':
      draft.system = expectPlainString(value, 0)
      break
    case 'outputHash':
      draft.outputHash = expectPlainString(value, 0)
      break
    case 'outputHashAlgo':
      draft.outputHashAlgorithm = findAlgorithm(expectPlainString(value, 0))
      break
    case 'outputHashMode':
      draft.setHashMode(expectPlainString(value, 0))
      break
    case 'outputs': {
      const names: ByteString[] = []
      for (const slot of expectList(value, 0)) names.push(expectPlainString(yield slot, 0))
      draft.setOutputs(names)
    }
  }
  if (replacedByOutputChecks.has(name)) {
    const message = `while evaluating derivation '${draft.name}'`
    warnAt(
      evaluator,
      `'structuredAttrs' disables the effect of the derivation attribute '${name}'; use 'outputChecks.<output>.${name}' instead`,
      position,
      [{ message, position: 0, visibility: 'normal' }],
    )
  }
  return null
}

/** Takes one attribute, forced already. With `json` it goes there rather than to the environment. */
function* takeAttribute(
  evaluator: Evaluator,
  draft: DerivationDraft,
  name: ByteString,
  value: Value,
  position: Position,
  json: Map<ByteString, ByteString> | null,
): Resumable {
  switch (name) {
    case '__contentAddressed':
      if (expectBoolean(value, 0)) {
        draft.contentAddressed = true
        evaluator.requireFeature('ca-derivations')
      }
      return null
    case '__impure':
      if (expectBoolean(value, 0)) {
        draft.impure = true
        evaluator.requireFeature('impure-derivations')
      }
      return null
    case 'args':
      for (const slot of expectList(value, 0)) {
        const argument: Value = yield slot
        draft.args.push(
          (yield coerceAttribute(evaluator, argument, argumentOptions, draft)) as ByteString,
        )
      }
      return null
  }
  if (json !== null) {
    if (name === '__structuredAttrs') return null
    const text: Value = yield jsonResumable(evaluator, value, jsonOptions, draft.context, 0)
    json.set(name, text as ByteString)
    return yield takeStructured(evaluator, draft, name, value, position)
  }
  const text =
    typeof value === 'string'
      ? value
      : ((yield coerceAttribute(evaluator, value, attributeOptions, draft)) as ByteString)
  takeVariable(evaluator, draft, name, text)
  return null
}

function newDraft(evaluator: Evaluator, name: ByteString): DerivationDraft {
  try {
    checkStorePathName(name)
  } catch (error) {
    if (!(error instanceof StorePathError)) throw error
    throw derivationError(
      `invalid derivation name: ${error.message}. Please pass a different 'name'.`,
    )
  }
  return new DerivationDraft(name, evaluator)
}

function inAttribute(
  error: unknown,
  attributes: AttributeSet,
  index: number,
  name: ByteString,
): unknown {
  if (error instanceof NixError) {
    error.addFrame(
      `while evaluating attribute '${attributes.names[index]}' of derivation '${name}'`,
      attributes.shape.positionOf(index),
    )
  }
  return error
}

/** Makes a draft of the attributes and finishes it. */
function derive(evaluator: Evaluator, name: ByteString, attributes: AttributeSet): Value {
  const draft = newDraft(evaluator, name)
  const structured = attributes.get('__structuredAttrs')
  const isStructured = structured !== undefined && structuredAttribute.take(structured)
  const json = isStructured ? new Map<ByteString, ByteString>() : null
  const ignore = attributes.get('__ignoreNulls')
  const ignoreNulls = ignore !== undefined && ignoreNullsAttribute.take(ignore)
  const { names, slots } = attributes
  for (let i = 0; i < names.length; i++) {
    const attribute = names[i]
    if (attribute === '__ignoreNulls') continue
    try {
      const value = force(slots[i])
      if (value === null && ignoreNulls) continue
      if (json !== null || takenApart.has(attribute)) {
        const position = attributes.shape.positionOf(i)
        runResumable(takeAttribute(evaluator, draft, attribute, value, position, json))
      } else if (attribute === 'args') {
        for (const slot of expectList(value, 0)) {
          draft.args.push(coerce(evaluator, force(slot), argumentOptions, draft.context, 0))
        }
      } else {
        const text = coerce(evaluator, value, attributeOptions, draft.context, 0)
        if (specialAttributes.has(attribute)) takeVariable(evaluator, draft, attribute, text)
        else draft.environment.set(attribute, text)
      }
    } catch (error) {
      throw inAttribute(error, attributes, i, name)
    }
  }
  return finish(evaluator, draft, json)
}

/** As `derive`, resumable. */
function* deriveResumable(
  evaluator: Evaluator,
  name: ByteString,
  attributes: AttributeSet,
): Resumable {
  const draft = newDraft(evaluator, name)
  const structured = attributes.get('__structuredAttrs')
  const isStructured = structured !== undefined && (yield* structuredAttribute.receive(structured))
  const json = isStructured === true ? new Map<ByteString, ByteString>() : null
  const ignore = attributes.get('__ignoreNulls')
  const ignoreNulls = ignore !== undefined && (yield* ignoreNullsAttribute.receive(ignore)) === true
  const { names } = attributes
  for (let i = 0; i < names.length; i++) {
    const attribute = names[i]
    if (attribute === '__ignoreNulls') continue
    try {
      const value: Value = yield attributes.slots[i]
      if (value === null && ignoreNulls) continue
      if (typeof value === 'string' && json === null && !specialAttributes.has(attribute)) {
        draft.environment.set(attribute, value)
      } else {
        const position = attributes.shape.positionOf(i)
        yield takeAttribute(evaluator, draft, attribute, value, position, json)
      }
    } catch (error) {
      throw inAttribute(error, attributes, i, name)
    }
  }
  return finish(evaluator, draft, json)
}

/** Attributes that are no environment variables. */
const takenApart = new Set(['__contentAddressed', '__impure'])

/** Attributes that are more than environment variables. */
const specialAttributes = new Set([
  '__contentAddressed',
  '__impure',
  '__json',
  'args',
  'builder',
  'outputHash',
  'outputHashAlgo',
  'outputHashMode',
  'outputs',
  'system',
])

/** Writes the derivation and gives `{ drvPath; <output>; … }`. */
function finish(
  evaluator: Evaluator,
  draft: DerivationDraft,
  json: ReadonlyMap<ByteString, ByteString> | null,
): Value {
  if (json !== null) {
    const members = [...json].map(([key, text]) => `${jsonString(key)}:${text}`)
    draft.environment.set('__json', `{${members.join(',')}}`)
  }
  const unfilled = draft.finish()
  const { path, derivation } = evaluator.store(() => {
    const finished = finishDerivation(unfilled, hashContextOf(evaluator))
    const path = evaluator.host.store.addDerivation(finished.derivation, finished.file)
    return { derivation: finished.derivation, path }
  })
  const result = new AttributeSetBuilder()
  result.set(
    'drvPath',
    new ContextString(path, new Set([formatContextElement({ kind: 'deep', path })])),
  )
  for (const [name, output] of derivation.outputs) {
    result.set(name, outputString(evaluator, path, name, output.path))
  }
  return result.build()
}

/**
 * `derivation`: a derivation is written only when one of its paths is asked for, and each output is
 * the set of attributes with paths of its own, so that `x.dev` is a derivation as `x` is.
 */
const wrapper: ByteString = `attributes@{ outputs ? [ "out" ], ... }:
let
  written = derivationStrict attributes;
  of = outputName: common // {
    inherit outputName;
    inherit (written) drvPath;
    outPath = written.\${outputName};
    type = "derivation";
  };
  named = map (outputName: { name = outputName; value = of outputName; }) outputs;
  common = attributes // builtins.listToAttrs named // {
    all = map (output: output.value) named;
    drvAttrs = attributes;
  };
in
(builtins.head named).value
`

const functions = new WeakMap<Evaluator, Map<ByteString, Slot>>()

/** A function written in Nix that belongs to the evaluator itself; one value for each. */
export function internalFunction(evaluator: Evaluator, name: ByteString, source: ByteString): Slot {
  let known = functions.get(evaluator)
  if (known === undefined) functions.set(evaluator, (known = new Map()))
  let fn = known.get(name)
  if (fn === undefined) {
    const node = evaluator.parseInternal(name, source)
    fn = new Thunk(treeCode(node), environment1(null, undefined))
    known.set(name, fn)
  }
  return fn
}

/** The value of the global `derivation`. */
export function derivationFunction(evaluator: Evaluator): Value {
  return force(internalFunction(evaluator, 'derivation.nix', wrapper))
}

/** Where a name attribute is, as a frame says it without showing the code. */
function place(evaluator: Evaluator, position: number): ByteString {
  return evaluator.describePosition(position) ?? '\u00c2\u00abnone\u00c2\u00bb:0'
}

const inArgument = 'in the attrset passed as argument to builtins.derivationStrict'

function inName(error: unknown, attributes: AttributeSet): unknown {
  if (error instanceof NixError) {
    const position = attributes.positionOf('name')
    error.addFrame("while evaluating the derivation attribute 'name'", position)
  }
  return error
}

function inDerivation(
  error: unknown,
  evaluator: Evaluator,
  name: ByteString,
  attributes: AttributeSet,
): unknown {
  if (error instanceof NixError) {
    const where = place(evaluator, attributes.positionOf('name'))
    error.addFrame(
      `while evaluating derivation '${name}'\n  whose name attribute is located at ${where}`,
      0,
    )
  }
  return error
}

/** What the one element of a string's context names, the string being what stands for it. */
function singleDerivedPath(
  evaluator: Evaluator,
  string: ByteString | ContextString,
  context: ByteString,
): ByteString {
  const text = string instanceof ContextString ? string.text : string
  const elements = string instanceof ContextString ? [...string.context] : []
  const fail = (message: ByteString) => {
    throw new NixError('evaluation', message).addFrame(context, 0)
  }
  if (elements.length !== 1) {
    fail(
      `string '${text}' has ${elements.length} entries in its context. It should only have exactly one entry`,
    )
  }
  const element = parseContextElement(elements[0])
  if (element.kind === 'deep') {
    fail(
      `string '${text}' has a context which refers to a complete source and binary closure. This is not supported at this time`,
    )
  }
  if (element.kind !== 'built') {
    if (text !== element.path) {
      fail(`path string '${text}' has context with the different path '${element.path}'`)
    }
    return element.path
  }
  const { path, output } = element
  const expected = textOfDerived(evaluator, path, output)
  if (text !== expected) {
    const [base, ...outputs] = path.split('!').reverse()
    fail(
      `string '${text}' has context with the output '${output}' from derivation '${[base, ...outputs].join('^')}', but the string is not the right placeholder for this derivation output. It should be '${expected}'`,
    )
  }
  return `${output}!${path}`
}

const referenceContext = 'while evaluating the first argument to builtins.outputOf'

export const derivationBuiltins: BuiltinDefinition[] = [
  strictBuiltin(
    {
      name: 'outputOf',
      args: ['derivation-reference', 'output-name'],
      type: 'String -> String -> String',
      since: '2.18',
      feature: 'dynamic-derivations',
      doc: 'The path of the output *output-name* of a derivation, or what stands for it until it is known. *derivation-reference* is the path of a `.drv` file, or an output of a derivation that builds one.',
    },
    [
      stringValue(referenceContext),
      plainText('while evaluating the second argument to builtins.outputOf'),
    ],
    ({ evaluator }, reference, output) => {
      const derivation = singleDerivedPath(evaluator, reference, referenceContext)
      const text = textOfDerived(evaluator, derivation, output)
      const element = formatContextElement({ kind: 'built', path: derivation, output })
      return new ContextString(text, new Set([element]))
    },
  ),
  {
    name: 'derivationStrict',
    args: ['attributes'],
    type: 'AttrSet -> { drvPath :: String; ... :: String }',
    since: null,
    global: true,
    doc: 'Writes the derivation that *attributes* describe to the store. Gives a set of `drvPath` and the path of each output. Use `derivation`, which does so only when it is needed.',
    native({ evaluator }, argument) {
      const attributes = attributesArgument.take(argument)
      const nameSlot = getAttribute(attributes, 'name', inArgument)
      let name: ByteString
      try {
        name = nameAttribute.take(nameSlot)
      } catch (error) {
        throw inName(error, attributes)
      }
      try {
        return derive(evaluator, name, attributes)
      } catch (error) {
        throw inDerivation(error, evaluator, name, attributes)
      }
    },
    *resume({ evaluator }, argument) {
      const attributes = yield* attributesArgument.receive(argument)
      const nameSlot = getAttribute(attributes, 'name', inArgument)
      let name: ByteString
      try {
        name = yield* nameAttribute.receive(nameSlot)
      } catch (error) {
        throw inName(error, attributes)
      }
      try {
        return yield deriveResumable(evaluator, name, attributes)
      } catch (error) {
        throw inDerivation(error, evaluator, name, attributes)
      }
    },
  },
]
