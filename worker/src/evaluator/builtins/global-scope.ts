/** The global scope: `builtins`, and the names that need no `builtins.`. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSet, AttributeSetBuilder } from '../attribute-set'
import { builtinOf, type BuiltinDefinition } from '../builtin'
import { Thunk } from '../thunk'
import type { Evaluator } from '../evaluator'
import type { Shape } from '../shape'
import type { Slot } from '../values'
import { attributeSetBuiltins } from './attribute-sets'
import { constantDefinitions } from './constants'
import { controlBuiltins } from './control'
import { contextBuiltins } from './context'
import { derivationBuiltins } from './derivations'
import { fetchClosureBuiltins } from './fetch-closure'
import { fetcherBuiltins } from './fetchers'
import { fileBuiltins } from './files'
import { flakeBuiltins } from './flakes'
import { hashBuiltins } from './hashes'
import { jsonBuiltins } from './json'
import { listBuiltins } from './lists'
import { nativeCodeBuiltins } from './native-code'
import { numberBuiltins } from './numbers'
import { regexBuiltins } from './regex'
import { stringBuiltins } from './strings'
import { tomlBuiltins } from './toml'
import { typeBuiltins } from './types'
import { versionBuiltins } from './versions'
import { xmlBuiltins } from './xml'

/** Every builtin function, as data: documentation, completion and `builtins` are made of it. */
export const builtinDefinitions: readonly BuiltinDefinition[] = [
  ...attributeSetBuiltins,
  ...contextBuiltins,
  ...controlBuiltins,
  ...derivationBuiltins,
  ...fetchClosureBuiltins,
  ...fetcherBuiltins,
  ...fileBuiltins,
  ...flakeBuiltins,
  ...hashBuiltins,
  ...jsonBuiltins,
  ...listBuiltins,
  ...nativeCodeBuiltins,
  ...numberBuiltins,
  ...regexBuiltins,
  ...stringBuiltins,
  ...tomlBuiltins,
  ...typeBuiltins,
  ...versionBuiltins,
  ...xmlBuiltins,
]

export interface GlobalScope {
  /** By name: what a free variable means. */
  globals: Map<ByteString, Slot>
  builtins: AttributeSet
}

let lastShape: Shape | null = null

/** Evaluators with the same builtins have sets of one shape: compiled code knows it again. */
function withSharedShape(set: AttributeSet): AttributeSet {
  const { names } = set
  const known = lastShape
  if (known?.names.length === names.length && names.every((name, i) => name === known.names[i])) {
    return new AttributeSet(known, set.slots)
  }
  lastShape = set.shape
  return set
}

/** Makes the global scope of an evaluator. */
export function globalScope(evaluator: Evaluator): GlobalScope {
  const globals = new Map<ByteString, Slot>()
  const builder = new AttributeSetBuilder()
  const add = (name: ByteString, slot: Slot, global: boolean) => {
    builder.set(name, slot)
    globals.set(global ? name : `__${name}`, slot)
  }
  const { settings } = evaluator
  for (const definition of builtinDefinitions) {
    const { feature, onlyIf } = definition
    if (feature !== undefined && !evaluator.hasFeature(feature)) continue
    if (onlyIf?.(settings) === false) continue
    add(definition.name, builtinOf(definition), definition.global === true)
  }
  for (const { name, value, global, impure } of constantDefinitions) {
    if (impure === true && settings.pureEval) continue
    add(name, value(evaluator), global === true)
  }
  // `builtins.builtins` is the set itself: its slot is there before the set is.
  const self = new Thunk(null, null)
  builder.set('builtins', self)
  const builtins = withSharedShape(builder.build())
  self.payload = builtins
  globals.set('builtins', builtins)
  return { globals, builtins }
}
