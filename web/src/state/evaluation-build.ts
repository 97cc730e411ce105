import { signal } from '@preact/signals'
import type { EvaluationBuildEvent } from '@snowglobe/worker/browser/api'
import { proxy } from 'comlink'
import { machine } from '../machine'
import { announce } from './announce'
import { nameOfDerivation, tellLog } from './build'
import { LogLines, type LogLine } from './build-log'

/** What is being done because an evaluation needs it, like `Building 'hello'`; null while nothing is. */
export const doneForEvaluation = signal<string | null>(null)

const doing = { building: 'Building', fetching: 'Fetching' } as const

/** Hears of builds and downloads that evaluations wait for: their logs go to the terminal as those of others do. */
export async function watchEvaluationBuilds(): Promise<void> {
  let lines = new LogLines()
  const named = (line: LogLine) => ({ ...line, name: nameOfDerivation(line.derivation) })
  const hear = (event: EvaluationBuildEvent) => {
    switch (event.type) {
      case 'begin':
        doneForEvaluation.value = `${doing[event.doing]} ${event.what}`
        lines = new LogLines()
        announce(`${doneForEvaluation.value} to evaluate`)
        tellLog([{ kind: 'note', text: `${event.doing} ${event.what} to evaluate` }])
        break
      case 'log':
        tellLog(lines.add(event.derivation, event.text).map(named))
        break
      case 'message':
        tellLog([{ kind: 'note', text: event.text }])
        break
      case 'end':
        tellLog(lines.end().map(named))
        doneForEvaluation.value = null
        break
    }
  }
  await machine.onEvaluationBuild(proxy(hear))
}
