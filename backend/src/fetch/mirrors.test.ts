import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeTree } from '../store/remove-tree'
import { aptMirrors } from './apt-mirrors'
import { Mirrors } from './mirrors'

describe('mirrors', () => {
  const own = new Mirrors(new Map([['debian', ['http://10.0.0.7:3142/debian']]]))

  it('are where everybody knows them to be', () => {
    const [first] = new Mirrors().expand('mirror://gnu/hello/hello-2.10.tar.gz')
    expect(first).toEqual({
      url: 'https://ftpmirror.gnu.org/hello/hello-2.10.tar.gz',
      base: 'https://ftpmirror.gnu.org/',
      trusted: false,
    })
  })

  it("are the operator's first, whose hosts are trusted", () => {
    const [first, second] = own.expand('mirror://debian/pool/main/h/hello.deb')
    expect(first).toMatchObject({
      url: 'http://10.0.0.7:3142/debian/pool/main/h/hello.deb',
      trusted: true,
    })
    expect(second).toMatchObject({ trusted: false })
    expect(own.trustedHosts).toEqual(['10.0.0.7:3142'])
  })

  it.each(['../secret', 'a/../../secret', '..%2f', '%2e%2e/secret'])(
    "do not lead to what else the operator's server has: %s",
    (path) => {
      for (const { url } of own.expand(`mirror://debian/${path}`))
        expect(new URL(url).pathname).toMatch(/^\/debian\//)
    },
  )

  it('leave other addresses alone, and do not know every site', () => {
    expect(own.expand('https://example.org/x')).toEqual([
      { url: 'https://example.org/x', trusted: false },
    ])
    expect(own.expand('mirror://constructor/x')).toEqual([])
  })
})

describe('the mirrors of apt', () => {
  it('are read from both of its formats', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'snowglobe-apt-'))
    mkdirSync(join(directory, 'sources.list.d'))
    writeFileSync(
      join(directory, 'sources.list'),
      '# deb http://commented.example/debian x main\n' +
        'deb [signed-by=/k arch=amd64] http://one.example/debian/ bookworm main\n' +
        'deb http://one.example/debian/ bookworm-updates main\ndeb cdrom:[x]/debian x main\n',
    )
    writeFileSync(
      join(directory, 'sources.list.d/debian.sources'),
      'Types: deb\nURIs: http://two.example/debian\n  https://three.example/pub/debian\n' +
        'Suites: bookworm\n\nTypes: deb\nEnabled: no\nURIs: http://off.example/debian\n\n' +
        'URIs: http://two.example/debian-security\n\nURIs: https://other.example/apt\n',
    )
    writeFileSync(join(directory, 'sources.list.d/old.save'), 'deb http://save.example/debian x')
    expect([...aptMirrors(directory)]).toEqual([
      [
        'debian',
        [
          'http://one.example/debian/',
          'http://two.example/debian',
          'https://three.example/pub/debian',
        ],
      ],
      ['debian-security', ['http://two.example/debian-security']],
    ])
    expect(aptMirrors(join(directory, 'nothing'))).toEqual(new Map())
    await removeTree(directory)
  })
})
