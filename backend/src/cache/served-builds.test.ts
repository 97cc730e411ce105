import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { scriptDerivation } from '../testing/nix-expressions'
import {
  availableLaunchers,
  hasSandbox,
  startServer,
  type TestServer,
} from '../testing/test-server'
import { defaultFetchSettings } from '../fetch/fetch-settings'
import { defaultSubstitutionSettings } from './substitution-settings'

const servers: TestServer[] = []
let web: TestHttpServer | null = null

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options)
  servers.push(server)
  return server
}
const publicKeyOf = async (server: TestServer) =>
  ((await (await fetch(new URL('/api/health', server.url))).json()) as { publicKey: string })
    .publicKey

/** Says in its output which run of it that is from. */
const random = (name: string) => scriptDerivation(name, 'cat /proc/sys/kernel/random/uuid > $out')

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  await web?.close()
  web = null
})

describe.skipIf(!hasSandbox)('a server', () => {
  const narHashOf = ({ outputs }: Awaited<ReturnType<TestServer['build']>>) => outputs?.[0]?.narHash

  it('takes from the cache of another what that has built', async () => {
    const one = await start()
    const substitution = {
      ...defaultSubstitutionSettings,
      substituters: [one.url],
      trustedPublicKeys: [await publicKeyOf(one)],
    }
    const other = await start({ substitution })
    const drv = random('shared')
    const built = await one.build(drv)
    expect(narHashOf(built)).toMatch(/^sha256:/)
    const taken = await other.build(drv)
    expect(narHashOf(taken)).toBe(narHashOf(built))
    const transfers = taken.messages.filter(({ type }) => type === 'transfer')
    expect(transfers.at(-1)).toMatchObject({ done: built.outputs?.[0]?.narSize })
    // A server that does not trust it builds for itself.
    const third = await start({ substitution: { ...substitution, trustedPublicKeys: [] } })
    const apart = narHashOf(await third.build(drv))
    expect(apart).toMatch(/^sha256:/)
    expect(apart).not.toBe(narHashOf(built))
  })

  it('takes nothing from caches that its derivation wants built', async () => {
    const one = await start()
    const trustedPublicKeys = [await publicKeyOf(one)]
    const other = await start({
      substitution: { ...defaultSubstitutionSettings, substituters: [one.url], trustedPublicKeys },
    })
    const drv = scriptDerivation('local', 'cat /proc/sys/kernel/random/uuid > $out', {
      environment: { allowSubstitutes: '', preferLocalBuild: '1' },
    })
    const built = narHashOf(await one.build(drv))
    const builtAgain = await other.build(drv)
    expect(narHashOf(builtAgain)).toMatch(/^sha256:/)
    expect(narHashOf(builtAgain)).not.toBe(built)
  })

  it('builds what a cache has but cannot give', async () => {
    const one = await start()
    const trustedPublicKeys = [await publicKeyOf(one)]
    const drv = random('broken')
    const built = await one.build(drv)
    web = await startHttpServer((request, response) => {
      if (request.url?.startsWith('/nar/') === true) return void response.writeHead(500).end()
      void fetch(new URL(request.url ?? '', one.url)).then(async (answer) => {
        response.writeHead(answer.status).end(await answer.text())
      })
    })
    const substitution = {
      ...defaultSubstitutionSettings,
      substituters: [web.url],
      trustedPublicKeys,
    }
    const other = await start({
      substitution,
      fetch: { ...defaultFetchSettings, hashedMirrors: [], attempts: 1 },
    })
    const result = await other.build(drv)
    const narHash = narHashOf(result)
    const told = result.messages.flatMap((message) =>
      message.type === 'message' ? [message.text] : [],
    )
    expect(told.join('\n')).toContain('HTTP error 500')
    expect(web.requests.some((request) => request.startsWith('GET /nar/'))).toBe(true)
    expect(narHash).toMatch(/^sha256:/)
    expect(narHash).not.toBe(narHashOf(built))
  })

  it('fetches a fixed output without its builder, nor what that needs', async () => {
    const text = 'fetched'
    web = await startHttpServer((_request, response) => response.end(text))
    const server = await start({
      fetch: { ...defaultFetchSettings, hashedMirrors: [], allowed: [`127.0.0.1:${web.port}`] },
    })
    const hash = createHash('sha256').update(text).digest('hex')
    const input = scriptDerivation('curl', 'exit 1')
    const drv = scriptDerivation('file', 'exit 1', {
      inputs: [input],
      environment: { url: `${web.url}file` },
      change: (derivation) =>
        derivation.outputs.set('out', { path: '', hashAlgorithm: 'sha256', hash }),
    })
    const result = await server.build(input, drv)
    expect(result.failure).toBeNull()
    expect(result.outputs).toHaveLength(1)
    expect(web.requests).toEqual(['GET /file'])
    const refusing = await start({ fetch: { ...defaultFetchSettings, hashedMirrors: [] } })
    expect((await refusing.build(input, drv)).failure?.kind).toBe('builder-failed')
    expect(web.requests).toEqual(['GET /file'])
  })
})

