import type { ByteString } from '@snowglobe/shared/bytes'
import type { EvalStore } from '../store/eval-store'
import type { SyntaxCache } from '../language/file-tree'
import type { ClosureRequest, Fetched, FetchedClosure, FetchRequest } from './fetch-request'
import type { SourceAccessor } from '../store/source-accessor'

/** An output that evaluation needs; the derivation as in context elements. */
export interface NeededOutput {
  derivation: ByteString
  output: ByteString
}

/**
 * Everything outside the evaluator. Calls are synchronous and total: a host that lacks something
 * blocks until it has it, or throws a HostError that becomes an evaluation error.
 */
export interface Host {
  /** The file system of the evaluation: workspace, store, channels. */
  readonly files: SourceAccessor
  readonly store: EvalStore
  /** `builtins.currentSystem`, like x86_64-linux. */
  readonly system: ByteString
  /** `builtins.nixPath`, in order; prefix '' stands for every name. */
  readonly nixPath: readonly { prefix: ByteString; path: ByteString }[]
  /** `builtins.getEnv`: '' where unset. */
  environmentVariable(name: ByteString): ByteString
  /** Seconds since 1970, asked once an evaluator. */
  currentTime(): number
  /** Where trees of files are kept in binary form, if they are. */
  readonly syntaxCache?: SyntaxCache
  /** The directory that `~/` stands for. */
  readonly homeDirectory: ByteString
  /**
   * Takes what `trace` and warnings say, in order; `text` has no "trace: " prefix. `terminal` is what
   * Nix writes to a terminal where that is more than prefix and text.
   */
  message(kind: 'trace' | 'warning', text: ByteString, terminal?: ByteString): void
  /**
   * Builds or substitutes outputs of derivations of the store and gives their paths, whose contents
   * can be read then. It blocks until that is done. Absent where evaluation must not build: nothing
   * it adds is written before it ends.
   *
   * @throws HostError that tells why there is no such output, or an Interruption after which it is
   *   there and the evaluation is run again
   */
  realise?(needed: readonly NeededOutput[]): readonly ByteString[]
  /**
   * Fetches from elsewhere; what may change there is asked for again after `ttl` seconds. Absent where
   * nothing is fetched.
   *
   * @throws HostError that tells why it is not to be had, or an Interruption as `realise` does
   */
  fetch?(request: FetchRequest, ttl: number): Fetched
  /** Gets a closure from a binary cache into the store; see `fetch`. Absent where that is not possible. */
  fetchClosure?(request: ClosureRequest): FetchedClosure
  /** Runs a program and gives what it prints (builtins.exec). Absent where no programs are run. */
  execute?(program: ByteString, args: readonly ByteString[]): ByteString
}

/** A failure of the host that the program evaluated is told as an ordinary error. */
export class HostError extends Error {
  override name = 'HostError'

  /** @param during what the host was at, like `while smudging …`: the first frame of the error */
  constructor(
    message: ByteString,
    readonly during: ByteString | null = null,
  ) {
    super(message)
  }
}
