import { signal } from '@preact/signals'
import type { EvaluationBuildEvent } from '@snowglobe/worker/browser/api'
import { proxy } from 'comlink'
import { machine } from '../machine'
import { announce } from './announce'
import { nameOfDerivation, tellLog } from './build'
import { LogLines, type LogLine } from './build-log'

/** What is being built because an evaluation reads it, like `'hello'`; null while nothing is. */
export const builtForEvaluation = signal<string | null>(null)

/** Hears of builds that evaluations wait for: their logs go to the terminal as those of others do. */
export async function watchEvaluationBuilds(): Promise<void> {
  let lines = new LogLines()
  const named = (line: LogLine) => ({ ...line, name: nameOfDerivation(line.derivation) })
  const hear = (event: EvaluationBuildEvent) => {
    switch (event.type) {
      case 'begin':
        builtForEvaluation.value = event.names
        lines = new LogLines()
        announce(`Building ${event.names} to evaluate`)
        tellLog([{ kind: 'note', text: `building ${event.names} to evaluate` }])
        break
      case 'log':
        tellLog(lines.add(event.derivation, event.text).map(named))
        break
      case 'end':
        tellLog(lines.end().map(named))
        builtForEvaluation.value = null
        break
    }
  }
  await machine.onEvaluationBuild(proxy(hear))
}
