/**
 * Evaluates an expression several times in this process and prints the seconds of each as JSON:
 * `node bench/evaluate-repeatedly.mjs BUNDLE TIMES EXPRESSION [TREE]`. With TREE the evaluations share an
 * evaluator that keeps what files of the store gave, as the page does while a person types; the tree is
 * then mounted in the store, as `<nixpkgs>`. Without, each has an evaluator of its own, as commands have.
 */
import { pathToFileURL } from 'node:url'

const [, , bundle, times, expression, tree] = process.argv
const {
  Evaluator,
  FileSystemAccessor,
  fileSystemHost,
  MountAccessor,
  processLimit,
  SubtreeAccessor,
} = await import(pathToFileURL(bundle).href)

const newHost = () =>
  fileSystemHost({
    storeDir: '/nix/store',
    realStoreDir: '/nix/store',
    searchPath: [],
    system: 'x86_64-linux',
    workingDirectory: '/',
    environment: {},
    message: () => {},
    write: null,
  })

function keepingEvaluator() {
  const at = `/nix/store/${'a'.repeat(32)}-source`
  const disk = new FileSystemAccessor()
  const files = new MountAccessor([
    { at: '/', files: disk },
    { at, files: new SubtreeAccessor(disk, tree) },
  ])
  const host = { ...newHost(), files, nixPath: [{ prefix: 'nixpkgs', path: at }] }
  return new Evaluator(host, { keepsValues: true })
}

const kept = tree === undefined ? null : keepingEvaluator()
const seconds = []
for (let i = 0; i < Number(times); i++) {
  const start = performance.now()
  const evaluator = kept ?? new Evaluator(newHost(), { nativeLimit: processLimit })
  evaluator.enter(evaluator.newEvaluation())
  evaluator.forceDeep(evaluator.evaluateString(expression, { kind: 'string' }, '/'))
  seconds.push((performance.now() - start) / 1000)
}
console.log(JSON.stringify(seconds))
