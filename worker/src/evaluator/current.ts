import type { Evaluator } from './evaluator'

/**
 * The evaluator at work. Evaluation is synchronous, so there is one at a time; trees are compiled
 * for the evaluator that is at work when they are first run.
 */
export const current: { evaluator: Evaluator } = {
  evaluator: null as unknown as Evaluator,
}
