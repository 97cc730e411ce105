import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer as createTcpServer, connect, type AddressInfo, type Server } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { BuilderEgress, type Egress } from './builder-egress'
import { defaultEgressLimits } from './egress-proxy'

const run = promisify(execFile)
let web: TestHttpServer
let tcp: Server
let tcpPort: number
let messages: string[]
const open: Egress[] = []

beforeEach(async () => {
  messages = []
  web = await startHttpServer((request, response) => {
    response.setHeader('x-seen', JSON.stringify(request.headers))
    if (request.method === 'POST') request.pipe(response)
    else response.end(`hello ${request.url}`)
  })
  // What is in a tunnel is nobody's business: here it comes back in capitals.
  tcp = createTcpServer((socket) => {
    socket.on('data', (piece: Buffer) => socket.write(piece.toString().toUpperCase()))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  tcpPort = (tcp.address() as AddressInfo).port
})
afterEach(async () => {
  for (const egress of open.splice(0)) await egress.close()
  await web.close()
  tcp.close()
})

async function start(
  allowed: string[] = [],
  limits: Partial<typeof defaultEgressLimits> = {},
): Promise<Egress> {
  const rules = { allowed: [`127.0.0.1:${web.port}`, `127.0.0.1:${tcpPort}`, ...allowed] }
  const egress = await new BuilderEgress(rules, { ...defaultEgressLimits, ...limits }).open(
    null,
    (message) => messages.push(message),
  )
  open.push(egress)
  return egress
}

/** Says something through the proxy's socket. Gives what came back when `until` is in it. */
function exchange(egress: Egress, text: string, until: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(egress.network.proxySocket)
    let heard = ''
    socket.on('data', (piece) => {
      heard += piece.toString()
      if (!heard.includes(until)) return
      socket.destroy()
      resolve(heard)
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', reject)
    socket.write(text)
  })
}

const curl = async (egress: Egress, ...args: string[]) => {
  // curl wants a port: what hands on connections inside the sandbox stands in between.
  const relay = createTcpServer((inside) => {
    const outside = connect(egress.network.proxySocket)
    inside.pipe(outside).pipe(inside)
    for (const socket of [inside, outside]) socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const { port } = relay.address() as AddressInfo
  try {
    return (await run('curl', ['-sS', '--proxy', `http://127.0.0.1:${port}`, ...args])).stdout
  } finally {
    relay.close()
  }
}

describe('a builder', () => {
  it('is told of its proxy by environment and files', async () => {
    const egress = await start()
    const environment = new Map(egress.environment)
    expect(environment.get('https_proxy')).toBe('http://127.0.0.1:3128')
    expect(environment.get('HTTP_PROXY')).toBe('http://127.0.0.1:3128')
    expect(Object.keys(egress.etc).sort()).toEqual([
      'nsswitch.conf',
      'resolv.conf',
      'services',
      'ssl/certs/ca-certificates.crt',
    ])
    expect(egress.network.proxySocket.length).toBeLessThan(100)
    await egress.close()
    expect(existsSync(egress.network.proxySocket)).toBe(false)
  })

  it('fetches and sends by HTTP, without the headers that are between neighbours', async () => {
    const egress = await start()
    expect(await curl(egress, `${web.url}path?query`)).toBe('hello /path?query')
    expect(await curl(egress, '--data', 'body', web.url)).toBe('body')
    const headers = await curl(egress, '-D', '-', '-o', '/dev/null', web.url)
    expect(headers).toContain(`\\"host\\":\\"127.0.0.1:${web.port}\\"`.replaceAll('\\', ''))
    expect(headers).not.toContain('proxy-connection')
  })

  it('has a tunnel for what is encrypted', async () => {
    const egress = await start()
    const hello = `CONNECT 127.0.0.1:${tcpPort} HTTP/1.1\r\nHost: x\r\n\r\nsecret`
    expect(await exchange(egress, hello, 'SECRET')).toMatch(/^HTTP\/1.1 200 .*\r\n\r\nSECRET$/s)
  })

  it.each([
    ['this machine', '127.0.0.1:1'],
    ['this machine by name', 'localhost:443'],
    ['this machine by version 6', '[::1]:443'],
    ['this machine in disguise', '[::ffff:7f00:1]:443'],
    ['the network around it', '10.0.0.1:443'],
    ["the cloud's own data", '169.254.169.254:80'],
    ['mail', '1.1.1.1:25'],
    ['nonsense', 'x'],
  ])('does not reach %s', async (_what, target) => {
    const egress = await start()
    const hello = `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`
    expect(await exchange(egress, hello, '\n\n')).toMatch(/^HTTP\/1.1 403 /)
    if (target !== 'x') {
      const answer = await exchange(
        egress,
        `GET http://${target}/ HTTP/1.1\r\nHost: x\r\n\r\n`,
        '.',
      )
      expect(answer).toMatch(/^HTTP\/1.1 403 /)
      expect(messages[0]).toContain(`unable to download '${target}'`)
    }
  })

  it('does not reach what speaks something else than HTTP, or is no URL', async () => {
    const egress = await start()
    for (const url of ['ftp://1.1.1.1/', '/path', 'file:///etc/passwd'])
      expect(await exchange(egress, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`, 'proxy')).toMatch(
        /^HTTP\/1.1 403 /,
      )
  })

  it('fetches no more bytes, and has no more connections, than it may', async () => {
    const egress = await start([], { bytes: 1000, connections: 1 })
    const hello = `CONNECT 127.0.0.1:${tcpPort} HTTP/1.1\r\nHost: x\r\n\r\n`
    const first = connect(egress.network.proxySocket)
    let heard = ''
    first.on('data', (piece) => (heard += piece.toString()))
    first.write(hello)
    await expect.poll(() => heard).toMatch(/^HTTP\/1.1 200 /)
    expect(await exchange(egress, hello, '\n\n')).toMatch(/^HTTP\/1.1 403 /)
    expect(messages.join()).toContain('more than 1 connections at a time')
    const closed = new Promise((resolve) => first.once('close', resolve))
    first.write('x'.repeat(600))
    await closed
    expect(heard.length).toBeLessThan(1000)
    expect(messages.join()).toContain('no more than 1000 bytes may be fetched')
  })
})
