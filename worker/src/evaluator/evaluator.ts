/** An evaluator: a host, the global scope, and what has been imported. */
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import { storePathOf } from '@snowglobe/shared/store-path'
import { fileTree } from '../language/file-tree'
import { parse, type SyntaxTree } from '../language/parser'
import type { ParseOptions } from '../language/parser-state'
import type { Lints } from '../language/lints'
import { PositionTable, type Origin } from '../language/positions'
import { showPosition } from '../language/show-position'
import { NixSyntaxError } from '../language/syntax-error'
import type { Node, Position } from '../language/tree'
import {
  sharedTrees,
  treeSettings,
  type FileContents,
  type TreeSettings,
} from '../language/tree-cache'
import type { SourceAccessor } from '../store/source-accessor'
import { AllowedFiles } from './access-control'
import { AttributeSet, attributeSetOf } from './attribute-set'
import type { BuiltinContext } from './builtin'
import { withBuiltinFiles } from './builtin-files'
import { autoCallResumable, selectPathResumable } from './attribute-path'
import { globalScope, type GlobalScope } from './builtins/global-scope'
import { call, call1 } from './call'
import { fileName, parentPath } from '../language/canonical-path'
import { treeCode } from './delayed'
import { current } from './current'
import { forceDeepResumable } from './deep-force'
import { environment1 } from './environment'
import { NixError } from './errors'
import { Evaluation } from './evaluation'
import { defaultSettings, type EvaluationSettings } from './evaluation-settings'
import { featureDisabled } from './experimental'
import { FileReader } from './file-reader'
import { HostError, type Host } from './host'
import { KeptValues } from './kept-values'
import { runResumable, type Resumable } from './machine'
import { browserLimit, native, resetNativeStack } from './native-stack'
import { failures, force, Thunk } from './thunk'
import { warnOfSyntax } from './warnings'
import type { Slot, Value } from './values'

export interface EvaluatorOptions {
  /** Nested calls and forces on the native stack; 0 runs everything on the deep evaluator. */
  nativeLimit?: number
  /** Nix's max-call-depth. */
  maxCallDepth?: number
  /** What the evaluation may do; Nix's defaults where it is not said. */
  settings?: Partial<EvaluationSettings>
  /** Ways of writing that are warned of or refused; all are ignored where it is not said. */
  lints?: Lints
  /** Whether values of files in the store are kept from one evaluation to the next. */
  keepsValues?: boolean
}

const rootEnvironment = environment1(null, undefined)

/** A power of two: so many places at most keep what the builtins called there are told. */
const keptContexts = 1024

/** Strings of JavaScript end at half a gigabyte, those of Nix with the memory. */
function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && /invalid (string|array) length/i.test(error.message)
}

function stringTooLong(): NixError {
  return new NixError('evaluation', 'a string of more than half a gigabyte cannot be made here')
}

export class Evaluator {
  readonly positions = new PositionTable()
  /** The host's files and Nix's own. */
  readonly sources: SourceAccessor
  readonly globals: ReadonlyMap<ByteString, Slot>
  readonly builtins: AttributeSet
  readonly settings: EvaluationSettings
  /** What may be read in pure and restricted evaluation; null in others. */
  readonly allowed: AllowedFiles | null
  /** Where `<name>` is looked for. */
  readonly nixPath: Host['nixPath']
  /** What is kept from one evaluation to the next; null where nothing is. */
  readonly kept: KeptValues | null
  private evaluation: Evaluation
  /** What trees depend on beside their texts. */
  readonly treeSettings: TreeSettings
  private busy = false
  /** By their positions' last bits. */
  private readonly contexts: BuiltinContext[]
  private budget = Number.MAX_SAFE_INTEGER

  constructor(
    readonly host: Host,
    private readonly options: EvaluatorOptions = {},
  ) {
    this.settings = { ...defaultSettings, ...options.settings }
    this.contexts = new Array<BuiltinContext>(keptContexts).fill({ evaluator: this, position: 0 })
    const { pureEval, restrictEval } = this.settings
    this.nixPath = pureEval ? [] : host.nixPath
    this.allowed =
      pureEval || restrictEval
        ? new AllowedFiles(host.files, pureEval ? 'pure' : 'restricted')
        : null
    for (const { path } of this.nixPath) if (path.startsWith('/')) this.allowClosure(path)
    this.sources = withBuiltinFiles(this.allowed ?? host.files)
    this.kept =
      options.keepsValues === true ? new KeptValues(host.store.storeDir, this.positions) : null
    this.evaluation = this.newEvaluation()
    const scope: GlobalScope = globalScope(this)
    this.globals = scope.globals
    this.builtins = scope.builtins
    this.treeSettings = treeSettings({
      homeDirectory: this.homeDirectory,
      pipeOperators: this.hasFeature('pipe-operators'),
      lints: options.lints ?? null,
      globals: this.globals.keys(),
    })
  }

  get files(): FileReader {
    return this.evaluation.files
  }

