import { Interruption } from './errors'

/**
 * Evaluation waits for something: whoever began it has the work done and begins it again. What it has
 * found out so far is kept.
 */
export class Awaited extends Interruption {
  override name = 'Awaited'

  /** @param what it waits for, as in "evaluation waits for …" */
  constructor(
    readonly work: () => Promise<void>,
    readonly what = 'something',
  ) {
    super(`evaluation waits for ${what}`)
  }
}

/** Runs work that evaluates, again as often as it has to wait. Throws what it throws. */
export async function untilDone<Result>(work: () => Result): Promise<Result> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Awaited)) throw error
      await error.work()
    }
  }
}
