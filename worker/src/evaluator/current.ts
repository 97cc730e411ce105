import type { Evaluator } from './evaluator'

/**
 * The evaluator at work. Evaluation is synchronous, so there is one at a time. Trees and what has been
 * compiled of them belong to all evaluators: compiled code keeps nothing of one, it asks here.
 */
export const current: { evaluator: Evaluator } = {
  evaluator: null as unknown as Evaluator,
}
