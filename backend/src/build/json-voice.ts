/**
 * `--log-format internal-json`: lines `@nix {…}`, for programs that show what Nix does. Numbers are
 * Nix's own (libutil/logging.hh).
 */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { BuildCounts, BuildVoice } from './build-voice'
import type { Goal } from './goal'

const activities = { realise: 102, builds: 104, build: 105, copyPath: 100 } as const
const results = { logLine: 101, phase: 104, progress: 105 } as const
const levels = { error: 0, info: 3 } as const

export class JsonVoice implements BuildVoice {
  /** Numbers of what has begun and not ended. */
  private readonly open = new Map<Goal, number>()
  private builds: { realise: number; builds: number } | null = null
  private next = 1

  constructor(private readonly write: (text: ByteString) => void) {}

  say(text: ByteString): void {
    for (const msg of byteStringToUtf8(text).split('\n'))
      this.tell({ action: 'msg', level: levels.info, msg })
  }

  error(text: ByteString): void {
    const message = byteStringToUtf8(text)
    const raw_msg = message
    this.tell({ action: 'msg', level: levels.error, msg: `error: ${message}`, raw_msg })
  }

  begin(goal: Goal, what: 'build' | 'copy', text: ByteString): void {
    const parent = this.all().builds
    const path = byteStringToUtf8(goal.path)
    const fields = what === 'build' ? [path, '', 1, 1] : [path, '', '']
    const type = what === 'build' ? activities.build : activities.copyPath
    this.open.set(goal, this.start(type, levels.info, byteStringToUtf8(text), fields, parent))
  }

  lines(goal: Goal, lines: readonly string[]): void {
    for (const line of lines) this.result(this.open.get(goal), results.logLine, [line])
  }

  phase(goal: Goal, phase: string): void {
    this.result(this.open.get(goal), results.phase, [phase])
  }

  finish(goal: Goal): void {
    const id = this.open.get(goal)
    if (id === undefined) return
    this.open.delete(goal)
    this.tell({ action: 'stop', id })
  }

  counts({ done, expected, running, failed }: BuildCounts): void {
    this.result(this.all().builds, results.progress, [done, expected, running, failed])
    if (done + failed < expected || running > 0) return
    for (const id of [this.all().builds, this.all().realise]) this.tell({ action: 'stop', id })
    this.builds = null
  }

  /** What all builds belong to. */
  private all(): { realise: number; builds: number } {
    if (this.builds !== null) return this.builds
    const realise = this.start(activities.realise, levels.error, '', [], 0)
    const builds = this.start(activities.builds, levels.error, '', [], realise)
    return (this.builds = { realise, builds })
  }

  private start(
    type: number,
    level: number,
    text: string,
    fields: (string | number)[],
    parent: number,
  ): number {
    const id = this.next++
    this.tell({ action: 'start', fields, id, level, parent, text, type })
    return id
  }

  private result(id: number | undefined, type: number, fields: (string | number)[]): void {
    if (id !== undefined) this.tell({ action: 'result', fields, id, type })
  }

  private tell(message: Record<string, unknown>): void {
    this.write(utf8ToByteString(`@nix ${JSON.stringify(message)}\n`))
  }
}
