import { describe, expect, it } from 'vitest'
import { MessageFilter, type BuilderMessage } from './message-filter'

function filter(...pieces: string[]): { shown: string; heard: BuilderMessage[] } {
  const heard: BuilderMessage[] = []
  const messages = new MessageFilter((message) => heard.push(message))
  const shown = pieces.map((piece) => messages.write(piece)).join('') + messages.end()
  return { shown, heard }
}

const phase = '@nix {"action":"setPhase","phase":"buildPhase"}'

describe('messages of builders', () => {
  it('are taken out of the log', () => {
    const { shown, heard } = filter(`before\n${phase}\nafter\n`)
    expect(shown).toBe('before\nafter\n')
    expect(heard).toEqual([{ action: 'setPhase', phase: 'buildPhase' }])
  })

  it('are found however their line comes', () => {
    const { shown, heard } = filter(...`a\n${phase}\r\nb`)
    expect(shown).toBe('a\nb')
    expect(heard).toHaveLength(1)
  })

  it.each([
    ['that is not JSON', '@nix {"action":\n'],
    ['without an action', '@nix {"phase":"x"}\n'],
    ['that is no object', '@nix 7\n'],
    ['that begins elsewhere', `say ${phase}\n`],
    ['that does not end', '@nix {"action":"setPhase"}'],
    ['that only begins so', '@ni\n@nix\n'],
    ['that is too long', `@nix {"action":"${'x'.repeat(70_000)}"}\n`],
  ])('are none where a line is one %s', (_, text) => {
    expect(filter(text)).toEqual({ shown: text, heard: [] })
  })

  it('let what comes in pieces be seen as soon as it can be none', () => {
    const messages = new MessageFilter(() => {})
    expect(messages.write('@')).toBe('')
    expect(messages.write('home')).toBe('@home')
    expect(messages.write(' @nix')).toBe(' @nix')
  })
})
