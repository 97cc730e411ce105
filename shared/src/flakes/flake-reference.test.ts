import { describe, expect, it } from 'vitest'
import { inputFromUrl, isLocked } from './fetch-input'
import type { InputAttribute } from './input-attributes'
import {
  flakeReferenceFromAttributes,
  flakeReferenceToAttributes,
  formatFlakeReference,
  parseFlakeReference,
} from './flake-reference'

const rev = '0123456789abcdef0123456789abcdef01234567'
const narHash = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
const inUrl = 'sha256-47DEQpj8HBSa%2B/TImW%2B5JCeuQeRkm5NMpJWZG3hSuFU%3D'

const attributesOf = (text: string) =>
  Object.fromEntries(flakeReferenceToAttributes(parseFlakeReference(text)))

describe('flake references', () => {
  it.each<[string, Record<string, InputAttribute>, string?]>([
    ['nixpkgs', { type: 'indirect', id: 'nixpkgs' }, 'flake:nixpkgs'],
    [
      'nixpkgs/nixos-20.09',
      { type: 'indirect', id: 'nixpkgs', ref: 'nixos-20.09' },
      'flake:nixpkgs/nixos-20.09',
    ],
    [`nixpkgs/${rev}`, { type: 'indirect', id: 'nixpkgs', rev }, `flake:nixpkgs/${rev}`],
    [`flake:nixpkgs/a/${rev}`, { type: 'indirect', id: 'nixpkgs', ref: 'a', rev }],
    ['github:NixOS/nixpkgs', { type: 'github', owner: 'NixOS', repo: 'nixpkgs' }],
    [
      'github:NixOS/nixpkgs/23.05?dir=lib',
      { type: 'github', owner: 'NixOS', repo: 'nixpkgs', ref: '23.05', dir: 'lib' },
    ],
    [
      'github:a/b/release/1.0',
      { type: 'github', owner: 'a', repo: 'b', ref: 'release/1.0' },
      'github:a/b/release%2F1.0',
    ],
    [`github:a/b/${rev}?narHash=${inUrl}`, { type: 'github', owner: 'a', repo: 'b', rev, narHash }],
    ['gitlab:a/b?host=example.org', { type: 'gitlab', owner: 'a', repo: 'b', host: 'example.org' }],
    ['sourcehut:~a/b', { type: 'sourcehut', owner: '~a', repo: 'b' }],
    [
      'git+https://example.org/a?ref=b&shallow=1',
      { type: 'git', url: 'https://example.org/a', ref: 'b', shallow: true },
    ],
    ['git+ssh://git@example.org/a', { type: 'git', url: 'ssh://git@example.org/a' }],
    ['git://example.org/a', { type: 'git', url: 'git://example.org/a' }],
    ['git+file:///a/b', { type: 'git', url: 'file:///a/b' }],
    ['https://example.org/a.tar.gz', { type: 'tarball', url: 'https://example.org/a.tar.gz' }],
    ['https://example.org/a', { type: 'tarball', url: 'https://example.org/a' }],
    [
      `https://example.org/a.zip?x=1&narHash=${inUrl}`,
      { type: 'tarball', url: 'https://example.org/a.zip?x=1', narHash },
      `https://example.org/a.zip?narHash=${inUrl}&x=1`,
    ],
    [
      'tarball+https://example.org/a',
      { type: 'tarball', url: 'https://example.org/a' },
      'https://example.org/a',
    ],
    [
      'file+https://example.org/a',
      { type: 'file', url: 'https://example.org/a' },
      'https://example.org/a',
    ],
    ['hg+https://example.org/a?ref=b', { type: 'hg', url: 'https://example.org/a', ref: 'b' }],
    ['path:/a/b', { type: 'path', path: '/a/b' }],
    ['/a/b', { type: 'path', path: '/a/b' }, 'path:/a/b'],
    ['path:./a', { type: 'path', path: './a' }],
    ['path:/a//b/', { type: 'path', path: '/a/b/' }, 'path:/a/b/'],
    ['path:/a%20b?lastModified=5', { type: 'path', path: '/a b', lastModified: 5 }],
  ])('%s', (text, attributes, shown = text) => {
    const reference = parseFlakeReference(text)
    expect(attributesOf(text)).toEqual(attributes)
    expect(formatFlakeReference(reference)).toBe(shown)
    expect(flakeReferenceFromAttributes(new Map(Object.entries(attributes)))).toEqual(reference)
  })

  it.each([
    ['./a', "flake reference './a' is not an absolute path"],
    // As Nix: what makes no sense as a URL is taken for a path.
    ['github:a', "flake reference 'github:a' is not an absolute path"],
    ['https://a/%zz', "flake reference 'https://a/%zz' is not an absolute path"],
    ['github:a/b?rev=5', "hash '5' has wrong length for hash algorithm 'sha1'"],
    ['path:/a?x=y', "path URL 'path:/a?x=y' has unsupported parameter 'x'"],
    ['path:/a?revCount=y', "path URL 'path:/a?revCount=y' has invalid parameter 'revCount'"],
    ['path:/a%2Fb', 'is not an absolute path'],
    ['path://host/a', "should not have an authority ('host')"],
    ['ftp://a/b', "input 'ftp://a/b' is unsupported"],
    ['file+git://a', "input 'file+git://a' is unsupported; did you mean 'git+file'"],
    ['nixpkgs#hello', "unexpected fragment 'hello' in flake reference 'nixpkgs#hello'"],
  ])('%s is none', (text, message) => {
    expect(() => parseFlakeReference(text)).toThrow(message)
  })

  it.each([
    ['github:a', "URL 'github:a' is invalid"],
    ['github:a/b/c?ref=d', "URL 'github:a/b/c?ref=d' contains multiple branch/tag names"],
    [`github:a/b/c?rev=${rev}`, 'contains both a commit hash'],
    ['github:a/b?x=y', "URL 'github:a/b?x=y' contains unknown parameter 'x'"],
    ['github:a/b/..', 'contains an invalid branch/tag name'],
    ['git+https://a/b?ref=..', "invalid Git branch/tag name '..'"],
    ['flake:a/b/c', "in flake URL 'flake:a/b/c', 'c' is not a commit hash"],
    ['https://a/%zz', "invalid URI parameter '%zz'"],
  ])('%s is no input', (text, message) => {
    expect(() => inputFromUrl(text)).toThrow(message)
  })

  it.each([
    [`github:a/b/${rev}`, false],
    [`github:a/b/${rev}?narHash=${inUrl}`, true],
    [`git+https://a/b?rev=${rev}`, true],
  ])('%s is locked where servers of archives are not trusted: %s', (text, locked) => {
    const { input } = parseFlakeReference(text)
    expect(isLocked(input, { tarballsFromForges: false })).toBe(locked)
  })

  it.each([
    [{ type: 'git', url: 'https://a/b', rev: 'QkJCQkJCQkJCQkJCQkJCQkJCQkI=' }, 'git+https://a/b'],
    [
      { type: 'git', url: 'https://a/b', rev: 'sha1:89144hj289144hj289144hj289144hj2' },
      'git+https://a/b',
    ],
    [{ type: 'hg', url: 'https://a/b', rev: `sha1:${'42'.repeat(20)}` }, 'hg+https://a/b'],
  ])('writes revisions in hexadecimal digits: %j', (attributes, url) => {
    const reference = flakeReferenceFromAttributes(new Map(Object.entries(attributes)))
    expect(formatFlakeReference(reference)).toBe(`${url}?rev=${'42'.repeat(20)}`)
  })

  it.each<[Record<string, InputAttribute>, string]>([
    [{ type: 'cvs', id: 'x' }, `cannot show unsupported input '{"id":"x","type":"cvs"}'`],
    [
      { type: 'git', url: 'https://a/b', ref: 5 },
      `input attribute 'ref' is not a string {"ref":5,"type":"git","url":"https://a/b"}`,
    ],
    [{ type: 'git', url: 'https://a/b', lfs: 'yes' }, "input attribute 'lfs' is not a Boolean"],
    [
      { type: 'git', url: 'https://a/b', rev: 'x' },
      "hash 'x' has wrong length for hash algorithm 'sha1'",
    ],
    [{ type: 'git', url: 'https://a/b', rev: 'sha7:x' }, "unknown hash algorithm 'sha7'"],
    [{ type: 'tarball', url: 'https://a/b', narHash: 'x' }, "hash 'x' is not SRI"],
    [
      { type: 'tarball', url: 'https://a/b', narHash: 'sha1-QkJCQkJCQkJCQkJCQkJCQkJCQkI=' },
      'narHash must use SHA-256',
    ],
    [{ type: 'tarball' }, "input attribute 'url' is missing"],
  ])('%j is none', (attributes, message) => {
    expect(() =>
      formatFlakeReference(flakeReferenceFromAttributes(new Map(Object.entries(attributes)))),
    ).toThrow(message)
  })

  it('has no attributes but those of its kind', () => {
    const attributes = new Map([
      ['type', 'github'],
      ['owner', 'a'],
      ['repo', 'b'],
      ['url', 'c'],
    ])
    expect(() => flakeReferenceFromAttributes(attributes)).toThrow(
      "input attribute 'url' not supported by scheme 'github'",
    )
  })

  it.each([
    [`github:a/b/${rev}`, true],
    ['github:a/b', false],
    [`git+https://a/b?rev=${rev}`, true],
    [`git+https://a/b?rev=${'0'.repeat(40)}`, false],
    ['https://a/b', false],
    [`https://a/b?narHash=${inUrl}`, true],
    ['path:/a', false],
    ['nixpkgs', false],
    [`hg+https://a/b?rev=${rev}`, true],
  ])('%s is locked: %s', (text, locked) => {
    const { input } = parseFlakeReference(text)
    expect(isLocked(input, { tarballsFromForges: true })).toBe(locked)
  })
})
