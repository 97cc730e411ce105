import { setTimeout } from 'node:timers/promises'
import { LockKeeper } from './lock-keeper'

/** Locks on outputs, held until they are registered. */
export interface OutputLocks {
  release(): void
}

const pauseMilliseconds = 100

/**
 * Locks outputs against other processes that build into the same store, as Nix does: by flock(2) on
 * `PATH.lock`.
 */
export class OutputLocker {
  private keeper: LockKeeper | null = null

  /** Waits for those that have locked one of the outputs; `onWait` is told once. */
  async lock(
    realPaths: readonly string[],
    onWait: (paths: readonly string[]) => void,
    signal: AbortSignal,
  ): Promise<OutputLocks> {
    const keeper = (this.keeper ??= new LockKeeper())
    const held: string[] = []
    const release = () => {
      for (const file of held.splice(0)) keeper.release(file)
    }
    let told = false
    try {
      // In one order everywhere, so that no two wait for each other.
      for (const path of [...realPaths].sort()) {
        const file = `${path}.lock`
        while (!(await keeper.tryLock(file))) {
          if (!told) onWait(realPaths)
          told = true
          await setTimeout(pauseMilliseconds, undefined, { signal })
        }
        held.push(file)
      }
    } catch (error) {
      release()
      throw error
    }
    return { release }
  }

  close(): void {
    this.keeper?.close()
  }
}
