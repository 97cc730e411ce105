/** What failed builds have left behind, kept for a while so that a shell can look into it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { diskUsage } from '../sandbox/disk-usage'
import type { Workspace } from '../sandbox/launcher'

interface Kept {
  workspace: Workspace
  timer: NodeJS.Timeout
  /** Shells that are copying it; only then is it removed. */
  users: number
  dropped: boolean
}

export class KeptBuilds {
  /** By derivation, the one that failed last at the end. */
  private readonly kept = new Map<ByteString, Kept>()

  constructor(
    private readonly options: {
      most: number
      /** Of each. */
      bytes: number
      seconds: number
    },
  ) {}

  /**
   * Takes over the workspace of a failed build, without its outputs, and removes it later. Gives false
   * where it is too large to be kept.
   */
  async keep(drvPath: ByteString, workspace: Workspace): Promise<boolean> {
    const { bytes } = this.options
    await workspace.discardOutputs()
    if ((await diskUsage(workspace.buildDirectory, bytes)) > bytes) return false
    await this.drop(drvPath)
    const timer = setTimeout(() => void this.drop(drvPath), this.options.seconds * 1000)
    timer.unref()
    this.kept.set(drvPath, { workspace, timer, users: 0, dropped: false })
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.options.most) break
      await this.drop(oldest)
    }
    return true
  }

  has(drvPath: ByteString): boolean {
    return this.kept.has(drvPath)
  }

  /** Calls back with what the last failed build has left; gives false where there is nothing. */
  async use(drvPath: ByteString, copy: (from: Workspace) => Promise<void>): Promise<boolean> {
    const kept = this.kept.get(drvPath)
    if (kept === undefined) return false
    kept.users++
    try {
      await copy(kept.workspace)
      return true
    } finally {
      kept.users--
      if (kept.dropped && kept.users === 0) await kept.workspace.remove()
    }
  }

  /** Removes everything. */
  async close(): Promise<void> {
    for (const drvPath of [...this.kept.keys()]) await this.drop(drvPath)
  }

  private async drop(drvPath: ByteString): Promise<void> {
    const kept = this.kept.get(drvPath)
    if (kept === undefined) return
    this.kept.delete(drvPath)
    clearTimeout(kept.timer)
    kept.dropped = true
    if (kept.users === 0) await kept.workspace.remove()
  }
}
