/**
 * How the page puts its machine together: it makes the coordinator and the first evaluator, since a
 * worker that another worker makes comes up later, and gives each the ports it talks through.
 */

/** The first message to the coordinator. */
export interface CoordinatorStart {
  /** The page's calls. */
  page: MessagePort
  /** The first evaluator. */
  evaluator: MessagePort
}

/** From the page to the coordinator: the first evaluator broke. */
export interface EvaluatorFailure {
  reason: string
}

/** From the coordinator to the page, which alone can do it: end the first evaluator. */
export type CoordinatorWish = 'terminate evaluator'

/** The workers that the page's first script has made, before the rest of the page was read. */
export interface MachineWorkers {
  coordinator: Worker
  evaluator: Worker
}
