/**
 * What the coordinator asks of an evaluator worker. Paths and names of the store are byte strings
 * here; what is shown to people is text.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import type { Documentation } from '../intelligence/documentation'
import type { Fetched, FetchRequest } from '../evaluator/fetch-request'
import type { NeededOutput } from '../evaluator/host'
import type { StoreEntry } from '../store/store'
import type { CheckResult, Evaluation, Expansion, Problem } from './api'

/** Gives the contents of a path that the store has or can get; rejected with the reason if it cannot. */
export type LoadContents = (path: ByteString) => Promise<LoadedContents>

export interface LoadedContents {
  nar: Uint8Array
  references: readonly ByteString[]
}

/**
 * Has outputs built for an evaluation and gives their paths, in the same order; rejected with the
 * reason if that cannot be done. `added` has to be in the store before.
 */
export type BuildOutputs = (
  needed: readonly NeededOutput[],
  added: StoreEntry[],
) => Promise<ByteString[]>

/** Fetches something for an evaluation; rejected with the reason if that cannot be done. */
export type FetchSource = (request: FetchRequest, ttl: number) => Promise<Fetched>

/** A channel whose pack is here, or comes. */
export interface ChannelPack {
  /** As snippets name it. */
  name: string
  storePath: ByteString
  /** Bytes of the pack. */
  size: number
  /** Read by whoever mounts it: passing it on copies nothing. Null while it comes. */
  pack: Blob | null
}

/**
 * Gives the bytes of a pack from a place on that have come, when those up to `until` have; at first no
 * less than opening it takes. Rejected where they will not come. The bytes are given away.
 */
export type ReadPack = (from: number, until: number) => Promise<Uint8Array<ArrayBuffer>>

/**
 * A result that may name paths, and those of them that are to be added to the store: whoever reads it
 * once the result was told must find them there. The bytes of their contents are the caller's.
 */
export interface WithAdded<T> {
  result: T
  added: StoreEntry[]
}

/** One output of one derivation, as `nix-build` is to build it. */
export interface WantedOutput {
  derivation: ByteString
  output: ByteString
}

export type Instantiation = { wanted: WantedOutput[] } | { problems: Problem[]; reason: string }

/** How an evaluation is to go about its work. */
export interface EvaluationMode {
  /** Steps after which it gives up, or null: none. */
  budget: number | null
}

export interface EvaluatorApi {
  /** To be called once, before all else. Handles it gives carry the generation. */
  start(
    options: { generation: number; storeDir: ByteString; knownPaths: ByteString[] },
    load: LoadContents,
    build?: BuildOutputs,
    fetch?: FetchSource,
  ): Promise<void>
  /** Tells of paths that the store has got since. */
  addKnown(paths: ByteString[]): Promise<void>
  /**
   * Mounts a channel in place of the one before; to be called before snippets that want it. Rejected
   * where the pack cannot be read.
   *
   * @param read gives a pack that is still coming
   */
  useChannel(channel: ChannelPack, read?: ReadPack): Promise<void>
  /** Ends an evaluation that waits for files of its channel: it is rejected with "superseded". */
  giveUp(): Promise<void>
  evaluate(snippet: Snippet, request: number, mode: EvaluationMode): Promise<WithAdded<Evaluation>>
  expand(id: number, offset: number, count: number): Promise<WithAdded<Expansion>>
  instantiate(snippet: Snippet): Promise<WithAdded<Instantiation>>
  /**
   * The derivations that the channel has for packages by these names, in pairs of name and path.
   * Those that it has not, or that do not evaluate, are left out.
   */
  instantiateChannel(
    snippet: Snippet,
    packages: readonly ByteString[],
  ): Promise<WithAdded<[ByteString, ByteString][]>>
  check(snippet: Snippet, checkSource: string): Promise<WithAdded<CheckResult>>
  /** Tells what is to be told of the starter collection. */
  useDocumentation(documentation: Documentation): Promise<void>
  complete(text: string, position: TextPosition, channel: string): Promise<Completions | null>
  hover(text: string, position: TextPosition, channel: string): Promise<Hover | null>
  /** The value of the name at a position as text; null where there is none to be had soon. */
  valueAt(snippet: Snippet, file: string, position: TextPosition): Promise<string | null>
  findDefinition(text: string, position: TextPosition): Promise<TextSpan | null>
  outline(text: string): Promise<OutlineSymbol[]>
}

/** An evaluator in a worker of its own. */
export interface EvaluatorConnection {
  api: EvaluatorApi
  /** Ends it at once, whatever it does. Calls under way are never answered. */
  terminate(): void
  /** Calls back if the worker breaks: its script could not be loaded, or threw outside of a call. */
  onFailure(callback: (reason: string) => void): void
}
