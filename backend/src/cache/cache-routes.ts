/**
 * The store as a binary cache, in Nix's own protocol
 * (https://nix.dev/manual/nix/latest/store/types/http-binary-cache-store). NARs are there as they are,
 * compressed only for the way where the client takes that, so that a browser can read them as well;
 * and, where the operator wants that, as compressed files, which narinfos then name.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router, type Response } from 'express'
import { encodeBase32 } from '@snowglobe/shared/base32'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { formatNarInfo } from '@snowglobe/shared/narinfo'
import { formatRealisation } from '@snowglobe/shared/realisation'
import { isStorePath } from '@snowglobe/shared/store-path'
import type { PathInfo } from '@snowglobe/worker/store/store'
import type { LogArchive } from '../build/log-archive'
import type { DiskStore } from '../store/disk-store'
import type { CompressedNars } from './compressed-nars'
import { listFiles } from './nar-listing'
import { sendPieces } from './send-nar'
import type { SigningKey } from './signing-key'

/** Less than cache.nixos.org's 40 is preferred: what was built here is here. */
const priority = 30

const narUrl = /^\/nar\/([0-9a-z]{32})-([0-9a-z]{52})\.nar(\.\w+)?$/

/** What never changes under its address. */
const immutable = 'public, max-age=31536000, immutable'

export function cacheRoutes(
  store: DiskStore,
  key: SigningKey,
  logs: LogArchive,
  compressed: CompressedNars | null = null,
): Router {
  const router = Router()
  const infoOf = (hashPart: string | undefined): PathInfo | null => {
    const path = store.pathOfHashPart(hashPart ?? '')
    return path === null ? null : store.pathInfo(path)
  }
  /** Runs something with a path that is not to be collected meanwhile. */
  const held = async (info: PathInfo, send: () => Promise<void>) => {
    const hold = await store.hold([info.path])
    try {
      await send()
    } finally {
      await hold.release()
    }
  }

  router.get('/nix-cache-info', (_request, response) => {
    response
      .type('text/x-nix-cache-info')
      .send(`StoreDir: ${store.storeDir}\nWantMassQuery: 1\nPriority: ${priority}\n`)
  })

  router.get(/^\/([0-9a-z]{32})\.narinfo$/, async (request, response) => {
    const info = infoOf(request.params[0])
    if (info === null) return notFound(response)
    // A browser's way to ask for what it can read.
    const plain = request.query['compression'] === 'none'
    const text = await narInfoText(info, key, plain ? null : compressed)
    response.type('text/x-nix-narinfo').send(text)
  })

  router.get(/^\/([0-9a-z]{32})\.ls$/, async (request, response) => {
    const info = infoOf(request.params[0])
    if (info === null) return notFound(response)
    await held(info, async () => {
      response.json(await listFiles(store.realPath(info.path)))
    })
  })

  // The hash of the NAR is in the address, so that what it gives never changes.
  router.get(narUrl, async (request, response) => {
    const [, hashPart, narHash = '', suffix] = narUrl.exec(request.path) ?? []
    const info = infoOf(hashPart)
    if (info === null || encodeBase32(info.narHash) !== narHash) return notFound(response)
    response.set('cache-control', immutable)
    if (suffix === undefined)
      return held(info, () => {
        response.type('application/x-nix-nar')
        return sendPieces(() => store.dump(info.path), info.narSize, narHash, request, response)
      })
    if (suffix !== compressed?.suffix) return notFound(response)
    const copy = await heldCopy(store, compressed, info)
    response.set('etag', `"${narHash}${suffix}"`).type('application/x-nix-nar')
    await new Promise<void>((resolve) =>
      response.sendFile(copy.file, { cacheControl: false, dotfiles: 'allow' }, (error) => {
        // The client has gone, or the copy went between; what was sent cannot be unsent.
        if (error !== undefined && !response.headersSent) notFound(response)
        resolve()
      }),
    )
  })

  router.get('/build-trace-v2/:derivation/:output.doi', (request, response) => {
    const drvPath = `${store.storeDir}/${utf8ToByteString(request.params.derivation)}`
    const output = utf8ToByteString(request.params.output)
    if (!isStorePath(store.storeDir, drvPath)) return notFound(response)
    const outPath = store.realisation(drvPath, output)
    if (outPath === null) return notFound(response)
    const realisation = { drvPath, output, outPath, signatures: [] }
    const signatures = [key.signRealisation(realisation)]
    response.type('application/json').send(formatRealisation({ ...realisation, signatures }))
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

async function narInfoText(
  info: PathInfo,
  key: SigningKey,
  compressed: CompressedNars | null,
): Promise<string> {
  const name = narName(info)
  const signatures = [...info.signatures, key.sign(info)]
  const url = `nar/${name}`
  if (compressed === null)
    return formatNarInfo({
      ...info,
      ...{ url, compression: 'none', fileHash: info.narHash, fileSize: info.narSize, signatures },
    })
  const copy = await compressed.find(name)
  return formatNarInfo({
    ...info,
    url: url + compressed.suffix,
    compression: compressed.compression,
    // How well it compresses shows only when somebody wants it.
    fileHash: null,
    fileSize: copy?.size ?? null,
    signatures,
  })
}

/** The compressed copy of a path's NAR, made while the path is not to be collected. */
async function heldCopy(store: DiskStore, compressed: CompressedNars, info: PathInfo) {
  const hold = await store.hold([info.path])
  try {
    return await compressed.get(narName(info), () => store.dump(info.path))
  } finally {
    await hold.release()
  }
}

function narName({ path, narHash }: PathInfo): string {
  const base = path.slice(path.lastIndexOf('/') + 1)
  return `${base.slice(0, 32)}-${encodeBase32(narHash)}.nar`
}

function notFound(response: Response): void {
  response.status(404).json({ error: 'not found' })
}
