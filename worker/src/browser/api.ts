/**
 * What the page may ask of the coordinator, over comlink. Text here is ordinary UTF-16: byte strings
 * stay inside the workers.
 */
import type { BuildFailure, BuildState, Health } from '@snowglobe/shared/messages'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Documentation } from '../intelligence/documentation'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'

export type * from '../intelligence/answers'
export type * from '../intelligence/documentation'

/** A range in a file of the workspace: lines and columns from 1, columns in UTF-16 units. */
export interface Range {
  file: string
  startLine: number
  startColumn: number
  endLine: number
  endColumn: number
}

/** A problem: an error, a warning or a trace, as the page lists and underlines it. */
export interface Problem {
  severity: 'error' | 'warning' | 'info'
  /** Stable kind, like "syntax" or "undefined-variable". */
  code: string
  message: string
  /** Null where the problem has no place in the workspace. */
  range: Range | null
  /** The place as text where it is not in the workspace, like "/nix/store/…:3:1". */
  place: string | null
  /** Outermost last. */
  frames: { message: string; range: Range | null; place: string | null }[]
  /** The whole message as `nix-instantiate` prints it, caret included. */
  text: string
  /** A value of one type where another was wanted, and where it comes from if that can be seen. */
  mismatch?: { expected: string; found: string; value: string; definition: Range | null }
  /** Of an infinite recursion: what needs each other, each the next one, the last the first again. */
  cycle?: { code: string; range: Range | null; place: string | null }[]
  /** What such errors mean, with code in backticks, and a program with one before and after. */
  explanation?: { text: string; example: string; repair: string }
}

/** Names a value inside the evaluator; dead once the evaluator that made it has gone. */
export interface Handle {
  generation: number
  id: number
}

/** One node of the value tree. What is not forced yet has kind "thunk". */
export interface ValueView {
  kind:
    | 'thunk'
    | 'null'
    | 'bool'
    | 'int'
    | 'float'
    | 'string'
    | 'path'
    | 'list'
    | 'attribute set'
    | 'function'
    | 'derivation'
    | 'error'
  /** One line of Nix: the literal, `[ 3 items ]`, `{ 2 attributes }`, `«lambda f»`, `«thunk»`, … */
  summary: string
  /** Of a list or set that is forced through and through, if it is short: all of it, on one line. */
  whole?: string
  /** Number of children of a list or set. */
  size: number
  /** Null where there is nothing to open. */
  handle: Handle | null
  /** Of a function that takes a set: the attributes it names, and whether it takes others. */
  formals?: { names: { name: string; hasDefault: boolean }[]; ellipsis: boolean }
  /** Of a function that takes no set: what it calls its arguments, one after the other. */
  parameters?: string[]
  /** Of a set that looks like what a flake.nix holds. */
  isFlake?: true
  /** Of a string: the store paths in its context. */
  context?: string[]
  /** Of a derivation: its `.drv` path, if it was forced. */
  drvPath?: string
  problem?: Problem
}

/** A child of a list (name is its index) or set. */
export interface ChildView {
  name: string
  value: ValueView
}

/** What opening a value gives: itself, forced, the children asked for, and what was traced meanwhile. */
export interface Expansion {
  value: ValueView
  children: ChildView[]
  messages: Problem[]
}

export interface Evaluation {
  /** Of the request; answers to older requests are dropped by the page. */
  request: number
  /** The value, or null where evaluation failed. */
  value: ValueView | null
  problems: Problem[]
  /** True if the step budget ran out (only as you type): there may be a value, Evaluate will tell. */
  budgetExhausted: boolean
  milliseconds: number
  /** What Build would build, or the reason why it cannot; null as long as that is not known. */
  buildable: { derivations: number } | { reason: string } | null
  /** What was evaluated is still being added to the store: `storageProblem` tells how that ended. */
  isBeingStored?: true
}

/** A `.drv` in readable form. */
export interface DerivationView {
  path: string
  name: string
  system: string
  builder: string
  args: string[]
  outputs: { name: string; path: string; hashAlgorithm: string; hash: string }[]
  inputDerivations: { path: string; outputs: string[] }[]
  inputSources: string[]
  environment: { name: string; value: string }[]
}

export interface StoreFile {
  name: string
  type: 'regular' | 'executable' | 'directory' | 'symlink'
  size: number
  target?: string
}

export interface PathView {
  path: string
  narHash: string
  narSize: number
  references: string[]
  deriver: string | null
  /** Contents are here, or only known from the cache. */
  state: 'valid' | 'known'
}

