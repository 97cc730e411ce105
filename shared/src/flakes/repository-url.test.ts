import { describe, expect, it } from 'vitest'
import { cloneUrl, relativityWarning, repositoryUrl } from './repository-url'

describe('the URL of a repository', () => {
  it.each([
    ['https://example.org/a/b.git?x=y', 'https://example.org/a/b.git?x=y'],
    ['git+ssh://me@example.org:22/a', 'ssh://me@example.org:22/a'],
    ['git@example.org:a/b.git', 'ssh://git@example.org/a/b.git'],
    ['example.org:/a', 'ssh://example.org/a'],
    ['example.org:~me/a', 'ssh://example.org/~me/a'],
    ['host[2]:a', 'ssh://host%5B2%5D/a'],
    ['me@[2001:db8::1]:/a', 'ssh://me@[2001:db8::1]/a'],
    ['[::1]:7', 'ssh://[::1]/7'],
    ['me%40@[::1]:a', 'ssh://me%2540@[::1]/a'],
    ['a:b@c:d', 'ssh://a/b@c:d'],
    ['me@[there:a', 'ssh://me@%5Bthere/a'],
    ['/a//b c/', 'file:///a/b%20c/'],
    ['/a/%20', 'file:///a/%2520'],
    ['file:/a/b', 'file:/a/b'],
    ['git+file:///a', 'file:///a'],
    ['git:example.org:a/b', 'git:example.org:a/b'],
    ['git+https:/example.org/a', 'https:/example.org/a'],
    ['https://example.org:/a', 'https://example.org/a'],
    ['https://me:p%40ss@example.org:0443/a', 'https://me:p%40ss@example.org:443/a'],
  ])('%s is %s, and that is itself', (text, url) => {
    expect(repositoryUrl(text)).toBe(url)
    expect(repositoryUrl(url)).toBe(url)
  })

  it.each([
    ['https://example.org/a?dir=b&x=y', 'https://example.org/a?x=y'],
    ['file:///a?x=y', 'file:///a'],
  ])('is for Git, of %s, %s', (url, given) => {
    expect(cloneUrl(url)).toBe(given)
  })

  it('says how it is absolute where it was relative', () => {
    const warning = relativityWarning('me@example.org:a/b')
    expect(warning?.match(/^ {4}.*$/gm)).toEqual([
      '    example.org:/a/b',
      '    ssh://me@example.org/a/b',
      '    example.org:~/a/b',
      '    ssh://me@example.org/~/a/b',
    ])
    for (const text of [
      'me@example.org:/a',
      'me@example.org:~/a',
      'https://a/b',
      '/a:b',
      'a/b:c',
    ]) {
      expect(relativityWarning(text)).toBeNull()
    }
  })

  it.each([
    ['a/b', "'a/b' doesn't have a scheme"],
    ['me@a/b:c', "'me@a/b:c' doesn't have a scheme"],
    ['', "'' doesn't have a scheme"],
    ['example.org:', "SCP-style Git URL 'example.org:' has an empty path"],
    ['[there]:a', "Git SCP bracketed URL is not valid: 'there' is not a valid IPv6 address"],
    ['me@[::1]/a', "'me@[::1]/a' is not a valid URL"],
    ['me@[::1]a:b', "'me@[::1]a:b' is not a valid URL"],
    ['file://a/b', "file:// URL 'file://a/b' has unexpected authority 'a'"],
    ['https://a:70000/b', "port '70000' is invalid"],
    ['https://a:b/c', "'https://a:b/c' is not a valid URL"],
    ['https://a@b@c/d', "'https://a@b@c/d' is not a valid URL"],
  ])('is none: %s', (text, message) => {
    expect(() => repositoryUrl(text)).toThrow(message)
  })
})
