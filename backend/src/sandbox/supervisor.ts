/**
 * Watches a sandbox while it runs and tells when it reaches a limit. What the kernel can limit it
 * limits as well (control groups, file sizes); this is what gives every limit its name, and what
 * keeps those that the kernel does not know.
 */
import { diskUsage } from './disk-usage'
import type { LimitName, LimitReached, Limits } from './limits'
import type { ResourceGroup } from './resource-group'

const pollMilliseconds = 100
/** Measuring the disk may take this share of the time between two measurements. */
const diskShare = 0.1

export class Supervisor {
  private readonly started = performance.now()
  private lastOutput = this.started
  private poll: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly limits: Limits,
    private readonly group: ResourceGroup,
    /** Directories whose contents count as written. */
    private readonly written: readonly string[],
    private readonly onLimit: (limit: LimitReached) => void,
  ) {}

  start(): void {
    this.poll = setInterval(() => this.check(), pollMilliseconds)
    void this.watchDisk()
  }

  noteOutput(): void {
    this.lastOutput = performance.now()
  }

  stop(): void {
    this.stopped = true
    clearInterval(this.poll)
  }

  /** Checks the limits now; also to be called when the sandbox has ended, to say why it did. */
  check(): void {
    const now = performance.now()
    if (now - this.started > this.limits.wallClockSeconds * 1000) this.reach('wallClockSeconds')
    if (now - this.lastOutput > this.limits.silenceSeconds * 1000) this.reach('silenceSeconds')
    const usage = this.group.usage()
    // First, because many processes are much memory as well, and that would hide the cause.
    if (usage.processesExceeded || usage.processes > this.limits.processes) this.reach('processes')
    if (usage.memoryExceeded || usage.memoryBytes > this.limits.memoryBytes)
      this.reach('memoryBytes')
    if (usage.cpuSeconds > this.limits.cpuSeconds) this.reach('cpuSeconds')
  }

  /** Measures what was written, and says so if it is too much. */
  async checkDisk(): Promise<void> {
    let bytes = 0
    if (!Number.isFinite(this.limits.diskBytes)) return
    for (const directory of this.written) {
      bytes += await diskUsage(directory, this.limits.diskBytes - bytes)
      if (bytes > this.limits.diskBytes) return this.reach('diskBytes')
    }
  }

  private async watchDisk(): Promise<void> {
    while (!this.stopped) {
      const before = performance.now()
      await this.checkDisk()
      const pause = Math.max(2 * pollMilliseconds, (performance.now() - before) / diskShare)
      await new Promise((resolve) => setTimeout(resolve, pause).unref())
    }
  }

  private reach(name: LimitName): void {
    this.onLimit({ name, value: this.limits[name] })
  }
}
