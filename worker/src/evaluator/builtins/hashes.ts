/** Builtins of hashes. */
import { blake3 } from '@noble/hashes/blake3.js'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import {
  formatHash,
  hashBytes,
  parseHashOf,
  type ProgramHashAlgorithm,
} from '@snowglobe/shared/hash'
import type { BuiltinDefinition } from '../builtin'
import { getAttribute } from '../get-attribute'
import { realisePath } from '../realise'
import { ContextString, type Path, type Value } from '../values'
import { plainText, set, strictBuiltin, stringValue } from './parameters'
import { algorithmNamed, formatNamed } from './hash-names'

const fileAlgorithm = plainText('while evaluating the first argument passed to builtins.hashFile')
const convertArgument = set('while evaluating the first argument passed to builtins.convertHash')
const hashAttribute = plainText("while evaluating the attribute 'hash'")
const algorithmAttribute = plainText("while evaluating the attribute 'hashAlgo'")
const formatAttribute = plainText("while evaluating the attribute 'toHashFormat'")

function hashed(algorithm: ProgramHashAlgorithm, data: Uint8Array | ByteString): ByteString {
  if (algorithm !== 'blake3') {
    return formatHash({ algorithm, bytes: hashBytes(algorithm, data) }, 'base16')
  }
  const bytes = blake3(typeof data === 'string' ? byteStringToBytes(data) : data)
  return formatHash({ algorithm, bytes }, 'base16')
}

export const hashBuiltins: BuiltinDefinition[] = [
  strictBuiltin(
    {
      name: 'hashString',
      args: ['type', 's'],
      type: 'String -> String -> String',
      since: '1.4',
      doc: 'The hash of the bytes of the string *s* in base 16; *type* is `"md5"`, `"sha1"`, `"sha256"`, `"sha512"`, or `"blake3"` with the experimental feature `blake3-hashes`.',
      example: {
        expression: 'builtins.hashString "md5" ""',
        value: '"d41d8cd98f00b204e9800998ecf8427e"',
      },
    },
    [
      plainText('while evaluating the first argument passed to builtins.hashString'),
      stringValue('while evaluating the second argument passed to builtins.hashString'),
    ],
    (_, name, string) => {
      const algorithm = algorithmNamed(name)
      return hashed(algorithm, string instanceof ContextString ? string.text : string)
    },
  ),
  {
    name: 'hashFile',
    args: ['type', 'p'],
    type: 'String -> (Path | String) -> String',
    since: '2.3',
    doc: 'The hash of the contents of the file at the path *p* in base 16; *type* as for `hashString`.',
    *resume({ evaluator }, type, file) {
      const algorithm = algorithmNamed(yield* fileAlgorithm.receive(type))
      const { path } = (yield realisePath(evaluator, file)) as Path
      return hashed(
        algorithm,
        evaluator.store(() => evaluator.files.readBytes(path)),
      )
    },
  },
  {
    name: 'convertHash',
    args: ['args'],
    type: '{ hash :: String; toHashFormat :: String; hashAlgo :: String; } -> String',
    since: '2.19',
    doc: 'Writes a hash in another format. Takes a set of `hash` (in any format), `toHashFormat` (`"base16"`, `"nix32"`, `"base64"` or `"sri"`) and `hashAlgo`, which may be absent if `hash` names its algorithm.',
    example: {
      expression:
        'builtins.convertHash { hash = "d41d8cd98f00b204e9800998ecf8427e"; hashAlgo = "md5"; toHashFormat = "sri"; }',
      value: '"md5-1B2M2Y8AsgTpgAmY7PhCfg=="',
    },
    *resume({ evaluator }, args) {
      const attributes = yield* convertArgument.receive(args)
      const hashSlot = getAttribute(attributes, 'hash', "while locating the attribute 'hash'")
      const hash = yield* hashAttribute.receive(hashSlot)
      const algorithmSlot = attributes.get('hashAlgo')
      const algorithm: Value =
        algorithmSlot === undefined ? null : yield* algorithmAttribute.receive(algorithmSlot)
      const known = algorithm === null ? null : algorithmNamed(algorithm as ByteString)
      const formatSlot = getAttribute(
        attributes,
        'toHashFormat',
        "while locating the attribute 'toHashFormat'",
      )
      const name = yield* formatAttribute.receive(formatSlot)
      const format = formatNamed(evaluator, name)
      return formatHash(
        evaluator.store(() => parseHashOf(hash, known, algorithmNamed)),
        format,
      )
    },
  },
]
