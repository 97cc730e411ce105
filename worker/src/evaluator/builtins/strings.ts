/** Builtins of strings, and of paths as text. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { canonicalPath, parentPath } from '../../language/canonical-path'
import { coerce, coerceResumable, ContextBuilder, type CoercionOptions } from '../coerce'
import { NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import type { BuiltinDefinition } from '../builtin'
import { force, isForced, Thunk } from '../thunk'
import { ContextString, makeString, Path, type List, type Slot, type Value } from '../values'
import { anything, integer, list, strictBuiltin, stringValue } from './parameters'
import { coerced } from './coerced'
import { StringReplacer } from './string-replacer'

function coercion(context: ByteString, more = false, copyToStore = true): CoercionOptions {
  return { more, copyToStore, context }
}

const toStringOptions = coercion(
  'while evaluating the first argument passed to builtins.toString',
  true,
  false,
)
const lengthOptions = coercion('while evaluating the argument passed to builtins.stringLength')
const substringOptions = coercion(
  'while evaluating the third argument (the string) passed to builtins.substring',
)
const baseNameOptions = coercion(
  'while evaluating the first argument passed to builtins.baseNameOf',
  false,
  false,
)
const dirOptions = coercion(
  "while evaluating the first argument passed to 'builtins.dirOf'",
  false,
  false,
)
const separatorString = stringValue(
  'while evaluating the first argument (the separator string) passed to builtins.concatStringsSep',
)
const stringsToConcat = list(
  'while evaluating the second argument (the list of strings to concat) passed to builtins.concatStringsSep',
)
const elementOptions = coercion(
  'while evaluating one element of the list of strings to concat passed to builtins.concatStringsSep',
)

const fromString = stringValue(
  'while evaluating one of the strings to replace passed to builtins.replaceStrings',
)
const toText = stringValue(
  'while evaluating one of the replacement strings passed to builtins.replaceStrings',
)
const fromList = list('while evaluating the first argument passed to builtins.replaceStrings')
const toList = list('while evaluating the second argument passed to builtins.replaceStrings')
const subject = stringValue('while evaluating the third argument passed to builtins.replaceStrings')

/** The last component; of any slashes at the end only one does not count, as ever in Nix. */
function baseName(path: ByteString): ByteString {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end)
}

/** What lies before the last slash, which need not be a path. */
function directoryName(path: ByteString): ByteString {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash)
}

function slice(text: ByteString, start: number | bigint, length: number | bigint): ByteString {
  const begin = Number(start)
  return text.slice(begin, length < 0 ? text.length : begin + Number(length))
}

function lengthOf(text: ByteString): number {
  return text.length
}

/** Apart from `substring`, which has its variables in registers as long as no closure captures them. */
function sliceCoerced(
  evaluator: Evaluator,
  value: Value,
  start: number | bigint,
  length: number | bigint,
): Slot {
  return coerced(evaluator, value, substringOptions, (text, context) =>
    makeString(slice(text, start, length), context),
  )
}

/** The text of what is known to be a string. */
function plain(value: Value): ByteString {
  return value instanceof ContextString ? value.text : (value as ByteString)
}

function contextOf(value: Value): ContextBuilder {
  const context = new ContextBuilder()
  if (value instanceof ContextString) context.addAll(value.context)
  return context
}

function forcedValue(slot: Slot): Value | undefined {
  if (!isForced(slot)) return undefined
  return slot instanceof Thunk ? (slot.payload as Value) : slot
}

function checkLengths(patterns: List, replacements: List): void {
  if (patterns.length === replacements.length) return
  throw new NixError(
    'evaluation',
    "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths",
  )
}

