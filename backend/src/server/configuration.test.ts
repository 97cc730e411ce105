import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultLimits, limitVariable } from '../sandbox/limits'
import { configurationFromEnvironment } from './configuration'
import { defaultPublicLimits } from './public-limits'

describe('the configuration', () => {
  it('has defaults that only this machine can reach', () => {
    expect(configurationFromEnvironment({}, '/repository')).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDirectory: '/repository/.data',
      allowedHosts: [],
      controlGroups: true,
      proxies: 0,
      push: 'anybody',
      publicLimits: { queueLength: 100, uploadBytes: 2 ** 28 },
    })
  })

  it('comes from the environment', () => {
    const environment = {
      PORT: '0',
      HOST: '::',
      SNOWGLOBE_DATA: '/var/lib/snowglobe',
      SNOWGLOBE_ALLOWED_HOSTS: 'One.example, two.example:8443,',
      SNOWGLOBE_JOBS: '3',
      SNOWGLOBE_CONTROL_GROUPS: 'off',
      SNOWGLOBE_NIXPKGS:
        'mine=/srv/a=b:channel/channel:nixpkgs.tar.xz:https://example.org:8443/a.tar.gz:new=channel:nixos-unstable:',
    }
    expect(configurationFromEnvironment(environment, '/repository')).toMatchObject({
      port: 0,
      host: '::',
      dataDirectory: '/var/lib/snowglobe',
      allowedHosts: ['one.example', 'two.example:8443'],
      jobs: 3,
      controlGroups: false,
      channels: [
        { name: 'mine', path: '/srv/a=b' },
        { name: null, path: '/repository/channel/channel' },
        { name: null, path: '/repository/nixpkgs.tar.xz' },
        { name: null, path: 'https://example.org:8443/a.tar.gz' },
        { name: 'new', path: 'channel:nixos-unstable' },
      ],
    })
  })

  it.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['SNOWGLOBE_JOBS', '0'],
    ['SNOWGLOBE_PROXIES', '-1'],
  ])('names the variable that makes no sense (%s=%s)', (name, value) => {
    expect(() => configurationFromEnvironment({ [name]: value }, '/')).toThrow(
      new RegExp(`^${name} must be a whole number from \\d+ to \\d+, but is "${value}"$`),
    )
  })

  it('has limits that are documented, with their defaults', () => {
    const page = new URL('../../../docs/how-to/operate-a-server.md', import.meta.url)
    const rows = [
      ...readFileSync(page, 'utf8').matchAll(/^\| `(SNOWGLOBE_LIMIT_\w+)` \| (\d+) \|/gm),
    ]
    const documented = Object.fromEntries(rows.map(([, name, value]) => [name, Number(value)]))
    const limits = Object.entries({ ...defaultLimits, ...defaultPublicLimits })
    expect(documented).toEqual(
      Object.fromEntries(limits.map(([name, value]) => [limitVariable(name), value])),
    )
  })

  it('takes every limit from the environment', () => {
    const { publicLimits } = configurationFromEnvironment({ SNOWGLOBE_LIMIT_SHELLS: '7' }, '/')
    expect(publicLimits.shells).toBe(7)
  })

  it.each([
    ['SNOWGLOBE_LAUNCHER', 'docker', 'must be one of any, native, bubblewrap'],
    ['SNOWGLOBE_PUSH', 'nobody', 'must be one of anybody, tokens'],
    ['SNOWGLOBE_TOKENS', 'short', 'must have 16 characters or more'],
  ])('refuses %s=%s', (name, value, message) => {
    expect(() => configurationFromEnvironment({ [name]: value }, '/')).toThrow(message)
  })
})
