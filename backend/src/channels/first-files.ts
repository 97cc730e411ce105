import type { NarFile, NarNode } from '@snowglobe/shared/nar'
import { Interruption, NixError } from '@snowglobe/worker/evaluator/errors'
import { sharedTrees } from '@snowglobe/worker/language/tree-cache'
import { MountAccessor } from '@snowglobe/worker/store/mount-accessor'
import { NarAccessor } from '@snowglobe/worker/store/nar-accessor'
import { packingEvaluator } from './packing-evaluator'

/** What collections have and people try first. All that it needs is needed by nearly every package. */
const tried = '(import /channel { system = "x86_64-linux"; }).hello.drvPath'
/** Calls that this may take: ten times as many as nixpkgs needs. */
const budget = 5_000_000

/**
 * The files that an evaluation of a channel reads before all others, in that order: those of `hello`.
 * Where that fails, those that were read until then.
 */
export function firstFiles(tree: NarNode): Set<NarFile> {
  const read = new Set<NarFile>()
  const files = new NarAccessor(tree, { beforeReading: (file) => read.add(file) })
  const evaluator = packingEvaluator(new MountAccessor([{ at: '/channel', files }]))
  evaluator.setBudget(budget)
  try {
    evaluator.evaluateString(tried, { kind: 'string' }, '/')
  } catch (error) {
    if (!(error instanceof NixError) && !(error instanceof Interruption)) throw error
  }
  sharedTrees.clear()
  return read
}
