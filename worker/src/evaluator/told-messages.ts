import type { ByteString } from '@snowglobe/shared/bytes'

/**
 * What an evaluation has said. One that is begun again, because something had to be loaded or built
 * first, says it all once more; people are told once.
 */
export class ToldMessages {
  /** Every message so far, and how often. */
  private readonly told = new Map<string, number>()
  /** Those of them that the evaluation will say again. */
  private repeated = new Map<string, number>()

  /** Whether a message is news; to be asked once for each that comes. */
  isNew(kind: 'trace' | 'warning', text: ByteString): boolean {
    const key = `${kind} ${text}`
    const expected = this.repeated.get(key) ?? 0
    if (expected > 0) {
      this.repeated.set(key, expected - 1)
      return false
    }
    this.told.set(key, (this.told.get(key) ?? 0) + 1)
    return true
  }

  /** The evaluation will be begun again. */
  again(): void {
    this.repeated = new Map(this.told)
  }

  /** Another evaluation begins: what was said before does not count. */
  clear(): void {
    this.told.clear()
    this.repeated.clear()
  }
}
