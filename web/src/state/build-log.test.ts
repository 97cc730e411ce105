import { describe, expect, it } from 'vitest'
import { LogLines } from './build-log'

const text = (derivation: string, line: string) => ({ kind: 'text', derivation, text: line })

describe('LogLines', () => {
  it('puts the pieces of several builders together, line by line', () => {
    const lines = new LogLines()
    expect(lines.add('a', 'one\ntw')).toEqual([text('a', 'one')])
    expect(lines.add('b', 'other\n')).toEqual([text('b', 'other')])
    expect(lines.add('a', 'o\n\n')).toEqual([text('a', 'two'), text('a', '')])
    expect(lines.end()).toEqual([])
  })

  it('gives what has no line break at the end', () => {
    const lines = new LogLines()
    lines.add('a', 'last words')
    expect(lines.end()).toEqual([text('a', 'last words')])
    expect(lines.end()).toEqual([])
  })

  it('turns a setup hook into a phase and keeps its other messages out', () => {
    const lines = new LogLines()
    expect(lines.add('a', '@nix { "action": "setPhase", "phase": "buildPhase" }\n')).toEqual([
      { kind: 'phase', derivation: 'a', phase: 'buildPhase' },
    ])
    expect(lines.add('a', '@nix {"action":"other"}\n')).toEqual([])
  })
})
