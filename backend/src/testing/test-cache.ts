/** A binary cache for tests, signed by a key of its own, whose files can be changed at will. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { RequestListener } from 'node:http'
import { secretKeyOf, sign } from '@snowglobe/shared/ed25519'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { formatNarInfo, type NarInfo } from '@snowglobe/shared/narinfo'
import { formatNamedBytes, publicKeyOf, signInfo } from '@snowglobe/shared/signature'
import { defaultStoreDir, makeStorePath } from '@snowglobe/shared/store-path'

const secretKey = secretKeyOf('test-1', new Uint8Array(32).fill(7))

export const testPublicKey = formatNamedBytes(publicKeyOf(secretKey))

export const textFile = (text: string): NarNode => ({
  type: 'regular',
  executable: false,
  contents: new TextEncoder().encode(text),
})

/** A path that nobody could tell from a built output. */
export function outputPathOf(name: string): string {
  const bytes = new Uint8Array(createHash('sha256').update(name).digest())
  return makeStorePath(defaultStoreDir, 'output:out', { algorithm: 'sha256', bytes }, name)
}

export class TestCache {
  /** By name, without a slash before it. */
  readonly files = new Map<string, Buffer>()

  constructor(priority = 40) {
    this.files.set(
      'nix-cache-info',
      Buffer.from(`StoreDir: ${defaultStoreDir}\nWantMassQuery: 1\nPriority: ${priority}\n`),
    )
  }

  /** Adds a path, signed; `change` may spoil what is told of it. */
  add(
    path: string,
    node: NarNode,
    options: { references?: string[]; change?: (info: NarInfo) => void } = {},
  ): NarInfo {
    const nar = Buffer.from(writeNar(node))
    const file = gzipSync(nar)
    const hashPart = path.slice(defaultStoreDir.length + 1, defaultStoreDir.length + 33)
    const info: NarInfo = {
      path,
      url: `nar/${hashPart}.nar.gz`,
      compression: 'gzip',
      fileHash: sha256(file),
      fileSize: file.length,
      narHash: sha256(nar),
      narSize: nar.length,
      references: options.references ?? [],
      deriver: null,
      signatures: [],
      contentAddress: null,
    }
    info.signatures = [signInfo(info, secretKey, sign)]
    options.change?.(info)
    this.files.set(`${hashPart}.narinfo`, Buffer.from(formatNarInfo(info), 'latin1'))
    this.files.set(`nar/${hashPart}.nar.gz`, file)
    return info
  }

  readonly listener: RequestListener = (request, response) => {
    const file = this.files.get((request.url ?? '').slice(1))
    if (file === undefined) response.writeHead(404).end()
    else response.end(file)
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
