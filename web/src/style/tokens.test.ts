import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
)

/** The relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

const surfaces = ['backdrop', 'surface', 'raised', 'sunken', 'hover', 'accent-soft']
const texts = ['text', 'text-muted', 'text-faint', 'accent', 'good', 'bad', 'warn']
const code = [...colours.keys()].filter((name) => /^code-(?!line|selection)/.test(name))
const pairs = [
  ...texts.flatMap((text) => surfaces.map((surface) => [text, surface])),
  ...code.flatMap((text) => ['surface', 'sunken', 'code-line'].map((surface) => [text, surface])),
  ...['good', 'bad'].map((tone) => [tone, `${tone}-soft`]),
  ['on-accent', 'accent'],
  ['on-lantern', 'lantern'],
  ['on-lantern', 'lantern-deep'],
]

it.each(pairs)('%s can be read on %s, by day and by night', (text, surface) => {
  const [above, below] = [colours.get(text!)!, colours.get(surface!)!]
  expect(contrast(above.light, below.light)).toBeGreaterThanOrEqual(4.5)
  expect(contrast(above.dark, below.dark)).toBeGreaterThanOrEqual(4.5)
})
