/** Every lesson of tutorials/ is whole, its solution passes its check and its start does not. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nixVersion } from './real-nix'

const tutorials = join(import.meta.dirname, '../tutorials')
const lessons = readdirSync(tutorials)

const evaluators = [
  { name: 'Snowglobe', command: join(import.meta.dirname, '../backend/bin/nix-instantiate') },
  ...(nixVersion === null ? [] : [{ name: nixVersion, command: 'nix-instantiate' }]),
]

interface Check {
  ok: boolean
  hint: string
}

/** What the lesson's check says of one of its files, as the page would ask it. */
function check(command: string, lesson: string, file: string): Check[] {
  const directory = join(tutorials, lesson)
  const expression = `import ${directory}/check.nix {
    value = import ${directory}/${file};
    files = { "snippet.nix" = builtins.readFile ${directory}/${file}; };
  }`
  const args = ['--eval', '--strict', '--json', '-E', expression]
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' })) as Check[]
}

describe.each(lessons)('lesson %s', (lesson) => {
  const read = (file: string) => readFileSync(join(tutorials, lesson, file), 'utf8')

  it('has a number, a title and a summary', () => {
    expect(lesson).toMatch(/^[0-9]{2}-[a-z0-9-]+$/)
    const [, title, summary, heading] =
      /^---\ntitle: (.+)\nsummary: (.+)\n---\n\n# (.+)\n/.exec(read('lesson.md')) ?? []
    expect(title).toBe(heading)
    expect(summary).toMatch(/^.{20,160}\.$/)
  })

  describe.each(evaluators)('evaluated by $name', ({ command }) => {
    it('passes with its solution', () => {
      const failed = check(command, lesson, 'solution.nix').filter(({ ok }) => !ok)
      expect(failed).toEqual([])
    })

    it('asks for something that its start does not do', () => {
      const checks = check(command, lesson, 'start.nix')
      expect(checks.some(({ ok }) => !ok)).toBe(true)
      for (const { hint } of checks) expect(hint).toMatch(/\S/)
    })
  })
})
