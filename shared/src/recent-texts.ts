import type { ByteString } from './bytes'

/**
 * What was found out of texts, so that the same text need not be looked at twice: of the texts used
 * last at least half the capacity is known, of all others nothing.
 */
export class RecentTexts<Found> {
  private recent = new Map<ByteString, Found>()
  private before: ReadonlyMap<ByteString, Found> = new Map()
  /** Of the texts in `recent`, in bytes. */
  private size = 0

  /** @param capacity bytes of texts that may be kept */
  constructor(private readonly capacity: number) {}

  get(text: ByteString): Found | undefined {
    const found = this.recent.get(text)
    if (found !== undefined) return found
    const earlier = this.before.get(text)
    if (earlier !== undefined) this.set(text, earlier)
    return earlier
  }

  set(text: ByteString, found: Found): void {
    if (this.size + text.length > this.capacity / 2) {
      this.before = this.recent
      this.recent = new Map()
      this.size = 0
    }
    this.recent.set(text, found)
    this.size += text.length
  }
}
