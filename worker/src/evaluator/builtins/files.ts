/** Builtins of files, paths and the surroundings of an evaluation. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { hashPlaceholder } from '@snowglobe/shared/hash-modulo'
import { ReferenceScanner } from '@snowglobe/shared/references'
import { isStorePath, parseStorePath, storePathOf } from '@snowglobe/shared/store-path'
import { addSource, type SourceOptions } from '../add-source'
import { AttributeSetBuilder, attributeSetOf, type AttributeSet } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { fileName, parentPath } from '../../language/canonical-path'
import { coerceResumable, ContextBuilder } from '../coerce'
import { treeCode } from '../delayed'
import { environment1, environmentOf } from '../environment'
import { NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import { getAttribute } from '../get-attribute'
import { Apply, runResumable, type Resumable } from '../machine'
import { outputString } from '../output-string'
import { coerceToPath, InvalidPath, realiseContext, realisePath, rewrite } from '../realise'
import { findFile, type SearchPathEntry } from '../search-path'
import { parseContextElement } from '../string-context'
import { force, Thunk } from '../thunk'
import { ContextString, makeString, Path, type Slot, type Value } from '../values'
import { boolean, callable, list, plainText, set, strictBuiltin, stringValue } from './parameters'
import { internalFunction } from './derivations'
import { hashAllowingEmpty } from './hash-names'

const scopeArgument = set('while evaluating the first argument passed to builtins.scopedImport')
const searchPathArgument = list('while evaluating the first argument passed to builtins.findFile')
const searchPathElement = set('while evaluating an element of the list passed to builtins.findFile')
const prefixAttribute = plainText(
  'while evaluating the `prefix` attribute of an element of the list passed to builtins.findFile',
)
const pathAttribute = {
  more: false,
  copyToStore: false,
  context:
    'while evaluating the `path` attribute of an element of the list passed to builtins.findFile',
}
const lookupArgument = plainText('while evaluating the second argument passed to builtins.findFile')
const filterArgument = callable(
  'while evaluating the first argument passed to builtins.filterSource',
)
const pathArgument = set("while evaluating the argument passed to 'builtins.path'")
const nameOfPath = plainText('while evaluating the `name` attribute passed to builtins.path')
const filterOfPath = callable('while evaluating the `filter` parameter passed to builtins.path')
const recursiveOfPath = boolean(
  'while evaluating the `recursive` attribute passed to builtins.path',
)
const hashOfPath = plainText('while evaluating the `sha256` attribute passed to builtins.path')

/** What `import` gives for a `.drv` file: a derivation like the one that was written. */
const importedDerivation: ByteString = `attributes@{ drvPath, name, outputs, ... }:
let
  of = outputName: common // {
    inherit outputName;
    outPath = attributes.\${outputName};
  };
  named = map (outputName: { name = outputName; value = of outputName; }) outputs;
  common = builtins.listToAttrs named // {
    inherit drvPath name;
    all = map (output: output.value) named;
    type = "derivation";
  };
in
(builtins.head named).value
`

/** Imports a `.drv` file of the store. */
function* importDerivation(evaluator: Evaluator, path: ByteString): Resumable {
  const derivation = evaluator.store(() => evaluator.host.store.readDerivation(path))
  const attributes = new AttributeSetBuilder()
  attributes.set('drvPath', new ContextString(path, new Set([`=${path}`])))
  attributes.set('name', derivation.environment.get('name') ?? '')
  const outputs = [...derivation.outputs.keys()].sort()
  for (const output of outputs) {
    const outputPath = derivation.outputs.get(output)!.path
    attributes.set(output, outputString(evaluator, path, output, outputPath))
  }
  attributes.set('outputs', outputs)
  const fn = internalFunction(evaluator, 'imported-derivation.nix', importedDerivation)
  return yield new Apply(fn, [attributes.build()])
}

/** Evaluates a file whose free variables may also be attributes of a set. Never memoised. */
function importScoped(evaluator: Evaluator, path: ByteString, scope: AttributeSet): Slot {
  const file = evaluator.store(() => evaluator.files.resolveExpression(path))
  const source = evaluator.store(() => evaluator.files.readText(file))
  const origin = { kind: 'file' as const, path: file }
  const node = evaluator.parse(source, origin, parentPath(file), scope.names)
  const root = environment1(null, undefined)
  const environment = scope.size === 0 ? root : environmentOf(root, scope.slots)
  return new Thunk(treeCode(node), environment)
}

