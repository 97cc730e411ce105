import { expect, it } from 'vitest'
import { formatLine } from './format-line'

const line = {
  kind: 'text',
  derivation: '/nix/store/x.drv',
  name: 'hello',
  text: '\x1b[31mred',
} as const

it('ends the builder’s colours with its line', () => {
  expect(formatLine(line).endsWith('\x1b[31mred\x1b[0m\n')).toBe(true)
})

it('gives a name the same colour each time', () => {
  expect(formatLine(line)).toBe(formatLine({ ...line }))
  expect(formatLine({ ...line, kind: 'phase', phase: 'buildPhase' })).toContain('buildPhase')
})
