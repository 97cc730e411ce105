/** Builtins of regular expressions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from '../builtin'
import { NixError } from '../errors'
import { regexOf } from '../regex/cache'
import type { Match, Regex } from '../regex/regex'
import { RegexError } from '../regex/regex-error'
import { ContextString, type Slot } from '../values'
import { plainText, stringValue } from './parameters'

const matchPattern = plainText('while evaluating the first argument passed to builtins.match')
const matchSubject = stringValue('while evaluating the second argument passed to builtins.match')
const splitPattern = plainText('while evaluating the first argument passed to builtins.split')
const splitSubject = stringValue('while evaluating the second argument passed to builtins.split')

function compiled(pattern: ByteString): Regex {
  try {
    return regexOf(pattern)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new NixError(
      'evaluation',
      error.tooLarge
        ? `memory limit exceeded by regular expression '${pattern}'`
        : `invalid regular expression '${pattern}'`,
    )
  }
}

/** The texts of a match's groups, null for those without. They carry no context. */
function groupsOf({ groups }: Match, subject: ByteString): Slot[] {
  const texts: Slot[] = []
  for (let i = 0; i < groups.length; i += 2) {
    texts.push(groups[i + 1] < 0 ? null : subject.slice(groups[i], groups[i + 1]))
  }
  return texts
}

export const regexBuiltins: BuiltinDefinition[] = [
  {
    name: 'match',
    args: ['regex', 'str'],
    type: 'String -> String -> [String | Null] | Null',
    since: '1.9',
    doc: 'The texts that the groups of the POSIX extended regular expression *regex* match if it matches the whole of the string *str*, `null` for groups not used; `null` if it does not match.',
    example: {
      expression: 'builtins.match "(.*)-([0-9.]+)" "hello-2.12"',
      value: '[ "hello" "2.12" ]',
    },
    *resume(_, regex, str) {
      const compiledRegex = compiled(yield* matchPattern.receive(regex))
      const value = yield* matchSubject.receive(str)
      const subject = value instanceof ContextString ? value.text : value
      const match = compiledRegex.matchWhole(subject)
      return match === null ? null : groupsOf(match, subject)
    },
  },
  {
    name: 'split',
    args: ['regex', 'str'],
    type: 'String -> String -> [String | [String | Null]]',
    since: '2.0',
    doc: 'The string *str* cut where the POSIX extended regular expression *regex* matches: a list of the texts between matches, and between these for each match the list of what its groups matched.',
    example: { expression: 'builtins.split "(,) *" "a, b"', value: '[ "a" [ "," ] "b" ]' },
    *resume(_, regex, str) {
      const compiledRegex = compiled(yield* splitPattern.receive(regex))
      const value = yield* splitSubject.receive(str)
      const subject = value instanceof ContextString ? value.text : value
      const pieces: Slot[] = []
      let end = 0
      for (const match of compiledRegex.matchesIn(subject)) {
        pieces.push(subject.slice(end, match.begin), groupsOf(match, subject))
        end = match.end
      }
      // What is not cut keeps its context.
      if (pieces.length === 0) return [value]
      pieces.push(subject.slice(end))
      return pieces
    },
  },
]