function* importFile(evaluator: Evaluator, slot: Slot, scope: Slot | null): Resumable {
  const { path } = (yield realisePath(evaluator, slot)) as Path
  const { store } = evaluator.host
  if (
    path.endsWith('.drv') &&
    isStorePath(store.storeDir, path) &&
    evaluator.store(() => store.isValidPath(path))
  ) {
    return yield importDerivation(evaluator, path)
  }
  if (scope === null) return evaluator.store(() => evaluator.import(path))
  return importScoped(evaluator, path, yield* scopeArgument.receive(scope))
}

/** Which store paths that a file's store path refers to occur in its text. */
function referencesIn(evaluator: Evaluator, path: ByteString, contents: Uint8Array) {
  const { store } = evaluator.host
  const found = new Set<ByteString>()
  if (!path.startsWith(`${store.storeDir}/`)) return found
  const references = new Map<string, ByteString>()
  for (const reference of evaluator.store(() =>
    store.references(storePathOf(store.storeDir, path)),
  )) {
    references.set(parseStorePath(store.storeDir, reference).hashPart, reference)
  }
  if (references.size === 0) return found
  const scanner = new ReferenceScanner([...references.keys()])
  scanner.write(contents)
  for (const hashPart of scanner.found()) found.add(references.get(hashPart)!)
  return found
}

/** Reads the search path that `findFile` is given. */
function* searchPathOf(evaluator: Evaluator, slot: Slot, entries: SearchPathEntry[]): Resumable {
  for (const element of yield* searchPathArgument.receive(slot)) {
    const entry = yield* searchPathElement.receive(element)
    const prefixSlot = entry.get('prefix')
    const prefix = prefixSlot === undefined ? '' : yield* prefixAttribute.receive(prefixSlot)
    const value: Value = yield getAttribute(entry, 'path', 'in an element of the __nixPath')
    const context = new ContextBuilder()
    const path = (yield coerceResumable(evaluator, value, pathAttribute, context, 0)) as ByteString
    try {
      entries.push({ prefix, path: rewrite(path, realiseContext(evaluator, context.build())) })
    } catch (error) {
      if (!(error instanceof InvalidPath)) throw error
      const name = fileName(error.path)
      throw new NixError('store', `cannot find '${path}', since path '${name}' is not valid`)
    }
  }
  return null
}

/** Reads the argument of builtins.path. */
function* pathOptions(evaluator: Evaluator, args: AttributeSet, found: SourceOptions): Resumable {
  const context = new ContextBuilder()
  let path: ByteString | null = null
  for (let i = 0; i < args.size; i++) {
    const slot = args.slots[i]
    const position = args.shape.positionOf(i)
    switch (args.names[i]) {
      case 'path': {
        const about = "while evaluating the 'path' attribute passed to 'builtins.path'"
        const value = (yield coerceToPath(evaluator, slot, context, about, position)) as Path
        path = value.path
        break
      }
      case 'name':
        found.name = yield* nameOfPath.receive(slot)
        break
      case 'filter':
        found.filter = yield* filterOfPath.receive(slot)
        break
      case 'recursive':
        found.method = (yield* recursiveOfPath.receive(slot)) === true ? 'recursive' : 'flat'
        break
      case 'sha256': {
        const hash = yield* hashOfPath.receive(slot)
        found.expectedHash = hashAllowingEmpty(evaluator, hash, 'sha256').bytes
        break
      }
      default:
        throw new NixError(
          'unexpected-argument',
          `unsupported argument '${args.names[i]}' to 'builtins.path'`,
          position,
        )
    }
  }
  if (path === null) {
    throw new NixError(
      'missing-argument',
      "missing required 'path' attribute in the first argument to 'builtins.path'",
    )
  }
  found.path = path
  if (found.name === '') found.name = fileName(path)
  found.context = context.build()
  return null
}

