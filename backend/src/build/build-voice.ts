import type { ByteString } from '@snowglobe/shared/bytes'
import type { Goal } from './goal'

/** How many builds have ended, are known of, run, and have failed. */
export interface BuildCounts {
  done: number
  expected: number
  running: number
  failed: number
}

/** How a command tells of builds. Text is byte strings, without line breaks at its end. */
export interface BuildVoice {
  /** Something to be known, a line or more. */
  say(text: ByteString): void
  error(text: ByteString): void
  /** A goal has begun to do something: builds, or copies a path. */
  begin(goal: Goal, what: 'build' | 'copy', text: ByteString): void
  /** Whole lines of a builder's. */
  lines(goal: Goal, lines: readonly string[]): void
  phase(goal: Goal, phase: string): void
  finish(goal: Goal): void
  counts(counts: BuildCounts): void
}
