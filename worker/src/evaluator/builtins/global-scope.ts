/** The global scope: `builtins`, and the names that need no `builtins.`. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSetBuilder, type AttributeSet } from '../attribute-set'
import { Builtin, type BuiltinDefinition } from '../builtin'
import { Code, Thunk } from '../thunk'
import type { Evaluator } from '../evaluator'
import { attributeSetOf } from '../attribute-set'
import type { Slot, Value } from '../values'
import { attributeSetBuiltins } from './attribute-sets'
import { controlBuiltins } from './control'
import { contextBuiltins } from './context'
import { derivationBuiltins, derivationFunction } from './derivations'
import { fileBuiltins } from './files'
import { hashBuiltins } from './hashes'
import { jsonBuiltins } from './json'
import { listBuiltins } from './lists'
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
  ...fileBuiltins,
  ...hashBuiltins,
  ...jsonBuiltins,
  ...listBuiltins,
  ...numberBuiltins,
  ...regexBuiltins,
  ...stringBuiltins,
  ...tomlBuiltins,
  ...typeBuiltins,
  ...versionBuiltins,
  ...xmlBuiltins,
]

/** The version of Nix whose language this is. */
export const nixVersion = '2.36.0'
const languageVersion = 6

export interface GlobalScope {
  /** By name: what a free variable means. */
  globals: Map<ByteString, Slot>
  builtins: AttributeSet
}

/** Makes the global scope of an evaluator. */
export function globalScope(evaluator: Evaluator): GlobalScope {
  const globals = new Map<ByteString, Slot>()
  const builder = new AttributeSetBuilder()
  const add = (name: ByteString, slot: Slot, global: boolean) => {
    builder.set(name, slot)
    globals.set(global ? name : `__${name}`, slot)
  }
  for (const definition of builtinDefinitions) {
    add(definition.name, new Builtin(definition, evaluator), definition.global === true)
  }
  add('true', true, true)
  add('false', false, true)
  add('null', null, true)
  add(
    'derivation',
    lazily(() => derivationFunction(evaluator)),
    true,
  )
  add('storeDir', evaluator.host.store.storeDir, false)
  add('nixVersion', nixVersion, false)
  add('langVersion', languageVersion, false)
  add('currentSystem', evaluator.host.system, false)
  add(
    'currentTime',
    lazily(() => evaluator.host.currentTime()),
    false,
  )
  add('nixPath', nixPathValue(evaluator), false)
  // `builtins.builtins` is the set itself: its slot is there before the set is.
  const self = new Thunk(null, null)
  builder.set('builtins', self)
  const builtins = builder.build()
  self.payload = builtins
  globals.set('builtins', builtins)
  return { globals, builtins }
}

function lazily(work: () => Value): Slot {
  return new Thunk(new Code(work, null, null), null)
}

function nixPathValue(evaluator: Evaluator): Value {
  return evaluator.host.nixPath.map(({ prefix, path }) => attributeSetOf({ prefix, path }))
}