export const stringBuiltins: BuiltinDefinition[] = [
  strictBuiltin(
    {
      name: 'toString',
      args: ['e'],
      type: 'a -> String',
      since: null,
      global: true,
      doc: 'Makes a string of *e*: a string stays as it is, a path becomes its text without being copied, numbers are written in decimal, `true` becomes `"1"`, `false` and `null` become `""`, lists are joined with spaces, sets need `__toString` or `outPath`.',
      example: { expression: 'toString [ 1 "two" true ]', value: '"1 two 1"' },
    },
    [anything],
    ({ evaluator }, value) => {
      if (typeof value === 'string' || value instanceof ContextString) return value
      if (typeof value === 'number') return String(value)
      return coerced(evaluator, value, toStringOptions, makeString)
    },
  ),
  strictBuiltin(
    {
      name: 'stringLength',
      args: ['e'],
      type: 'String -> Int',
      since: '0.11',
      doc: 'The number of bytes in the string *e*.',
      example: { expression: 'builtins.stringLength "hello"', value: '5' },
      quick: (value) => (typeof value === 'string' ? value.length : undefined),
    },
    [anything],
    ({ evaluator }, value) => coerced(evaluator, value, lengthOptions, lengthOf),
  ),
  strictBuiltin(
    {
      name: 'substring',
      args: ['start', 'len', 's'],
      type: 'Int -> Int -> String -> String',
      since: '0.11',
      doc: 'At most *len* bytes of *s* from byte *start* on, counted from 0; all the rest if *len* is negative. `""` if *s* is not that long.',
      example: { expression: 'builtins.substring 1 3 "hello"', value: '"ell"' },
    },
    [
      integer(
        'while evaluating the first argument (the start offset) passed to builtins.substring',
      ),
      integer(
        'while evaluating the second argument (the substring length) passed to builtins.substring',
      ),
      anything,
    ],
    ({ evaluator }, start, length, value) => {
      if (start < 0) {
        throw new NixError('evaluation', "negative start position in 'substring'")
      }
      return typeof value === 'string'
        ? slice(value, start, length)
        : sliceCoerced(evaluator, value, start, length)
    },
  ),
  {
    name: 'concatStringsSep',
    args: ['separator', 'list'],
    type: 'String -> [String] -> String',
    since: '1.10',
    doc: 'The strings of *list* one after the other, *separator* between each two.',
    example: { expression: 'builtins.concatStringsSep "/" [ "usr" "bin" ]', value: '"usr/bin"' },
    native({ evaluator }, separator, strings) {
      const between = separatorString.take(separator)
      const elements = stringsToConcat.take(strings)
      const context = contextOf(between)
      const texts = new Array<ByteString>(elements.length)
      for (let i = 0; i < elements.length; i++) {
        const element = force(elements[i])
        texts[i] =
          typeof element === 'string'
            ? element
            : coerce(evaluator, element, elementOptions, context, 0)
      }
      return makeString(texts.join(plain(between)), context.build())
    },
    *resume({ evaluator }, separator, strings) {
      const between = yield* separatorString.receive(separator)
      const elements = yield* stringsToConcat.receive(strings)
      const context = contextOf(between)
      const texts: ByteString[] = []
      for (const element of elements) {
        const text = yield coerceResumable(evaluator, yield element, elementOptions, context, 0)
        texts.push(text as ByteString)
      }
      return makeString(texts.join(plain(between)), context.build())
    },
  },
  {
    name: 'replaceStrings',
    args: ['from', 'to', 's'],
    type: '[String] -> [String] -> String -> String',
    since: '1.10',
    doc: 'The string *s* with each occurrence of a string of the list *from* replaced by the one at the same place in *to*. Where several match, the first in the list does. Only those replacements are evaluated that are used.',
    example: {
      expression: 'builtins.replaceStrings [ "l" "o" ] [ "L" "0" ] "hello"',
      value: '"heLL0"',
    },
    native(_, from, to, s) {
      const patterns = fromList.take(from)
      const replacements = toList.take(to)
      checkLengths(patterns, replacements)
      const texts = patterns.map((pattern) => plain(fromString.take(pattern)))
      const context = new ContextBuilder()
      const original = subject.take(s)
      if (original instanceof ContextString) context.addAll(original.context)
      const replacer = new StringReplacer(texts, plain(original))
      for (let wanted = replacer.advance(); wanted >= 0; wanted = replacer.advance()) {
        const replacement = toText.take(replacements[wanted])
        if (replacement instanceof ContextString) context.addAll(replacement.context)
        replacer.supply(wanted, plain(replacement))
      }
      return makeString(replacer.result, context.build())
    },
    *resume(_, from, to, s) {
      const patterns = yield* fromList.receive(from)
      const replacements = yield* toList.receive(to)
      checkLengths(patterns, replacements)
      const texts: ByteString[] = []
      for (const pattern of patterns) {
        const ready = forcedValue(pattern)
        const found: Value = typeof ready === 'string' ? ready : yield* fromString.receive(pattern)
        texts.push(plain(found))
      }
      const context = new ContextBuilder()
      const original: Value = yield* subject.receive(s)
      if (original instanceof ContextString) context.addAll(original.context)
      const replacer = new StringReplacer(texts, plain(original))
      for (let wanted = replacer.advance(); wanted >= 0; wanted = replacer.advance()) {
        const replacement: Value = yield* toText.receive(replacements[wanted])
        if (replacement instanceof ContextString) context.addAll(replacement.context)
        replacer.supply(wanted, plain(replacement))
      }
      return makeString(replacer.result, context.build())
    },
  },
  strictBuiltin(
    {
      name: 'baseNameOf',
      args: ['x'],
      type: '(Path | String) -> String',
      since: null,
      global: true,
      doc: 'What follows the last slash of the path or string *x*; one slash at its end does not count.',
      example: { expression: 'baseNameOf "/etc/nix/nix.conf"', value: '"nix.conf"' },
    },
    [anything],
    ({ evaluator }, value) =>
      coerced(evaluator, value, baseNameOptions, (text, context) =>
        makeString(baseName(text), context),
      ),
  ),
  strictBuiltin(
    {
      name: 'dirOf',
      args: ['s'],
      type: '(Path | String) -> (Path | String)',
      since: null,
      global: true,
      doc: 'What lies before the last slash of the path or string *s*: a path if *s* is one, else a string. `"."` if there is no slash.',
      example: { expression: 'dirOf "/etc/nix/nix.conf"', value: '"/etc/nix"' },
    },
    [anything],
    ({ evaluator }, value) =>
      value instanceof Path
        ? new Path(canonicalPath(parentPath(value.path)))
        : coerced(evaluator, value, dirOptions, (text, context) =>
            makeString(directoryName(text), context),
          ),
  ),
]
