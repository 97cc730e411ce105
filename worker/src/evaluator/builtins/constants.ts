/** The builtins that are no functions (and `derivation`, a function written in Nix). */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import type { Evaluator } from '../evaluator'
import { nixVersion } from '../nix-version'
import { Code, Thunk } from '../thunk'
import type { Slot, Value } from '../values'
import { derivationFunction } from './derivations'

const languageVersion = 6

/** A builtin that is a value. It is documented as the functions are. */
export interface ConstantDefinition extends Pick<
  BuiltinDefinition,
  'type' | 'since' | 'doc' | 'example' | 'global'
> {
  name: ByteString
  /** Pure evaluation does not have it. */
  impure?: boolean
  value(evaluator: Evaluator): Slot
}

function lazily(work: () => Value): Slot {
  return new Thunk(new Code(work, null, null), null)
}

export const constantDefinitions: readonly ConstantDefinition[] = [
  {
    name: 'true',
    type: 'Bool',
    since: null,
    global: true,
    doc: 'The Boolean that `1 == 1` gives. It is a variable: a `let` may give the name another meaning.',
    value: () => true,
  },
  {
    name: 'false',
    type: 'Bool',
    since: null,
    global: true,
    doc: 'The Boolean that `1 == 2` gives. It is a variable: a `let` may give the name another meaning.',
    value: () => false,
  },
  {
    name: 'null',
    type: 'Null',
    since: null,
    global: true,
    doc: 'No value. A derivation leaves out what is `null` if it has `__ignoreNulls`; an attribute whose dynamic name is `null` is not there.',
    example: { expression: '{ ${null} = 1; }', value: '{ }' },
    value: () => null,
  },
  {
    name: 'derivation',
    type: '{ name :: String; system :: String; builder :: Path | String; args :: [String]; outputs :: [String]; ... } -> Derivation',
    since: null,
    global: true,
    doc: 'Describes a build: *builder* is run with the arguments *args* on a machine of the kind *system*, all attributes in its environment, and writes to the path in `$out`. Gives a set with `outPath` and `drvPath`, so that it can stand in strings for the path of what it builds; its `.drv` file is written when one of the two is needed.',
    value: (evaluator) => lazily(() => derivationFunction(evaluator)),
  },
  {
    name: 'storeDir',
    type: 'String',
    since: null,
    doc: 'The directory of the store, usually `/nix/store`.',
    value: (evaluator) => evaluator.host.store.storeDir,
  },
  {
    name: 'nixVersion',
    type: 'String',
    since: null,
    doc: 'The version of Nix whose language this is.',
    example: {
      expression: 'builtins.compareVersions builtins.nixVersion "2.3" >= 0',
      value: 'true',
    },
    value: () => nixVersion,
  },
  {
    name: 'langVersion',
    type: 'Int',
    since: null,
    doc: 'A number that grows with the language. Asking whether a builtin is there (`builtins ? groupBy`) says more.',
    value: () => languageVersion,
  },
  {
    name: 'currentSystem',
    type: 'String',
    since: null,
    impure: true,
    doc: 'The kind of machine that evaluates, like `"x86_64-linux"`. What it is used for differs from one machine to the next: pure evaluation does not have it.',
    value: (evaluator) => evaluator.host.system,
  },
  {
    name: 'currentTime',
    type: 'Int',
    since: null,
    impure: true,
    doc: 'Seconds since 1970 when the evaluation first asks. Pure evaluation does not have it.',
    value: (evaluator) => lazily(() => evaluator.host.currentTime()),
  },
  {
    name: 'nixPath',
    type: '[{ prefix :: String; path :: String; }]',
    since: null,
    doc: 'Where `<name>` is looked for: the search path of `NIX_PATH` and of `-I`, as `findFile` takes it.',
    value: ({ nixPath }) => nixPath.map(({ prefix, path }) => attributeSetOf({ prefix, path })),
  },
]

/** `builtins` itself, which is made of all others. */
export const builtinsDocumentation = {
  name: 'builtins',
  type: 'AttrSet',
  since: null,
  global: true,
  doc: 'The set of all builtins. `builtins ? name` tells whether this Nix has one.',
  example: { expression: 'builtins ? map', value: 'true' },
} as const
