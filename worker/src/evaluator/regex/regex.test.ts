import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Regex } from './regex'

/** What builtins.match gives. */
function match(pattern: string, text: string): (string | null)[] | null {
  const found = new Regex(pattern).matchWhole(text)
  return found === null ? null : groups(found.groups, text)
}

/** What builtins.split gives. */
function split(pattern: string, text: string): (string | (string | null)[])[] {
  const pieces: (string | (string | null)[])[] = []
  let end = 0
  for (const found of new Regex(pattern).matchesIn(text)) {
    pieces.push(text.slice(end, found.begin), groups(found.groups, text))
    end = found.end
  }
  return [...pieces, text.slice(end)]
}

function groups(slots: Int32Array, text: string): (string | null)[] {
  return Array.from({ length: slots.length / 2 }, (_, i) =>
    slots[2 * i + 1] < 0 ? null : text.slice(slots[2 * i], slots[2 * i + 1]),
  )
}

describe('running regular expressions', () => {
  it('is not slowed down by patterns that make backtracking exponential', () => {
    const text = 'a'.repeat(20_000)
    for (const pattern of ['(a*)*b', '(a|a)*b', '(a|aa)+b', '((a?){10}){3}b', '(a+a+)+b']) {
      expect(match(pattern, text), pattern).toBeNull()
      expect(split(pattern, text), pattern).toEqual([text])
    }
  }, 10_000)

  it('walks through texts longer than what is kept at once', () => {
    const text = 'ab'.repeat(500_000)
    expect(match('(a)((b|a)*)(b)', text)).toEqual(['a', text.slice(1, -1), 'a', 'b'])
    expect(split('(b|c)a(b)', text).length).toBe(500_001)
  })

  it('nests as deep as memory allows', () => {
    const depth = 5000
    const pattern = '('.repeat(depth) + 'a' + ')'.repeat(depth)
    expect(match(pattern, 'a')).toEqual(new Array(depth).fill('a'))
    expect(match('((((((a*)*)*)*)*)*)*', 'aaa')?.length).toBe(6)
  })

  it.skipIf(!existsSync('/usr/bin/nix-instantiate'))('agrees with real Nix on any pattern', () => {
    const random = generator(20_240_601)
    const cases: [string, string][] = []
    while (cases.length < 400) {
      const text = Array.from({ length: random(7) }, () => 'abca'[random(4)]).join('')
      cases.push([randomPattern(random, 1 + random(4)), text])
    }
    const calls = cases.map(([pattern, text]) => {
      const args = `${JSON.stringify(pattern)} ${JSON.stringify(text)}`.replaceAll('$', '\\$')
      return `[ (builtins.match ${args}) (builtins.split ${args}) ]`
    })
    const printed = execFileSync(
      'nix-instantiate',
      ['--readonly-mode', '--eval', '--strict', '--json', '-E', `[ ${calls.join('\n')} ]`],
      { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, NIX_PATH: '' } },
    )
    const expected = JSON.parse(printed) as unknown[]
    for (let i = 0; i < cases.length; i++) {
      const [pattern, text] = cases[i]
      expect([match(pattern, text), split(pattern, text)], `${pattern} on '${text}'`).toEqual(
        expected[i],
      )
    }
  })
})

/** A generator of pseudo-random integers below `limit`, the same in each run. */
function generator(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor(state / 65_536) % limit
  }
}

/** A valid pattern of about that depth, with groups that can be empty and that are repeated. */
function randomPattern(random: (limit: number) => number, depth: number): string {
  const inner = () => randomPattern(random, depth - 1)
  const one = (choices: string[]) => choices[random(choices.length)]
  const quantifier = () => one(['*', '+', '?', '{2}', '{0,2}', '{1,}', '{0}', '{1,3}', '**', '*?'])
  switch (depth <= 0 ? random(3) : random(8)) {
    case 0:
    case 1:
      return one(['a', 'b', 'c'])
    case 2:
      return one(['.', '[ab]', '[^a]', 'ab', '', '^', '$'])
    case 3:
    case 4:
      return inner() + inner()
    case 5:
      return `(${inner()}|${inner()})`
    case 6:
      return `(${inner()})${quantifier()}`
    default:
      return one(['a', 'b', '[ab]', '.']) + quantifier()
  }
}
