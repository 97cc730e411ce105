/** Nix's own tests of its language, from a checkout of its sources. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ByteString } from '../../shared/src/bytes'
import { runCommand, type CommandResult } from './command'
import { grades, type Grade } from './skip-list'
import type { SyntaxCache } from '../../worker/src/language/file-tree'
import { sharedTrees } from '../../worker/src/language/tree-cache'
import { MemorySyntaxCache } from './memory-syntax-cache'

export interface TestResult {
  name: string
  grade: Grade
  /** What Nix writes to standard error is part of the test. */
  hasGolden: boolean
  expected: CommandResult
  found: CommandResult
  /** Both evaluators, or the browser's limit and none, write the same. */
  enginesAgree: boolean
}

/** Limits of the native stack: a browser worker's (the default), and the deep evaluator alone. */
const limits = [undefined, 0]

/** What the shell calls the working directory in expectations. */
const shownDirectory = '/pwd'

/** Runs the tests whose name contains `filter`, at each limit; a test's grade is its worst. */
export async function runLanguageTests(source: string, filter: string): Promise<TestResult[]> {
  const suite = new Suite(join(source, 'tests/functional'))
  const results: TestResult[] = []
  for (const name of suite.names()) {
    if (name.includes(filter)) results.push(await suite.run(name))
  }
  return results
}

class Suite {
  private readonly lang: string

  /** `directory` is the one that the tests are run in. */
  constructor(private readonly directory: string) {
    this.lang = join(directory, 'lang')
  }

  names(): string[] {
    return readdirSync(this.lang)
      .filter((file) => /^(parse|eval)-(okay|fail)-.*\.nix$/.test(file))
      .map((file) => file.slice(0, -'.nix'.length))
      .filter((name) => !existsSync(join(this.lang, `${name}.exp-disabled`)))
      .sort()
  }

  async run(name: string): Promise<TestResult> {
    const fails = name.includes('-fail-')
    const output = this.read(`${name}.exp.xml`) ?? this.read(`${name}.exp`)
    const errors = this.read(`${name}.err.exp`)
    const expected = { status: fails ? 1 : 0, output: output ?? '', errors: errors ?? '' }
    const hasGolden = errors !== null
    let worst: Grade = 'same'
    let found: CommandResult | null = null
    let enginesAgree = true
    // The first run leaves the trees in binary form, from which the last one takes them.
    const trees = new MemorySyntaxCache()
    for (const nativeLimit of [...limits, undefined]) {
      sharedTrees.clear()
      const result = await this.once(name, nativeLimit, trees)
      const grade = gradeOf(expected, result, { fails, hasOutput: output !== null, hasGolden })
      if (found !== null) {
        enginesAgree &&= JSON.stringify(found) === JSON.stringify(result)
      }
      if (found === null || grades.indexOf(grade) > grades.indexOf(worst)) {
        worst = grade
        found = result
      }
    }
    return { name, grade: worst, hasGolden, expected, found: found!, enginesAgree }
  }

  private async once(
    name: string,
    nativeLimit: number | undefined,
    syntaxCache: SyntaxCache,
  ): Promise<CommandResult> {
    const file = `lang/${name}.nix`
    const common = {
      workingDirectory: this.directory,
      syntaxCache,
      environment: { NIX_PATH: 'lang/dir3:lang/dir4', HOME: '/fake-home', TEST_VAR: 'foo' },
      ...(nativeLimit === undefined ? {} : { nativeLimit }),
    }
    const result = name.startsWith('parse')
      ? await runCommand({
          ...common,
          args: ['--parse', '-'],
          input: readFileSync(join(this.directory, file), 'latin1'),
        })
      : await runCommand({ ...common, args: [...this.flags(name), file] })
    const shown = (text: ByteString) => text.replaceAll(this.directory, shownDirectory)
    const errors = this.postprocess(name, shown(result.errors))
    return { status: result.status, output: shown(result.output), errors }
  }

  /** The suite's configuration shows traces, and enables flakes. */
  private flags(name: string): string[] {
    const text = (this.read(`${name}.flags`) ?? '').replace(/#.*/g, '')
    const own = text.split(/\s+/).filter((word) => word !== '')
    const trace = own.includes('--no-show-trace') ? [] : ['--show-trace']
    const features = ['--extra-experimental-features', 'nix-command flakes']
    const evaluate = ['--eval', '--strict', ...features]
    if (existsSync(join(this.lang, `${name}.exp.xml`))) {
      return [...evaluate, '--xml', '--no-location', ...trace]
    }
    return [...own, ...evaluate, ...trace]
  }

  /** The checkout's own script that takes out of the errors what changes with its documentation. */
  private postprocess(name: string, errors: ByteString): ByteString {
    const script = join(this.lang, `${name}.postprocess`)
    if (!existsSync(script)) return errors
    const directory = mkdtempSync(join(tmpdir(), 'conformance-'))
    try {
      const base = join(directory, name)
      writeFileSync(`${base}.err`, errors, 'latin1')
      execFileSync('bash', [script, base])
      return readFileSync(`${base}.err`, 'latin1')
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  private read(file: string): ByteString | null {
    const path = join(this.lang, file)
    return existsSync(path) ? readFileSync(path, 'latin1') : null
  }
}

function gradeOf(
  expected: CommandResult,
  found: CommandResult,
  { fails, hasOutput, hasGolden }: { fails: boolean; hasOutput: boolean; hasGolden: boolean },
): Grade {
  if (found.status !== expected.status) return 'wrong'
  if (!fails && hasOutput && found.output !== expected.output) return 'wrong'
  if (!hasGolden || found.errors === expected.errors) return 'same'
  return problemOf(found.errors) === problemOf(expected.errors) ? 'message' : 'outcome'
}

/** The error itself with its place: what follows the frames, however it is set in. */
function problemOf(errors: ByteString): ByteString {
  const lines = errors
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
  return lines
    .slice(
      Math.max(
        lines.findLastIndex((line) => line.startsWith('error: ')),
        0,
      ),
    )
    .join('\n')
}
