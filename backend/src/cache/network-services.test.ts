import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { parseArguments } from '@snowglobe/worker/commands/arguments'
import { fetchSettingsFromEnvironment } from '../fetch/fetch-settings'
import { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { startHttpServer } from '../testing/http-server'
import { outputPathOf, TestCache, testPublicKey, textFile } from '../testing/test-cache'
import { openNetworkServices } from './network-services'
import { networkSettings } from './network-settings'
import { substitutionSettingsFromEnvironment } from './substitution-settings'

describe("a server's settings", () => {
  it('have the cache of nixpkgs by default, which can be switched off', () => {
    const settings = substitutionSettingsFromEnvironment
    expect(settings({})).toMatchObject({
      substitute: true,
      requireSignatures: true,
      substituters: ['https://cache.nixos.org'],
    })
    expect(settings({ SNOWGLOBE_SUBSTITUTERS: 'off' }).substitute).toBe(false)
    const more = settings({
      SNOWGLOBE_EXTRA_SUBSTITUTERS: 'http://one http://two',
      SNOWGLOBE_TRUSTED_KEYS: 'k:x',
    })
    expect(more.substituters).toEqual(['https://cache.nixos.org', 'http://one', 'http://two'])
    expect(more.trustedPublicKeys).toHaveLength(2)
  })

  it('let nobody reach what is private, and can switch fetching off', () => {
    const settings = fetchSettingsFromEnvironment
    expect(settings({})).toMatchObject({ enabled: true, own: false, allowed: [] })
    expect(settings({ SNOWGLOBE_FETCH: 'off' })).toMatchObject({ enabled: false, builders: false })
    expect(settings({ SNOWGLOBE_FETCH_BUILDERS: 'off' })).toMatchObject({
      enabled: true,
      builders: false,
    })
    const { allowed, mirrors } = settings({
      SNOWGLOBE_FETCH_ALLOW: 'git.example, 10.0.0.0/8',
      SNOWGLOBE_MIRRORS: 'gnu=http://gnu.example/x gnu=http://other.example/',
    })
    expect(allowed).toEqual(['git.example', '10.0.0.0/8'])
    expect(mirrors.get('gnu')).toEqual(['http://gnu.example/x', 'http://other.example/'])
    expect(() => settings({ SNOWGLOBE_MIRRORS: 'gnu' })).toThrow('"gnu" is none')
  })
})

describe("a command's settings", () => {
  const settingsOf = (...args: string[]) => networkSettings(parseArguments(args, {}).settings)

  it("are Nix's, by their names", () => {
    const { substitution, fetch } = settingsOf(
      ...['--option', 'substituters', 'http://one'],
      ...['--option', 'extra-trusted-public-keys', 'k:x'],
      ...['--option', 'require-sigs', 'false', '--no-substitute'],
      ...['--option', 'stalled-download-timeout', '7'],
    )
    expect(substitution).toMatchObject({
      substitute: false,
      substituters: ['http://one'],
      requireSignatures: false,
    })
    expect(substitution.trustedPublicKeys).toContain('k:x')
    expect(substitution.trustedPublicKeys).toHaveLength(2)
    expect(fetch).toMatchObject({ own: true, stallMilliseconds: 7000 })
  })

  it('are what caches are asked by', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'snowglobe-network-'))
    const cache = new TestCache()
    const path = outputPathOf('thing')
    cache.add(path, textFile('thing'))
    const server = await startHttpServer(cache.listener)
    const store = await DiskStore.open(join(directory, 'store'), defaultStoreDir)
    const services = openNetworkServices({
      store,
      ...settingsOf('--substituters', server.url, '--trusted-public-keys', testPublicKey),
    })
    await services.substitution.substitute(path, { signal: new AbortController().signal })
    expect(store.isValidPath(path)).toBe(true)
    services.close()
    store.close()
    await server.close()
    await removeTree(directory)
  })
})