/** What keeps a path from being collected as garbage. */
export interface RootView {
  name: string
  path: string
  kind: 'permanent' | 'indirect' | 'profile' | 'temporary' | 'running'
}

/** A valid path and what surrounds it. */
export interface PathDetails {
  path: string
  narSize: number
  /** Bytes of it and of all it refers to. */
  closureSize: number
  /** The path itself left out. */
  references: string[]
  refersToItself: boolean
  referrers: string[]
  /** All it refers to, itself included, dependencies first. */
  closure: string[]
  deriver: string | null
  /** Of a derivation. */
  outputs: { name: string; path: string; valid: boolean }[]
  /** The roots because of which it stays. */
  keptBy: RootView[]
  /** The person has said that it is to stay. */
  kept: boolean
  /** Seconds since 1970. */
  registered: number
}

/** What a collection would keep and delete. */
export interface GarbageView {
  /** Paths that stay. */
  live: number
  dead: { path: string; narSize: number }[]
  deadSize: number
}

export interface CollectedView {
  deleted: string[]
  bytesFreed: number
}

/** One step of the way from a path to one that it depends on, and the places that make it so. */
export interface DependencyStepView {
  from: string
  to: string
  occurrences: {
    /** In the store path; '' is the path itself. */
    file: string
    where: 'contents' | 'link' | 'name'
    /** Bytes from the beginning. */
    offset: number
    /** What stands around it, as ASCII. */
    context: string
  }[]
}

/** What differs between the closures of two paths. */
export interface ClosureComparison {
  /** Bytes of the NARs of all that the first refers to, and of the second's. */
  sizes: [before: number, after: number]
  packages: {
    name: string
    /** Like `2.10 → 2.12`; '' where only the store path is another. */
    versions: string
    /** Bytes by which the second's NARs are larger. */
    sizeChange: number
  }[]
}

export interface DamageView {
  path: string
  kind: 'disappeared' | 'in-use' | 'modified'
}

/** A derivation that a build needs, and what will become of it, as far as that shows before. */
export interface PlannedView {
  path: string
  name: string
  forecast: 'build' | 'fetch' | 'present'
}

/** One way in which a derivation differs from an earlier one; see DerivationChange. */
export interface ChangeView {
  what: 'attribute' | 'input' | 'source' | 'builder' | 'arguments' | 'system'
  name: string
  change: 'changed' | 'added' | 'removed'
  removed: string[]
  added: string[]
}

/**
 * Why a derivation has to be built: what is compared with comes from what this tab built before, or
 * from the channel as it is.
 */
export type ReasonView =
  | { kind: 'new' }
  | { kind: 'not-built'; origin: 'before' | 'channel' }
  | { kind: 'changed'; origin: 'before' | 'channel'; changes: ChangeView[] }

/** What happens while a build runs, in order. */
export type BuildEvent =
  | { type: 'plan'; derivations: PlannedView[] }
  /** Why what the plan has is to be built; follows it as soon as it is known. */
  | { type: 'reasons'; reasons: { path: string; reason: ReasonView }[] }
  | { type: 'uploading'; done: number; total: number }
  | { type: 'queued'; position: number }
  | { type: 'state'; derivation: string; name: string; state: BuildState }
  | { type: 'log'; derivation: string; text: string }
  /** Of no derivation, like a cache that does not answer. */
  | { type: 'message'; text: string }
  /** Bytes that have come of all that is fetched, and how many are known of. */
  | { type: 'transfer'; done: number; total: number }
  | { type: 'connection'; state: 'lost' | 'restored' }

/** What happens while an evaluation waits for a build. */
export type EvaluationBuildEvent =
  /** `what` is like `'hello'`, or a URL. */
  { type: 'begin'; doing: 'building' | 'fetching'; what: string } | BuildEvent | { type: 'end' }

export type BuildResult =
  | {
      status: 'built'
      outputs: {
        derivation: string
        output: string
        path: string
        narHash: string
        narSize: number
      }[]
    }
  | { status: 'failed'; failure: BuildFailure }
  | { status: 'not-buildable'; problems: Problem[]; reason: string }
  | { status: 'stopped' }
  /** Nothing was built: only the plan was asked for. */
  | { status: 'planned' }

/** A package collection that `<nixpkgs>` can be. */
export interface ChannelView {
  name: string
  /** Its version or revision; may be ''. */
  label: string
  storePath: string
  /** Bytes to download. */
  size: number
  /** It was downloaded before. */
  kept: boolean
}

