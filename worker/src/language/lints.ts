/** Ways of writing that are legal but unwise: each is ignored, warned of or refused, as is set. */

export type LintLevel = 'ignore' | 'warn' | 'fatal'

export interface Lints {
  /** `/a` and `~/a`. */
  absolutePaths: LintLevel
  /** `a/b`, which could be `./a/b`. */
  shortPaths: LintLevel
  /** `http://a` without quotes. */
  urls: LintLevel
}

/** The settings that say so. */
export const lintSettings: Record<keyof Lints, string> = {
  absolutePaths: 'lint-absolute-path-literals',
  shortPaths: 'lint-short-path-literals',
  urls: 'lint-url-literals',
}
