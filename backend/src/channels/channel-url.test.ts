import { describe, expect, it } from 'vitest'
import { isChannelUrl, tarballUrl } from './channel-url'

describe("the address of a channel's tarball", () => {
  it.each([
    ['channel:nixos-24.05', 'https://nixos.org/channels/nixos-24.05/nixexprs.tar.xz'],
    [
      'https://nixos.org/channels/nixos-24.05',
      'https://nixos.org/channels/nixos-24.05/nixexprs.tar.xz',
    ],
    [
      'https://nixos.org/channels/nixos-24.05/',
      'https://nixos.org/channels/nixos-24.05/nixexprs.tar.xz',
    ],
    ['http://a.example/channels/b/nixexprs.tar.xz', 'http://a.example/channels/b/nixexprs.tar.xz'],
    [
      'https://github.com/NixOS/nixpkgs/archive/main.tar.gz',
      'https://github.com/NixOS/nixpkgs/archive/main.tar.gz',
    ],
  ])('of %s is %s', (source, url) => {
    expect(isChannelUrl(source)).toBe(true)
    expect(tarballUrl(source)).toBe(url)
  })

  it.each(['/srv/nixpkgs', 'nixpkgs.tar.xz', './channel', 'https.tar'])(
    'is not what %s is',
    (path) => {
      expect(isChannelUrl(path)).toBe(false)
    },
  )
})
