import { availableParallelism } from 'node:os'
import { bundle } from './bundle.mjs'

/** What Node is told that evaluates repeatedly; commands are told the same (backend/launch.sh). */
export const evaluationFlags = [
  `--v8-pool-size=${Math.min(4, Math.max(1, availableParallelism() - 1))}`,
  '--initial-heap-size=512',
  '--min-semi-space-size=8',
  '--max-semi-space-size=32',
]

let built = null

/** The evaluator as a module of its own, bundled as the commands are: gives its path. */
export function evaluatorBundle() {
  built ??= bundle('evaluation', {
    'evaluator/evaluator': ['Evaluator'],
    'evaluator/native-stack': ['processLimit'],
    'node/file-system-host': ['fileSystemHost'],
    'node/file-system-accessor': ['FileSystemAccessor'],
    'node/subtree-accessor': ['SubtreeAccessor'],
    'store/mount-accessor': ['MountAccessor'],
  })
  return built
}