export const fileBuiltins: BuiltinDefinition[] = [
  {
    name: 'import',
    args: ['path'],
    type: '(Path | String) -> a',
    since: null,
    global: true,
    doc: 'The value of the Nix expression in the file *path*, or in `default.nix` if it is a directory. A file is evaluated once, however often it is imported.',
    native({ evaluator }, path) {
      const value = force(path)
      if (value instanceof Path && !value.path.endsWith('.drv')) {
        return evaluator.store(() => evaluator.import(value.path))
      }
      return runResumable(importFile(evaluator, value, null))
    },
    resume: ({ evaluator }, path) => importFile(evaluator, path, null),
  },
  {
    name: 'scopedImport',
    args: ['scope', 'path'],
    type: 'AttrSet -> (Path | String) -> a',
    since: '1.8',
    global: true,
    doc: 'As `import`, with the attributes of the set *scope* as variables that the file may use; they hide the global ones. The file is evaluated anew each time.',
    resume: ({ evaluator }, scope, path) => importFile(evaluator, path, scope),
  },
  {
    name: 'readFile',
    args: ['path'],
    type: '(Path | String) -> String',
    since: '0.11',
    doc: 'The contents of the file *path* as a string.',
    *resume({ evaluator }, slot) {
      const { path } = (yield realisePath(evaluator, slot)) as Path
      const bytes = evaluator.store(() => evaluator.files.readBytes(path))
      if (bytes.includes(0)) {
        throw new NixError(
          'file',
          `the contents of the file '${path}' cannot be represented as a Nix string`,
        )
      }
      return makeString(bytesToByteString(bytes), referencesIn(evaluator, path, bytes))
    },
  },
  {
    name: 'readFileType',
    args: ['p'],
    type: '(Path | String) -> String',
    since: '2.14',
    doc: 'What the path *p* is: `"regular"`, `"directory"`, `"symlink"` or `"unknown"`.',
    *resume({ evaluator }, slot) {
      const { path } = (yield realisePath(evaluator, slot)) as Path
      const status = evaluator.store(() => evaluator.files.status(path))
      if (status === null) throw evaluator.files.missing(path)
      return status.type
    },
  },
  {
    name: 'readDir',
    args: ['path'],
    type: '(Path | String) -> { ... :: String }',
    since: '1.8',
    doc: 'What is in the directory *path*: a set that gives for each name what it is, as `readFileType` says it.',
    *resume({ evaluator }, slot) {
      const { path } = (yield realisePath(evaluator, slot)) as Path
      const names = evaluator.store(() => evaluator.files.readDirectory(path))
      return attributeSetOf(Object.fromEntries(names))
    },
  },
  {
    name: 'pathExists',
    args: ['path'],
    type: '(Path | String) -> Bool',
    since: '1.0',
    doc: 'Whether there is anything at *path*; if *path* is a string that ends in a slash, whether that is a directory.',
    example: { expression: 'builtins.pathExists /no/such/file', value: 'false' },
    *resume({ evaluator }, slot) {
      const value: Value = yield slot
      const string = value instanceof ContextString ? value.text : value
      const mustBeDirectory = typeof string === 'string' && /\/\.?$/.test(string)
      const { path } = (yield realisePath(evaluator, value)) as Path
      if (mustBeDirectory) {
        return evaluator.store(() => evaluator.files.followedStatus(path))?.type === 'directory'
      }
      return evaluator.store(() => evaluator.files.status(path)) !== null
    },
  },
  {
    name: 'path',
    args: ['args'],
    type: '{ path :: Path | String; name :: String; filter :: String -> String -> Bool; recursive :: Bool; sha256 :: String; } -> String',
    since: '2.0',
    doc: 'Copies files to the store. Takes a set of `path` and, all optional, `name` of the copy, `filter` as for `filterSource`, `recursive` (if `false`, `path` is one file and its contents alone are hashed) and `sha256`, the hash that the copy must have.',
    *resume({ evaluator }, slot) {
      const args = yield* pathArgument.receive(slot)
      const options: SourceOptions = {
        name: '',
        path: '',
        method: 'recursive',
        filter: null,
        expectedHash: null,
        context: null,
      }
      yield pathOptions(evaluator, args, options)
      return yield addSource(evaluator, options)
    },
  },
  {
    name: 'filterSource',
    args: ['e1', 'e2'],
    type: '(String -> String -> Bool) -> (Path | String) -> String',
    since: '0.11',
    doc: 'Copies the directory *e2* to the store without those files for which the function *e1*, called with path and type (`"regular"`, `"directory"`, `"symlink"`), gives `false`.',
    *resume({ evaluator }, filter, slot) {
      const context = new ContextBuilder()
      const about =
        "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'"
      const { path } = (yield coerceToPath(evaluator, slot, context, about)) as Path
      return yield addSource(evaluator, {
        name: fileName(path),
        path,
        method: 'recursive',
        filter: yield* filterArgument.receive(filter),
        expectedHash: null,
        context: context.build(),
      })
    },
  },
  strictBuiltin(
    {
      name: 'toFile',
      args: ['name', 's'],
      type: 'String -> String -> String',
      since: null,
      doc: 'Writes the string *s* to a file in the store whose name ends in *name*, and gives its path. The string must not refer to outputs of derivations.',
      example: {
        expression: 'builtins.readFile (builtins.toFile "greeting" "hello")',
        value: '"hello"',
      },
    },
    [
      plainText('while evaluating the first argument passed to builtins.toFile'),
      stringValue('while evaluating the second argument passed to builtins.toFile'),
    ],
    ({ evaluator }, name, contents) => {
      const references: ByteString[] = []
      if (contents instanceof ContextString) {
        for (const encoded of contents.context) {
          if (parseContextElement(encoded).kind !== 'opaque') {
            const { storeDir } = evaluator.host.store
            throw new NixError(
              'evaluation',
              `files created by builtins.toFile may not reference derivations, but ${name} references ${encoded.replace(`${storeDir}/`, '')}`,
            )
          }
          references.push(encoded)
        }
      }
      const string = contents instanceof ContextString ? contents.text : contents
      const path = evaluator.store(() => evaluator.host.store.addText(name, string, references))
      evaluator.allowed?.allow(path)
      return makeString(path, new Set([path]))
    },
  ),
  {
    name: 'toPath',
    args: ['s'],
    type: 'String -> String',
    since: null,
    doc: 'The absolute path *s* as a string without `.`, `..` and needless slashes. Outdated: write `/. + s` for a path.',
    example: { expression: 'builtins.toPath "/a/../b/."', value: '"/b"' },
    *resume({ evaluator }, slot) {
      const context = new ContextBuilder()
      const about = 'while evaluating the first argument passed to builtins.toPath'
      const { path } = (yield coerceToPath(evaluator, slot, context, about)) as Path
      return makeString(path, context.build())
    },
  },
  {
    name: 'storePath',
    args: ['path'],
    type: '(Path | String) -> String',
    since: '2.0',
    doc: 'The store path *path*, which must be in the store already, as a string that refers to it.',
    *resume({ evaluator }, slot) {
      if (evaluator.settings.pureEval) {
        throw new NixError(
          'restricted',
          "'builtins.storePath' is not allowed in pure evaluation mode",
        )
      }
      const { storeDir } = evaluator.host.store
      const context = new ContextBuilder()
      const about = "while evaluating the first argument passed to 'builtins.storePath'"
      const given = (yield coerceToPath(evaluator, slot, context, about)) as Path
      const path = isStorePath(storeDir, given.path)
        ? given.path
        : evaluator.store(() => evaluator.files.resolve(given.path))
      context.add(evaluator.store(() => storePathOf(storeDir, path)))
      return makeString(path, context.build())
    },
  },
  {
    name: 'findFile',
    args: ['search-path', 'lookup-path'],
    type: '[{ prefix :: String; path :: Path | String; }] -> String -> Path',
    since: '1.8',
    doc: 'What `<lookup-path>` means with the search path *search-path*, a list of sets `{ prefix; path; }`: the first path that exists.',
    *resume({ evaluator }, searchPath, name) {
      const entries: SearchPathEntry[] = []
      yield searchPathOf(evaluator, searchPath, entries)
      return findFile(evaluator, entries, yield* lookupArgument.receive(name))
    },
  },
  strictBuiltin(
    {
      name: 'getEnv',
      args: ['s'],
      type: 'String -> String',
      since: null,
      doc: 'The value of the environment variable *s*, or `""` if it is not set.',
      example: { expression: 'builtins.getEnv "NO_SUCH_VARIABLE"', value: '""' },
    },
    [plainText('while evaluating the first argument passed to builtins.getEnv')],
    ({ evaluator: { host, settings } }, name) =>
      settings.pureEval || settings.restrictEval ? '' : host.environmentVariable(name),
  ),
  strictBuiltin(
    {
      name: 'placeholder',
      args: ['output'],
      type: 'String -> String',
      since: '2.0',
      global: true,
      doc: "What stands for the path of the derivation's own output *output* in its attributes; when it is built, the path takes its place.",
      example: {
        expression: 'placeholder "out"',
        value: '"/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"',
      },
    },
    [plainText('while evaluating the first argument passed to builtins.placeholder')],
    (_, output) => hashPlaceholder(output),
  ),
]
