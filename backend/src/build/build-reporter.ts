import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { BuildError, FailureStatus } from './build-error'
import { asShown, type BuildLog } from './build-log'
import { DerivationGoal } from './derivation-goal'
import type { Goal, GoalEvent } from './goal'
import { SubstitutionGoal } from './substitution-goal'

/** Tells of builds as Nix's commands do: lines on standard error. */
export class BuildReporter {
  /** What has failed so far, for the exit status. */
  readonly failures = new Set<FailureStatus>()
  private readonly told = new Set<BuildError>()
  private readonly announced = new Set<Goal>()
  /** How much of each log has been shown, and the beginning of a line that has not. */
  private readonly logs = new Map<BuildLog, { position: number; line: string }>()

  constructor(
    private readonly write: (text: ByteString) => void,
    private readonly options: {
      /** Whether what builders print is shown. */
      showLogs: boolean
      /** Of a failed build's log that was not shown, how many lines its error has. */
      logLines: number
    },
  ) {}

  hear(event: GoalEvent): void {
    switch (event.type) {
      case 'state':
        return this.hearState(event.goal, event.state)
      case 'log':
        if (this.options.showLogs) this.show(event.log)
        return
      case 'builder-message': {
        const { action, msg } = event.message
        if (action === 'msg' && typeof msg === 'string') this.write(utf8ToByteString(`${msg}\n`))
        return
      }
      case 'message':
        return this.write(`${event.text}\n`)
      case 'failure':
        // What a cache does not have is built instead.
        if (event.goal instanceof DerivationGoal) this.failure(event.error)
    }
  }

  /** Tells why something failed, once. */
  failure(error: BuildError): void {
    if (this.told.has(error)) return
    this.told.add(error)
    this.failures.add(error.status)
    if (error.failure.kind !== 'cancelled') this.error(this.describe(error))
  }

  error(text: ByteString): void {
    this.write(`error: ${text.replaceAll('\n', '\n       ')}\n`)
  }

  /** Shows what is left of logs. */
  end(): void {
    for (const state of this.logs.values()) {
      if (state.line !== '') this.write(utf8ToByteString(`${state.line}\n`))
      state.line = ''
    }
  }

  private describe({ failure }: BuildError): ByteString {
    const { message, lastLines, kind, derivation } = failure
    if (this.options.showLogs || lastLines.length === 0 || kind !== 'builder-failed') return message
    const lines = lastLines.map((line) => `> ${utf8ToByteString(line)}\n`).join('')
    return (
      `${message};\nlast ${lastLines.length} log lines:\n${lines}` +
      `For full logs, run 'nix log ${derivation}'.`
    )
  }

  private hearState(goal: Goal, state: string): void {
    if (state === 'substituting' && goal instanceof SubstitutionGoal) {
      const from = goal.cache === null ? '' : ` from '${utf8ToByteString(goal.cache)}'`
      this.write(`copying path '${goal.path}'${from}...\n`)
    } else if (state === 'building' || state === 'substituting') this.announce(goal)
    const isOver = state === 'built' || state === 'failed' || state === 'cancelled'
    if (isOver && goal.log !== null) this.flush(goal.log)
  }

  /** For Nix it is all one whether a fixed output is fetched or built. */
  private announce(goal: Goal): void {
    if (!(goal instanceof DerivationGoal) || this.announced.has(goal)) return
    this.announced.add(goal)
    const isCheck = goal.mode === 'check'
    this.write(`${isCheck ? 'checking outputs of' : 'building'} '${goal.path}'...\n`)
  }

  /** Whole lines only: builds that run at the same time must not mix theirs. */
  private show(log: BuildLog): void {
    const state = this.logs.get(log) ?? { position: 0, line: '' }
    this.logs.set(log, state)
    let shown = ''
    for (;;) {
      const { start, text } = log.read(state.position)
      if (text === '') break
      state.position = start + text.length
      shown += text
    }
    const all = state.line + shown
    const end = all.lastIndexOf('\n') + 1
    state.line = all.slice(end)
    if (end > 0) this.write(utf8ToByteString(asShown(all.slice(0, end))))
  }

  private flush(log: BuildLog): void {
    const state = this.logs.get(log)
    if (state === undefined || state.line === '') return
    this.write(utf8ToByteString(`${asShown(state.line)}\n`))
    state.line = ''
  }
}