export interface ChannelProgress {
  name: string
  received: number
  size: number
}

export interface Coordinator {
  /**
   * Evaluates to weak head normal form under the step budget; used as the person types. Rejected with
   * "superseded" if a newer request came before this one had begun or while it waited for its channel, and with "stopped" by stop().
   */
  evaluateQuickly(snippet: Snippet, request: number): Promise<Evaluation>
  /** Evaluates without a budget (Ctrl+Enter). Rejected with "stopped" by stop(). */
  evaluate(snippet: Snippet, request: number): Promise<Evaluation>
  /**
   * What the person should know of storing what was evaluated for a request, once that is done: to be
   * asked once, for an answer that is being stored. Null where all went well.
   */
  storageProblem(request: number): Promise<Problem | null>
  /** Ends whatever the evaluator does and this tab's watch of a build. A new evaluator is ready at once. */
  stop(): Promise<void>
  /**
   * Forces a value and gives its children, at most `count` from `offset`. A value that fails is of
   * kind "error"; rejected if the handle is dead.
   */
  expand(handle: Handle, offset: number, count: number): Promise<Expansion>
  /** Builds as nix-build does: auto-call, every derivation of the value. */
  build(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult>
  /** Tells what Build would do, and why: its plan and the reasons. */
  plan(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult>
  /** Calls back while something is built or fetched because an evaluation reads it. */
  onEvaluationBuild(callback: (event: EvaluationBuildEvent) => void): Promise<void>
  derivation(path: string): Promise<DerivationView | null>
  paths(): Promise<PathView[]>
  pathInfo(path: string): Promise<PathView | null>
  /** Lists a directory of a store path ('' is the path itself), fetching its NAR if it is only known. */
  listFiles(path: string, inside: string): Promise<StoreFile[]>
  /** A file of a store path: its bytes (at most 1 MiB of them) and whether there is more. */
  readFile(path: string, inside: string): Promise<{ bytes: Uint8Array; size: number }>
  /** Null where the path is not valid. */
  pathDetails(path: string): Promise<PathDetails | null>
  roots(): Promise<RootView[]>
  /** Keeps a path from being collected, or lets it go. */
  keepPath(path: string, keep: boolean): Promise<void>
  removeRoot(name: string): Promise<void>
  previewGarbage(): Promise<GarbageView>
  /** Deletes what no root keeps. Values that are shown are gone then: evaluate again. */
  collectGarbage(): Promise<CollectedView>
  /** Why one path depends on another; null if it does not. */
  whyDepends(from: string, to: string): Promise<DependencyStepView[] | null>
  /** What differs between two paths with all they refer to; one whose contents a cache has will do. */
  compareClosures(before: string, after: string): Promise<ClosureComparison>
  /** Puts the right contents in the place of damaged ones: those that a cache or a channel has. */
  repairPath(path: string): Promise<void>
  /** Hashes the contents of all paths. */
  verifyStore(): Promise<DamageView[]>
  /** Null where no backend answers: everything but building works. */
  health(): Promise<Health | null>
  /** What a snippet's channel can be; the backend is asked. */
  channels(): Promise<ChannelView[]>
  /** Calls back while a channel is downloaded, because an evaluation needs it; null when it is here. */
  onChannelProgress(callback: (progress: ChannelProgress | null) => void): Promise<void>
  /** What is told of builtins, of the starter collection's functions and of its packages. */
  documentation(): Promise<Documentation>
  /** The text of a file of the starter collection, by its name in there. */
  collectionFile(file: string): Promise<string>
  /** Runs a lesson's check.nix against the snippet. */
  check(snippet: Snippet, checkSource: string): Promise<CheckResult>
  /** What may be written at a position of a text, where `<nixpkgs>` is that channel; null where nothing is. */
  complete(text: string, position: TextPosition, channel: string): Promise<Completions | null>
  /** What stands at a position of a file, with its value if that is had soon. */
  hover(snippet: Snippet, file: string, position: TextPosition): Promise<Hover | null>
  /** Where the name at a position of a text is defined in it. */
  findDefinition(text: string, position: TextPosition): Promise<TextSpan | null>
  /** The bindings of a text. */
  outline(text: string): Promise<OutlineSymbol[]>
}

export interface CheckResult {
  /** One for each thing the lesson asks, in order. */
  checks: { ok: boolean; hint: string }[]
  /** An error of the check itself, or of the snippet where the check did not expect one. */
  problem: Problem | null
}
