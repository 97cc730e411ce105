/**
 * The tests that are known to fail, in a text file: lines `name grade reason`, where the grade is how
 * good they are nevertheless. The list may only shrink: a test that has become better than its line
 * says is an error, as is a name that no test has.
 */
import { readFileSync } from 'node:fs'

/**
 * How near a test comes, from the best: everything as Nix has it; the message with its place, but not
 * the frames before it; the right outcome with other words; none of these.
 */
export const grades = ['same', 'message', 'outcome', 'wrong'] as const
export type Grade = (typeof grades)[number]

export interface Skip {
  name: string
  grade: Grade
  reason: string
}

/** Reads a list. Throws where a line is none. */
export function readSkips(text: string): Map<string, Skip> {
  const skips = new Map<string, Skip>()
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const match = /^(\S+) (message|outcome|wrong) (\S.*)$/.exec(line)
    if (match === null) throw new Error(`not 'name message|outcome|wrong reason': ${line}`)
    const [, name, grade, reason] = match
    if (skips.has(name)) throw new Error(`${name} is listed twice`)
    skips.set(name, { name, grade: grade as Grade, reason })
  }
  return skips
}

export function readSkipFile(path: string): Map<string, Skip> {
  return readSkips(readFileSync(path, 'utf8'))
}

/** What is wrong with results, given the list; nothing if all is as it should be. */
export function judge(
  results: ReadonlyMap<string, Grade>,
  skips: ReadonlyMap<string, Skip>,
): string[] {
  const problems: string[] = []
  for (const [name, grade] of results) {
    const known = skips.get(name)
    const allowed = known?.grade ?? 'same'
    const difference = grades.indexOf(grade) - grades.indexOf(allowed)
    if (difference > 0) problems.push(`${name}: ${grade}, expected ${allowed}`)
    else if (difference < 0) {
      problems.push(
        grade === 'same'
          ? `${name}: passes; remove its line from the list`
          : `${name}: is ${grade} now; say so instead of '${allowed}' in its line`,
      )
    }
  }
  for (const name of skips.keys()) {
    if (!results.has(name)) problems.push(`${name}: no test has this name; remove its line`)
  }
  return problems
}
