import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from './tree'

/** One thing wrong with a source text. */
export interface SyntaxProblem {
  /** Nix's own message (a byte string), without "error: ". */
  message: ByteString
  position: Position
  /** Advice that Nix does not give, for a common mistake. */
  hint?: ByteString
}

/** A source text that is no Nix expression. It is thrown with the first problem that Nix would report. */
export class NixSyntaxError extends Error {
  override name = 'NixSyntaxError'
  readonly position: Position
  readonly hint: ByteString | undefined
  /** Everything found wrong, the first included, in the order of the text. */
  readonly errors: readonly SyntaxProblem[]

  constructor(errors: readonly SyntaxProblem[]) {
    super(errors[0].message)
    this.position = errors[0].position
    this.hint = errors[0].hint
    this.errors = errors
  }
}
