import { deflateSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { encodeBase64Url } from './base64'
import { checkSnippet, decodeSnippet, encodeSnippet, SnippetError, type Snippet } from './snippet'

const hello: Snippet = {
  name: 'snippet',
  files: [
    {
      path: 'default.nix',
      text: 'derivation {\n  name = "hello";\n  system = builtins.currentSystem;\n  builder = "/bin/sh";\n}\n',
    },
  ],
  entry: 'default.nix',
  system: 'x86_64-linux',
  channel: 'none',
}
const withFiles = (...paths: string[]): Snippet => ({
  ...hello,
  files: paths.map((path) => ({ path, text: path })),
  entry: paths[0] ?? '',
})
const link = (value: unknown) =>
  's1.' + encodeBase64Url(deflateSync(new TextEncoder().encode(JSON.stringify(value))))

describe('snippets in links', () => {
  it.each([
    ['one file', hello],
    ['several', withFiles('default.nix', 'lib/default.nix', 'lib/a b.nix', 'ünï/😀')],
    [
      'a pinned channel',
      { ...hello, channel: 'starter', channelPath: `/nix/store/${'0'.repeat(32)}-source` },
    ],
    ['an empty file', { ...hello, files: [{ path: 'default.nix', text: '' }] }],
    ['any text', { ...hello, files: [{ path: 'default.nix', text: '\0\r\n"\\${x}é😀\ud800' }] }],
    ['a large one', { ...hello, files: [{ path: 'default.nix', text: 'x = 1;\n'.repeat(1e5) }] }],
  ])('come back as they were: %s', (_, snippet) => {
    const text = encodeSnippet(snippet)
    expect(text).toMatch(/^s1\.[A-Za-z0-9_-]+$/)
    expect(decodeSnippet(text)).toEqual(snippet)
  })

  it('are short for what is common', () => {
    expect(encodeSnippet(hello).length).toBeLessThan(60)
  })

  // Links that are out in the world: these texts may never change.
  it.each([
    [
      's1.Gyh7qZQ6gPGqVBtbCwA',
      'derivation {\n  name = "hello";\n  system = builtins.currentSystem;\n}\n',
    ],
  ])('keep their meaning: %s', (text, contents) => {
    expect(decodeSnippet(text)).toEqual({
      ...hello,
      files: [{ path: 'default.nix', text: contents }],
    })
  })

  it.each([
    ['', 'the link holds no snippet'],
    ['hello', 'the link holds no snippet'],
    ['s2.AAAA', 'the link is of version 2, this page knows version 1'],
    ['s1.', 'the link is damaged'],
    ['s1.!!!', 'the link is damaged'],
    [encodeSnippet(hello).slice(0, -4), 'the link is damaged'],
    ['s1.' + 'A'.repeat(1024 * 1024), 'at most 1048576 are allowed'],
    [link('text'), 'the link is damaged: the snippet'],
    [link({ ...hello, files: [{ path: 1, text: '' }] }), 'the link is damaged: files.0.path'],
    [link({ ...hello, entry: 'other.nix' }), "entry 'other.nix' is not one of its files"],
    [link({ ...hello, name: '../x' }), "the snippet's name is not valid"],
  ])('are refused (%#)', (text, message) => {
    expect(() => decodeSnippet(text)).toThrow(SnippetError)
    expect(() => decodeSnippet(text)).toThrow(message)
  })

  it('are refused where they would unpack to more than a page can hold', () => {
    const bomb = link('a'.repeat(20e6))
    expect(bomb.length).toBeLessThan(200_000)
    expect(() => decodeSnippet(bomb)).toThrow('unpacks to more than 4194304 bytes')
  })

  it('are not made of what would not be opened', () => {
    const large = (text: string) => ({ ...hello, files: [{ path: 'default.nix', text }] })
    expect(() => encodeSnippet(large('a'.repeat(20e6)))).toThrow('at most 4194304 fit into a link')
    let state = 1
    const noise = Array.from({ length: 2e6 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return String.fromCharCode(32 + ((state >>> 16) % 95))
    })
    expect(() => encodeSnippet(large(noise.join('')))).toThrow('at most 1048576 are allowed')
  })

  it('are refused when something in the middle has changed, or mean another snippet', () => {
    const text = encodeSnippet({
      ...hello,
      files: [{ path: 'default.nix', text: 'let '.repeat(50) }],
    })
    for (let i = 3; i < text.length; i++) {
      const changed = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1)
      try {
        checkSnippet(decodeSnippet(changed))
      } catch (error) {
        expect(error).toBeInstanceOf(SnippetError)
      }
    }
  })

  it.each([
    [withFiles(), "entry '' is not one of its files"],
    [withFiles('a', 'a'), "the file 'a' twice"],
    [withFiles('a/b', 'a'), "'a' cannot be a file and a directory"],
    [withFiles('a/b/c', 'x', 'a'), "'a' cannot be a file and a directory"],
    [withFiles('/etc/passwd'), 'cannot be the path of a file'],
    [withFiles('a/../b'), 'cannot be the path of a file'],
    [withFiles('a//b'), 'cannot be the path of a file'],
    [withFiles('./a'), 'cannot be the path of a file'],
    [withFiles('a\nb'), 'has control characters'],
    [withFiles(...Array.from({ length: 501 }, (_, i) => `f${i}`)), 'at most 500 are allowed'],
    [{ ...hello, system: 'x y' }, "system 'x y' is not valid"],
    [{ ...hello, channel: '' }, "channel '' is not valid"],
    [
      { ...hello, channelPath: '/etc/source' },
      "'/etc/source' cannot be the store path of a channel",
    ],
  ])('are not made of what is no workspace (%#)', (snippet, message) => {
    expect(() => encodeSnippet(snippet)).toThrow(SnippetError)
    expect(() => encodeSnippet(snippet)).toThrow(message)
  })
})
