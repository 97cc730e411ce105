import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { scriptDerivation } from '../testing/nix-expressions'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'
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
    expect(narHashOf(await other.build(drv))).toBe(narHashOf(built))
    // A server that does not trust it builds for itself.
    const third = await start({ substitution: { ...substitution, trustedPublicKeys: [] } })
    const apart = narHashOf(await third.build(drv))
    expect(apart).toMatch(/^sha256:/)
    expect(apart).not.toBe(narHashOf(built))
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
    const narHash = narHashOf(await other.build(drv))
    expect(web.requests.some((request) => request.startsWith('GET /nar/'))).toBe(true)
    expect(narHash).toMatch(/^sha256:/)
    expect(narHash).not.toBe(narHashOf(built))
  })

  it('fetches a fixed output without its builder', async () => {
    const text = 'fetched'
    web = await startHttpServer((_request, response) => response.end(text))
    const server = await start({
      fetch: { ...defaultFetchSettings, hashedMirrors: [], allowed: [`127.0.0.1:${web.port}`] },
    })
    const hash = createHash('sha256').update(text).digest('hex')
    const drv = scriptDerivation('file', 'exit 1', {
      environment: { url: `${web.url}file` },
      change: (derivation) =>
        derivation.outputs.set('out', { path: '', hashAlgorithm: 'sha256', hash }),
    })
    expect((await server.build(drv)).outputs).toHaveLength(1)
    expect(web.requests).toEqual(['GET /file'])
    const refusing = await start({ fetch: { ...defaultFetchSettings, hashedMirrors: [] } })
    expect((await refusing.build(drv)).failure?.kind).toBe('builder-failed')
    expect(web.requests).toEqual(['GET /file'])
  })
})
