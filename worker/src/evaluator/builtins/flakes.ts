/** Builtins of flakes. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { InputAttribute } from '@snowglobe/shared/flakes/input-attributes'
import {
  flakeReferenceFromAttributes,
  flakeReferenceToAttributes,
  formatFlakeReference,
  parseFlakeReference,
} from '@snowglobe/shared/flakes/flake-reference'
import { callFlake } from '../../flakes/call-flake'
import { lockFlake } from '../../flakes/lock-flake'
import { attributeSetOf } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { NixError } from '../errors'
import { expectPlainString } from '../expect'
import { isLockedFor } from '../fetch-tree'
import { realisePath } from '../realise'
import { describeType } from '../type-names'
import { ContextString, Path, type Value } from '../values'
import { plainText, set } from './parameters'

const referenceText = plainText('while evaluating the argument passed to builtins.parseFlakeRef')
const attributesArgument = set('while evaluating the argument passed to builtins.flakeRefToString')

export const flakeBuiltins: BuiltinDefinition[] = [
  {
    name: 'getFlake',
    args: ['args'],
    type: '(Path | String) -> AttrSet',
    since: '2.4',
    feature: 'flakes',
    doc: 'Fetches the flake that a reference like `"github:owner/repo"` or a path names and gives its outputs, with `inputs`, `outputs`, `sourceInfo`, `outPath` and what else is known of its source. Pure evaluation takes only references that are locked.',
    *resume({ evaluator }, argument) {
      const value: Value = yield argument
      let text: ByteString
      if (value instanceof Path) {
        const { path } = (yield realisePath(evaluator, value)) as Path
        text = `path:${path}`
      } else {
        text = expectPlainString(
          value,
          0,
          'while evaluating the argument passed to builtins.getFlake',
        )
      }
      const reference = evaluator.store(() => parseFlakeReference(text))
      const { pureEval } = evaluator.settings
      if (pureEval && !(value instanceof Path) && !isLockedFor(evaluator, reference.input)) {
        throw new NixError(
          'restricted',
          `cannot call 'getFlake' on unlocked flake reference '${text}', at \u00c2\u00abnone\u00c2\u00bb:0 (use --impure to override)`,
        )
      }
      return yield callFlake(evaluator, yield* lockFlake(evaluator, reference))
    },
  },
  {
    name: 'parseFlakeRef',
    args: ['flake-ref'],
    type: 'String -> AttrSet',
    since: '2.18',
    feature: 'flakes',
    doc: 'The attributes of the flake reference *flake-ref*.',
    example: {
      expression: 'builtins.parseFlakeRef "github:NixOS/nixpkgs/23.05?dir=lib"',
      value: '{ dir = "lib"; owner = "NixOS"; ref = "23.05"; repo = "nixpkgs"; type = "github"; }',
    },
    *resume({ evaluator }, argument) {
      const text = yield* referenceText.receive(argument)
      const reference = evaluator.store(() => parseFlakeReference(text))
      return attributeSetOf(Object.fromEntries(flakeReferenceToAttributes(reference)))
    },
  },
  {
    name: 'flakeRefToString',
    args: ['attrs'],
    type: 'AttrSet -> String',
    since: '2.18',
    feature: 'flakes',
    doc: 'The flake reference with the attributes *attrs* as a URL.',
    example: {
      expression:
        'builtins.flakeRefToString { type = "github"; owner = "NixOS"; repo = "nixpkgs"; ref = "23.05"; dir = "lib"; }',
      value: '"github:NixOS/nixpkgs/23.05?dir=lib"',
    },
    *resume({ evaluator }, argument) {
      const given = yield* attributesArgument.receive(argument)
      const attributes = new Map<ByteString, InputAttribute>()
      for (const name of given.names) {
        const value: Value = yield given.get(name)!
        if (typeof value === 'number' || typeof value === 'bigint') {
          if (value < 0) {
            throw new NixError(
              'evaluation',
              `negative value given for flake ref attr ${name}: ${value}`,
            )
          }
          attributes.set(name, Number(value))
        } else if (typeof value === 'boolean' || typeof value === 'string') {
          attributes.set(name, value)
        } else if (value instanceof ContextString) attributes.set(name, value.text)
        else {
          throw new NixError(
            'type',
            `flake reference attribute sets may only contain integers, Booleans, and strings, but attribute '${name}' is ${describeType(value)}`,
          )
        }
      }
      return evaluator.store(() => formatFlakeReference(flakeReferenceFromAttributes(attributes)))
    },
  },
]
