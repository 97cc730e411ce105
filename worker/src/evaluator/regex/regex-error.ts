/** A pattern that is no regular expression, or one that is too large. */
export class RegexError extends Error {
  override name = 'RegexError'

  constructor(readonly tooLarge = false) {
    super(tooLarge ? 'the regular expression is too large' : 'invalid regular expression')
  }
}