  /** What the next evaluation starts with. */
  newEvaluation(): Evaluation {
    return new Evaluation(new FileReader(this.sources, this.allowed))
  }

  /** Begins an evaluation, or goes on with one; it must not be at work. */
  enter(evaluation: Evaluation): void {
    if (evaluation !== this.evaluation) this.kept?.undoFailures()
    this.evaluation = evaluation
  }

  /**
   * Does something that evaluates. All that forces or calls goes through here once, at the outside.
   * Throws NixError, or an Interruption.
   */
  run<T>(work: () => T): T {
    if (this.busy) return work()
    const previous = current.evaluator
    const saved = { ...native }
    const noted = failures.list
    current.evaluator = this
    this.busy = true
    resetNativeStack(this.options.nativeLimit ?? browserLimit, this.options.maxCallDepth ?? 10_000)
    native.budget = this.budget
    failures.list = this.kept?.failures ?? null
    try {
      return work()
    } catch (error) {
      throw isTooLong(error) ? stringTooLong() : error
    } finally {
      if (this.kept !== null) this.kept.callsMade += this.budget - native.budget
      failures.list = noted
      this.busy = false
      current.evaluator = previous
      Object.assign(native, saved)
    }
  }

  /** Function calls that each following `run` may make; null for any number. */
  setBudget(calls: number | null): void {
    this.budget = calls ?? Number.MAX_SAFE_INTEGER
  }

  /**
   * Parses a source text. With `scope` its environment must hold a slot for each of these names,
   * which hide global ones (scopedImport).
   */
  parse(
    source: ByteString,
    origin: Origin,
    basePath: ByteString,
    scope: readonly ByteString[] = [],
  ): Node {
    const options = { ...this.parseOptions(origin, basePath), scope }
    return this.used(() => parse(source, options))
  }

  private parseOptions(origin: Origin, basePath: ByteString): ParseOptions {
    return {
      origin,
      basePath,
      homeDirectory: this.homeDirectory,
      positions: this.positions,
      globals: (name) => this.globals.has(name),
      features: { pipeOperators: this.hasFeature('pipe-operators') },
      ...(this.options.lints ? { lints: this.options.lints } : {}),
    }
  }

  /** Parses a file, or a directory's default.nix; the tree may be shared with other evaluators. */
  parseFile(path: ByteString): Node {
    const file = this.files.resolveExpression(path)
    return this.parseShared({ kind: 'file', path: file }, file, this.files.contents(file))
  }

  /** Parses a text of the evaluator's own; the tree may be shared with other evaluators. */
  parseInternal(name: string, source: ByteString): Node {
    return this.parseShared({ kind: 'builtin', name }, name, internalContents(source))
  }

  private parseShared(origin: Origin, path: ByteString, contents: FileContents): Node {
    const isFile = origin.kind === 'file'
    const { treeSettings } = this
    const options = this.parseOptions(origin, isFile ? parentPath(path) : '/')
    return this.used(() =>
      sharedTrees.tree(treeSettings, path, contents, (bytes) => {
        const cache = (isFile ? this.host.syntaxCache : null) ?? null
        const { fingerprint } = treeSettings
        return fileTree(bytes, { beside: contents.syntax(), cache, fingerprint }, options)
      }),
    )
  }

  /** The node of a tree, whose positions this evaluator knows from now on. */
  private used(tree: () => SyntaxTree): Node {
    try {
      const { node, source, warnings } = tree()
      this.positions.add(source)
      for (const warning of warnings) warnOfSyntax(this, warning)
      return node
    } catch (error) {
      if (!(error instanceof NixSyntaxError)) throw error
      const told = new NixError('syntax', error.message, error.position)
      told.cause = error
      throw told
    }
  }

  /** The value of a parsed expression. */
  evaluateNode(node: Node): Value {
    return this.run(() => force(this.delayNode(node)))
  }

  /** A thunk of a parsed expression. */
  delayNode(node: Node): Slot {
    return new Thunk(treeCode(node), rootEnvironment)
  }

  /** The value of an expression. */
  evaluateString(source: ByteString, origin: Origin, basePath: ByteString): Value {
    return this.run(() => this.evaluateNode(this.parse(source, origin, basePath)))
  }

  /** The value of a file, or of a directory's default.nix. */
  evaluateFile(path: ByteString): Value {
    return this.run(() => force(this.import(path)))
  }

  /** What `import path` gives: evaluated at most once for each file. */
  import(path: ByteString): Slot {
    const { kept } = this
    const known = this.evaluation.imported.get(path) ?? kept?.imported.get(path)
    if (known !== undefined) return known
    const file = this.files.resolveExpression(path)
    const keep = kept !== null && kept.isImmutable(path) && kept.isImmutable(file)
    const imported = keep ? kept.imported : this.evaluation.imported
    let slot = imported.get(file)
    if (slot === undefined) {
      slot = this.delayNode(this.parseFile(file))
      imported.set(file, slot)
    }
    imported.set(path, slot)
    return slot
  }