it.skipIf(!hasSandbox)(
  'what an address gives may need its builder to become the output',
  async () => {
    web = await startHttpServer((_request, response) => response.end('raw'))
    const server = await start({
      fetch: { ...defaultFetchSettings, hashedMirrors: [], allowed: [`127.0.0.1:${web.port}`] },
    })
    const hash = createHash('sha256').update('cooked').digest('hex')
    const drv = scriptDerivation('patch', 'printf cooked > $out', {
      environment: { url: `${web.url}patch`, postFetch: 'cook' },
      change: (derivation) =>
        derivation.outputs.set('out', { path: '', hashAlgorithm: 'sha256', hash }),
    })
    expect((await server.build(drv)).failure).toBeNull()
    expect(web.requests).toEqual(['GET /patch'])
  },
)

describe.skipIf(!hasSandbox)('a builder that fetches by itself', () => {
  const text = 'fetched'
  const hash = createHash('sha256').update(text).digest('hex')
  const fixed = (name: string, script: string) =>
    scriptDerivation(name, script, {
      change: (derivation) =>
        derivation.outputs.set('out', { path: '', hashAlgorithm: 'sha256', hash }),
    })
  const serve = async (allowed: boolean) => {
    web = await startHttpServer((_request, response) => response.end(text))
    const hosts = allowed ? [`127.0.0.1:${web.port}`] : []
    return start({
      launchers: ['native'],
      fetch: { ...defaultFetchSettings, hashedMirrors: [], allowed: hosts },
    })
  }

  it('does so through the proxy, and sees what it needs in /etc', async () => {
    const server = await serve(true)
    const result = await server.build(
      fixed('wget', `ls -1 /etc; wget -q -O $out http://127.0.0.1:${web!.port}/file`),
    )
    expect(result.failure).toBeNull()
    expect(result.outputs).toHaveLength(1)
    expect(web!.requests).toEqual(['GET /file'])
    const etc = ['group', 'hosts', 'nsswitch.conf', 'passwd', 'resolv.conf', 'services', 'ssl']
    expect(result.log.split(/\s+/).filter(Boolean)).toEqual(etc)
  })

  it('reaches nothing that is private, with the proxy or around it', async () => {
    const server = await serve(false)
    const url = `http://127.0.0.1:${web!.port}/`
    const through = await server.build(fixed('through', `wget -O $out ${url}`))
    expect(through.failure?.kind).toBe('builder-failed')
    expect(through.log).toContain('403')
    const around = await server.build(fixed('around', `wget -Y off -O $out ${url}`))
    expect(around.failure?.kind).toBe('builder-failed')
    expect(web!.requests).toEqual([])
  })

  it('is one of a fixed output: others have no network', async () => {
    const server = await serve(true)
    const script = `env | grep -i proxy; http_proxy=http://127.0.0.1:3128 wget -O $out http://127.0.0.1:${web!.port}/`
    const result = await server.build(scriptDerivation('no-network', script))
    expect(result.failure?.kind).toBe('builder-failed')
    expect(result.log).toContain('Connection refused')
    expect(result.log).not.toContain('all_proxy')
    expect(web!.requests).toEqual([])
  })

  it('has no network where the operator says so', async () => {
    web = await startHttpServer((_request, response) => response.end(text))
    const server = await start({
      launchers: ['native'],
      fetch: { ...defaultFetchSettings, builders: false, allowed: [`127.0.0.1:${web.port}`] },
    })
    const drv = fixed('switched-off', `wget -O $out http://127.0.0.1:${web.port}/`)
    expect((await server.build(drv)).failure?.kind).toBe('builder-failed')
    expect(web.requests).toEqual([])
  })

  it.skipIf(!availableLaunchers.includes('bubblewrap'))(
    'is told where its sandbox cannot have a network',
    async () => {
      const server = await start({ launchers: ['bubblewrap'], fetch: defaultFetchSettings })
      const result = await server.build(fixed('bubblewrap', 'exit 1'))
      const told = result.messages.filter(({ type }) => type === 'message')
      expect(told).toMatchObject([{ text: expect.stringMatching(/without a network: bubblewrap/) }])
    },
  )
})
