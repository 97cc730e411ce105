import { bundle } from './bundle.mjs'

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
