import type { ByteString } from '@snowglobe/shared/bytes'

/**
 * Replaces several strings in one at once. At each place the first pattern in the list that matches
 * is taken. A replacement is asked for when its pattern has matched for the first time.
 */
export class StringReplacer {
  /** Indices of the patterns that can match, by the first byte, in list order. */
  private readonly candidates = new Map<number, number[]>()
  /** Of those that match anywhere, the first empty one; -1 if there is none. */
  private readonly empty: number
  /** By pattern, as far as they were asked for. */
  private readonly replacements: (ByteString | undefined)[] = []
  private position = 0
  /** From here on the subject has not been copied to the result. */
  private copied = 0
  result = ''

  constructor(
    private readonly patterns: readonly ByteString[],
    private readonly subject: ByteString,
  ) {
    this.empty = patterns.indexOf('')
    for (let i = 0; i < patterns.length; i++) {
      if (patterns[i] === '' || (this.empty >= 0 && i > this.empty)) continue
      const first = patterns[i].charCodeAt(0)
      const indices = this.candidates.get(first)
      if (indices === undefined) this.candidates.set(first, [i])
      else indices.push(i)
    }
  }

  /** Tells the replacement for a pattern. */
  supply(pattern: number, replacement: ByteString): void {
    this.replacements[pattern] = replacement
  }

  /** Goes on. Gives the pattern whose replacement is needed; -1 if `result` is complete. */
  advance(): number {
    const { subject, patterns } = this
    while (this.position <= subject.length) {
      const found = this.match()
      if (found < 0) {
        this.position++
        continue
      }
      const replacement = this.replacements[found]
      if (replacement === undefined) return found
      this.result += subject.slice(this.copied, this.position) + replacement
      this.copied = this.position
      if (patterns[found] === '') this.position++
      else {
        this.position += patterns[found].length
        this.copied = this.position
      }
    }
    this.result += subject.slice(this.copied)
    return -1
  }

  private match(): number {
    const { subject, position } = this
    if (position < subject.length) {
      for (const i of this.candidates.get(subject.charCodeAt(position)) ?? []) {
        if (subject.startsWith(this.patterns[i], position)) return i
      }
    }
    return this.empty
  }
}
