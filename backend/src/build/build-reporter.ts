import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { BuildState } from '@snowglobe/shared/messages'
import type { BuildError, FailureStatus } from './build-error'
import { asShown, type BuildLog } from './build-log'
import type { BuildVoice } from './build-voice'
import { DerivationGoal } from './derivation-goal'
import type { Goal, GoalEvent } from './goal'
import { SubstitutionGoal } from './substitution-goal'

/** What a derivation in this state counts as. */
const countOf = {
  waiting: 'waiting',
  substituting: 'running',
  building: 'running',
  built: 'done',
  present: 'done',
  failed: 'failed',
  cancelled: 'failed',
} as const satisfies Record<BuildState, string>

/** Follows goals, and has a voice tell of them in order. */
export class BuildReporter {
  /** What has failed so far, for the exit status. */
  readonly failures = new Set<FailureStatus>()
  private readonly told = new Set<BuildError>()
  private readonly announced = new Set<Goal>()
  /** Derivations that are not there, with what has become of them. */
  private readonly states = new Map<DerivationGoal, BuildState>()
  private readonly counts = { done: 0, expected: 0, running: 0, failed: 0, waiting: 0 }
  /** How much of each log has been shown, and the beginning of a line that has not. */
  private readonly logs = new Map<BuildLog, { goal: Goal; position: number; line: string }>()

  constructor(
    private readonly voice: BuildVoice,
    private readonly options: {
      /** Whether what builders print is shown. */
      showLogs: boolean
    },
  ) {}

  hear(event: GoalEvent): void {
    switch (event.type) {
      case 'state':
        return this.hearState(event.goal, event.state)
      case 'log':
        return this.show(event.goal, event.log)
      case 'builder-message': {
        const { action, msg, phase } = event.message
        if (action === 'msg' && typeof msg === 'string') this.voice.say(utf8ToByteString(msg))
        if (action === 'setPhase' && typeof phase === 'string') this.voice.phase(event.goal, phase)
        return
      }
      case 'message':
        return this.voice.say(event.text)
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
    if (error.failure.kind !== 'cancelled') this.voice.error(this.describe(error))
  }

  error(text: ByteString): void {
    this.voice.error(text)
  }

  /** Shows what is left of logs. */
  end(): void {
    for (const log of this.logs.keys()) this.flush(log)
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

  private hearState(goal: Goal, state: BuildState): void {
    const isOver = state === 'built' || state === 'failed' || state === 'cancelled'
    if (state === 'building' || state === 'substituting') this.announce(goal)
    if (isOver && goal.log !== null) this.flush(goal.log)
    if (isOver && this.announced.has(goal)) this.voice.finish(goal)
    if (goal instanceof DerivationGoal && state !== 'present') this.count(goal, state)
  }

  private announce(goal: Goal): void {
    if (this.announced.has(goal)) return
    this.announced.add(goal)
    if (goal instanceof SubstitutionGoal) {
      const from = goal.cache === null ? '' : ` from '${utf8ToByteString(goal.cache)}'`
      return this.voice.begin(goal, 'copy', `copying path '${goal.path}'${from}`)
    }
    // For Nix it is all one whether a fixed output is fetched or built.
    if (!(goal instanceof DerivationGoal)) return
    const what = goal.mode === 'check' ? 'checking outputs of' : 'building'
    this.voice.begin(goal, 'build', `${what} '${goal.path}'`)
  }

  private count(goal: DerivationGoal, state: BuildState): void {
    const before = this.states.get(goal)
    if (before === undefined) this.counts.expected++
    else this.counts[countOf[before]]--
    this.counts[countOf[state]]++
    this.states.set(goal, state)
    const { done, expected, running, failed } = this.counts
    this.voice.counts({ done, expected, running, failed })
  }

  /** Whole lines only: builds that run at the same time must not mix theirs. */
  private show(goal: Goal, log: BuildLog): void {
    const state = this.logs.get(log) ?? { goal, position: 0, line: '' }
    this.logs.set(log, state)
    let shown = state.line
    for (;;) {
      const { start, text } = log.read(state.position)
      if (text === '') break
      state.position = start + text.length
      shown += text
    }
    const end = shown.lastIndexOf('\n') + 1
    state.line = shown.slice(end)
    if (end > 0) this.voice.lines(goal, asShown(shown.slice(0, end - 1)).split('\n'))
  }

  private flush(log: BuildLog): void {
    const state = this.logs.get(log)
    if (state === undefined || state.line === '') return
    this.voice.lines(state.goal, [asShown(state.line)])
    state.line = ''
  }
}
