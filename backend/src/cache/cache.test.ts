import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verify as verifySignature, createPublicKey } from 'node:crypto'
import { hashBytes } from '@snowglobe/shared/hash'
import { parseNarInfo } from '@snowglobe/shared/narinfo'
import { parsePublicKey, verifySignatures } from '@snowglobe/shared/signature'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { removeTree } from '../store/remove-tree'
import { scriptDerivation, type TestDerivation } from '../testing/nix-expressions'
import { hasNix } from '../testing/real-nix'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'

const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-cache-'))

describe.skipIf(!hasSandbox)('the binary cache', () => {
  let server: TestServer
  let first: TestDerivation
  let second: TestDerivation
  let publicKey: string
  const outputOf = (drv: TestDerivation) => drv.derivation.outputs.get('out')!.path
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, server.url), { headers })
  const narInfo = async (path: string) => {
    const name = `/${path.slice(11, 43)}.narinfo`
    return parseNarInfo(defaultStoreDir, await (await get(name)).text(), name)
  }

  beforeAll(async () => {
    server = await startServer()
    first = scriptDerivation('first', 'echo made; seq 100000 > $out')
    second = scriptDerivation('second', `mkdir $out; ln -s ${outputOf(first)} $out/link`, {
      inputs: [first],
    })
    await server.build(first, second)
    const health = (await (await get('/api/health')).json()) as { publicKey: string }
    publicKey = health.publicKey
  })
  afterAll(async () => {
    await server.close()
    await removeTree(scratch)
  })

  it('tells what it is', async () => {
    expect(await (await get('/nix-cache-info')).text()).toBe(
      'StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n',
    )
  })

  it('signs what it tells of a path', async () => {
    const info = await narInfo(outputOf(second))
    expect(info).toMatchObject({
      path: outputOf(second),
      references: [outputOf(first)],
      deriver: second.path,
    })
    const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
      verifySignature(
        null,
        message,
        createPublicKey({
          key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
          format: 'jwk',
        }),
        signature,
      )
    const key = parsePublicKey(publicKey)
    expect(verifySignatures(info, info.signatures, [key], verify)).toEqual(new Set([key.name]))
  })

  it.each(['identity', 'gzip', 'zstd'])('gives the NAR as %s', async (encoding) => {
    const info = await narInfo(outputOf(first))
    const response = await get(`/${info.url}`, { 'accept-encoding': encoding })
    expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const nar =
      encoding === 'zstd' && bytes.length !== info.narSize
        ? new Uint8Array(zstdDecompressSync(bytes))
        : bytes
    expect(nar).toHaveLength(info.narSize)
    expect(hashBytes('sha256', nar)).toEqual(info.narHash)
  })

  it.each([
    `/${'0'.repeat(32)}.narinfo`,
    '/short.narinfo',
    `/nar/${'0'.repeat(32)}-${'0'.repeat(52)}.nar`,
    '/log/nothing.drv',
    '/log/..%2f..%2fkeys%2fsecret-key',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  it('has nothing under the hash of other contents', async () => {
    const { url } = await narInfo(outputOf(first))
    const other = await narInfo(outputOf(second))
    const mixed = url.slice(0, 37) + other.url.slice(37)
    expect((await get(`/${mixed}`)).status).toBe(404)
  })

  describe.skipIf(!hasNix)('for real Nix', () => {
    const store = () => mkdtempSync(join(scratch, 'store-'))
    const options = (key: string) => [
      ...['--option', 'substituters', server.url],
      ...['--option', 'trusted-public-keys', key],
    ]
    // The server is in this process: it must go on while Nix runs.
    const run = promisify(execFile)
    const realise = (into: string, key: string) =>
      run('nix-store', ['--store', into, '-r', outputOf(second), ...options(key)])

    it('is a substituter of a closure', async () => {
      const into = store()
      await realise(into, publicKey)
      expect(readFileSync(into + outputOf(first), 'utf8')).toMatch(/^1\n2\n/)
      await run('nix-store', ['--store', into, '--verify', '--check-contents'])
    })

    it('can be copied from', async () => {
      const into = store()
      const copy = ['--extra-experimental-features', 'nix-command', 'copy', ...options(publicKey)]
      await run('nix', [...copy, '--from', server.url, '--to', into, outputOf(second)])
      expect(readFileSync(into + outputOf(first), 'utf8')).toMatch(/^1\n2\n/)
    })

    it('gives logs', async () => {
      const show = ['--extra-experimental-features', 'nix-command', 'log', '--store', server.url]
      expect((await run('nix', [...show, first.path])).stdout).toBe('made\n')
    })

    it('is not believed under another key', async () => {
      const [name, key] = publicKey.split(':')
      const bytes = Buffer.from(key ?? '', 'base64')
      for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i]! ^ 1
      const other = `${name}:${bytes.toString('base64')}`
      await expect(realise(store(), other)).rejects.toThrow('is not signed by any of the keys')
    })
  })
})