  /** What a builtin that is called at a position is told: made once for each of the last positions. */
  contextAt(position: Position): BuiltinContext {
    const place = position & (keptContexts - 1)
    const known = this.contexts[place]
    if (known.position === position) return known
    return (this.contexts[place] = { evaluator: this, position })
  }

  /** Calls what `import` gave. */
  callImported(fn: Value, argument: Slot, position: Position): Value {
    return this.kept === null
      ? call1(fn, argument, position)
      : this.kept.call(fn, argument, position, this.evaluation.callsMade)
  }

  /** The value of a slot. */
  force(slot: Slot): Value {
    return this.run(() => force(slot))
  }

  /** Forces a value and all within it. */
  forceDeep(slot: Slot): Value {
    return this.resume(forceDeepResumable(slot))
  }

  /** Runs resumable code to its value. */
  resume(code: Resumable): Value {
    return this.run(() => runResumable(code))
  }

  call(fn: Value, ...args: Slot[]): Value {
    return this.run(() => call(fn, args, 0))
  }

  /** Calls a function whose formals all have defaults or are in `args`, as commands do. */
  autoCall(args: AttributeSet, value: Value): Value {
    return this.resume(autoCallResumable(args, value))
  }

  /** The value at an attribute path like `a.b.0`, as `-A` means it. */
  selectPath(value: Value, path: ByteString, args: AttributeSet = AttributeSet.empty): Value {
    return this.resume(selectPathResumable(args, value, path))
  }

  /** The store path of a copy of a file or directory; each is copied once. */
  copyPathToStore(path: ByteString): ByteString {
    let copied = this.evaluation.copied.get(path)
    if (copied === undefined) {
      if (this.files.status(path) === null) throw this.files.missing(path)
      copied = this.store(() =>
        this.host.store.addPath(this.sources, path, {
          name: fileName(path),
          method: 'recursive',
          algorithm: 'sha256',
        }),
      )
      this.evaluation.copied.set(path, copied)
      this.allowed?.allow(copied)
    }
    return copied
  }

  /** What `~/` stands for; null where it may not be used. */
  private get homeDirectory(): ByteString | null {
    return this.settings.pureEval ? null : this.host.homeDirectory
  }

  /** Whether an experimental feature is enabled. */
  hasFeature(name: string): boolean {
    return this.settings.experimentalFeatures.has(name)
  }

  /** Refuses what needs an experimental feature that is not enabled. */
  requireFeature(name: string, reason: ByteString = ''): void {
    if (!this.hasFeature(name)) throw featureDisabled(name, reason)
  }

  /** Allows pure and restricted evaluation a path, and what it refers to if it is in the store. */
  allowClosure(path: ByteString): void {
    if (this.allowed === null) return
    this.allowed.allow(path)
    const { store } = this.host
    if (!path.startsWith(`${store.storeDir}/`)) return
    const closure = new Set([storePathOf(store.storeDir, path)])
    for (const inside of closure) {
      this.allowed.allow(inside)
      if (!store.isValidPath(inside)) continue
      for (const reference of store.references(inside)) closure.add(reference)
    }
  }

  /** Does something with the store, whose refusals become evaluation errors. */
  store<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw toNixError(error)
    }
  }

  /** `{ file, line, column }` of a position (`__curPos`, unsafeGetAttrPos); null where there is none. */
  positionSet(position: Position): Value {
    const place = this.positions.place(position)
    if (place === null || place.origin.kind !== 'file') return null
    return attributeSetOf({
      file: place.origin.path,
      line: place.line,
      column: place.column,
    })
  }

  /** `file:line:column`, or null. */
  describePosition(position: Position): ByteString | null {
    return this.positions.place(position) === null ? null : showPosition(this.positions, position)
  }
}

const internalTexts = new Map<ByteString, FileContents>()

function internalContents(source: ByteString): FileContents {
  let contents = internalTexts.get(source)
  if (contents === undefined) {
    contents = { identity: {}, read: () => byteStringToBytes(source), syntax: () => null }
    internalTexts.set(source, contents)
  }
  return contents
}

/** Names of errors of the model and of hosts that tell the person's program something. */
const toldErrors: Record<string, 'store' | 'derivation' | 'file' | 'evaluation'> = {
  StoreError: 'store',
  StorePathError: 'store',
  DerivationError: 'derivation',
  HashError: 'evaluation',
  EncodingError: 'evaluation',
  HostError: 'file',
  InputError: 'evaluation',
  LockFileError: 'evaluation',
  UrlError: 'evaluation',
  NarError: 'store',
}

/** Turns errors of the model and the host into evaluation errors; others stay what they are. */
export function toNixError(error: unknown): unknown {
  if (error instanceof NixError || !(error instanceof Error)) return error
  const kind = toldErrors[error.name]
  if (kind === undefined) return error
  const told = new NixError(kind, error.message)
  const during = error instanceof HostError ? error.during : null
  return during === null ? told : told.addFrame(during, 0)
}
