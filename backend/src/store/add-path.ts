import { createHash } from 'node:crypto'
import { createReadStream, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import type { Hash, HashAlgorithm } from '@snowglobe/shared/hash'
import { makeFixedOutputPath } from '@snowglobe/shared/store-path'
import { StoreError } from '@snowglobe/worker/store/store'
import { copyTree } from './add-tree'
import { pathBuffer, pathBytes } from './byte-path'
import type { DiskStore } from './disk-store'

/**
 * Adds a copy of files of this machine as a content-addressed path. Gives the path. Throws StoreError for
 * what a store cannot hold.
 */
export async function addPath(
  store: DiskStore,
  source: ByteString,
  name: ByteString,
  { method, algorithm }: { method: 'flat' | 'recursive'; algorithm: HashAlgorithm },
): Promise<ByteString> {
  if (lstatSync(pathBuffer(source), { throwIfNoEntry: false }) === undefined)
    throw new StoreError(`path '${source}' does not exist`)
  let path = ''
  await store.addFrom(async (directory) => {
    const target = join(directory, 'copy')
    const another = method === 'recursive' && algorithm !== 'sha256' ? algorithm : null
    const copied = await copyTree(source, pathBytes(target), another)
    const { narHash, narSize } = copied
    let bytes = copied.otherHash ?? narHash
    if (method === 'flat') bytes = await hashFile(source, algorithm)
    const hash: Hash = { algorithm, bytes }
    path = makeFixedOutputPath(store.storeDir, method, hash, name)
    return [
      {
        source: target,
        info: {
          path,
          narHash,
          narSize,
          references: [],
          deriver: null,
          contentAddress: formatContentAddress({ method, hash }),
          signatures: [],
          registrationTime: Math.floor(Date.now() / 1000),
          ultimate: false,
        },
      },
    ]
  })
  return path
}

async function hashFile(source: ByteString, algorithm: HashAlgorithm): Promise<Uint8Array> {
  if (!lstatSync(pathBuffer(source)).isFile())
    throw new StoreError(`'${source}' is not a regular file: only such a one can be hashed flat`)
  const hash = createHash(algorithm)
  for await (const piece of createReadStream(pathBuffer(source))) hash.update(piece as Buffer)
  return new Uint8Array(hash.digest())
}
