import type { BuildFailure } from '@snowglobe/shared/messages'

/** A build that failed, as the page is told. */
export class BuildError extends Error {
  override name = 'BuildError'
  readonly failure: BuildFailure

  constructor(failure: Pick<BuildFailure, 'kind' | 'message'> & Partial<BuildFailure>) {
    super(failure.message)
    this.failure = { derivation: null, exitCode: null, limit: null, lastLines: [], ...failure }
  }
}
