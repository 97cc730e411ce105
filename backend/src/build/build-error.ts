import type { BuildFailure } from '@snowglobe/shared/messages'

/**
 * What a failure is to a command's exit status
 * (https://nix.dev/manual/nix/latest/command-ref/status-build-failure): a builder that failed, that
 * took too long, an output with another hash or that a second build did not give again; or anything
 * else, which is status 1.
 */
export type FailureStatus =
  'build-failed' | 'timed-out' | 'hash-mismatch' | 'not-deterministic' | 'other'

/** A build that failed, as the page is told. */
export class BuildError extends Error {
  override name = 'BuildError'
  readonly failure: BuildFailure
  readonly status: FailureStatus

  constructor(
    failure: Pick<BuildFailure, 'kind' | 'message'> & Partial<BuildFailure>,
    status: FailureStatus = statusOf(failure),
  ) {
    super(failure.message)
    this.failure = { derivation: null, exitCode: null, limit: null, lastLines: [], ...failure }
    this.status = status
  }
}

function statusOf({ kind, limit }: Pick<BuildFailure, 'kind'> & Partial<BuildFailure>) {
  if (kind === 'builder-failed') return 'build-failed'
  const isTime = limit === 'wallClockSeconds' || limit === 'silenceSeconds'
  return kind === 'limit' && isTime ? 'timed-out' : 'other'
}

/** The exit status of a command of which these have failed: 100 and bits, or 1. */
export function exitStatus(failures: ReadonlySet<FailureStatus>): number {
  const build = ['build-failed', 'timed-out', 'hash-mismatch'] as const
  let mask = build.some((status) => failures.has(status)) ? 0x04 : 0
  if (failures.has('timed-out')) mask |= 0x01
  if (failures.has('hash-mismatch')) mask |= 0x02
  if (failures.has('not-deterministic')) mask |= 0x08
  return mask === 0 ? 1 : mask | 0x60
}
