/**
 * The store as a binary cache, in Nix's own protocol
 * (https://nix.dev/manual/nix/latest/store/types/http-binary-cache-store). NARs are not compressed in
 * themselves but on the way, where the client takes that: so a browser can read them as well.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { Router, type Request, type Response } from 'express'
import { encodeBase32 } from '@snowglobe/shared/base32'
import { formatNarInfo } from '@snowglobe/shared/narinfo'
import { isStorePath } from '@snowglobe/shared/store-path'
import type { PathInfo } from '@snowglobe/worker/store/store'
import type { LogArchive } from '../build/log-archive'
import type { DiskStore } from '../store/disk-store'
import type { SigningKey } from './signing-key'

/** Less than cache.nixos.org's 40 is preferred: what was built here is here. */
const priority = 30

export function cacheRoutes(store: DiskStore, key: SigningKey, logs: LogArchive): Router {
  const router = Router()

  router.get('/nix-cache-info', (_request, response) => {
    response
      .type('text/x-nix-cache-info')
      .send(`StoreDir: ${store.storeDir}\nWantMassQuery: 1\nPriority: ${priority}\n`)
  })

  router.get(/^\/([0-9a-z]{32})\.narinfo$/, (request, response) => {
    const path = store.pathOfHashPart(request.params[0] ?? '')
    const info = path === null ? null : store.pathInfo(path)
    if (info === null) return notFound(response)
    response.type('text/x-nix-narinfo').send(narInfoText(info, key))
  })

  // The hash of the NAR is in the address, so that what it gives never changes.
  router.get(/^\/nar\/([0-9a-z]{32})-([0-9a-z]{52})\.nar$/, async (request, response) => {
    const path = store.pathOfHashPart(request.params[0] ?? '')
    const info = path === null ? null : store.pathInfo(path)
    if (info === null || encodeBase32(info.narHash) !== request.params[1]) return notFound(response)
    response.type('application/x-nix-nar')
    response.set('cache-control', 'public, max-age=31536000, immutable')
    await send(Readable.from(store.dump(info.path)), info.narSize, request, response)
  })

  router.get('/log/:derivation', async (request, response) => {
    const derivation = `${store.storeDir}/${request.params.derivation}`
    if (!isStorePath(store.storeDir, derivation)) return notFound(response)
    const text = logs.text(derivation)
    if (text === null) return notFound(response)
    response.type('text/plain; charset=utf-8')
    await pipeline(Readable.from(text), response).catch(() => {})
  })

  return router
}

function narInfoText(info: PathInfo, key: SigningKey): string {
  const url = `nar/${hashPart(info)}-${encodeBase32(info.narHash)}.nar`
  const signatures = [...info.signatures, key.sign(info)]
  return formatNarInfo({
    ...info,
    url,
    compression: 'none',
    fileHash: info.narHash,
    fileSize: info.narSize,
    signatures,
  })
}

function hashPart({ path }: PathInfo): string {
  const base = path.slice(path.lastIndexOf('/') + 1)
  return base.slice(0, 32)
}

/** Compresses as the client wishes. A client that goes away in between ends it. */
async function send(
  body: Readable,
  size: number,
  request: Request,
  response: Response,
): Promise<void> {
  response.vary('Accept-Encoding')
  const encoding = request.acceptsEncodings('zstd', 'gzip', 'identity')
  if (encoding === 'zstd' || encoding === 'gzip') response.set('content-encoding', encoding)
  else response.set('content-length', String(size))
  if (request.method === 'HEAD') return void response.end()
  try {
    if (encoding === 'zstd') {
      const params = { [constants.ZSTD_c_compressionLevel]: 3 }
      await pipeline(body, createZstdCompress({ params }), response)
    } else if (encoding === 'gzip') await pipeline(body, createGzip({ level: 1 }), response)
    else await pipeline(body, response)
  } catch {
    response.destroy()
  }
}

function notFound(response: Response): void {
  response.status(404).json({ error: 'not found' })
}
