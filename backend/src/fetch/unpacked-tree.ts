import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createHasher, type Hash } from '@snowglobe/shared/hash'
import { streamNar, type NarNode } from '@snowglobe/shared/nar'
import { readTar, TarError } from '@snowglobe/shared/tar'
import { CompressionError, compressionOf, decompress } from '../cache/compression'

/** Trees are unpacked in memory; larger ones are left to the derivation's own script. */
const maxPacked = 64 * 1024 * 1024
const maxUnpacked = 256 * 1024 * 1024

/**
 * The tree in a tarball whose NAR has this hash: all of it, or what is in its single top directory.
 * Null if neither has, or if the file is no tarball.
 */
export async function unpackedTree(file: string, expected: Hash): Promise<NarNode | null> {
  if ((await stat(file)).size > maxPacked) return null
  let tree: NarNode & { type: 'directory' }
  try {
    const bytes = await unpacked(file)
    if (bytes === null) return null
    tree = readTar(bytes).tree
  } catch (error) {
    // Zip files, say. Whatever else cannot be read its own script cannot read either.
    if (error instanceof TarError || error instanceof CompressionError) return null
    throw error
  }
  const [top, ...others] = tree.entries.values()
  const candidates = top !== undefined && others.length === 0 ? [top, tree] : [tree]
  return candidates.find((candidate) => hasHash(candidate, expected)) ?? null
}

async function unpacked(file: string): Promise<Buffer | null> {
  const method = compressionOf(await startOf(file))
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of decompress(method, createReadStream(file))) {
    pieces.push(piece as Buffer)
    size += (piece as Buffer).length
    if (size > maxUnpacked) return null
  }
  return Buffer.concat(pieces)
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(6), 0, 6, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function hasHash(tree: NarNode, { algorithm, bytes }: Hash): boolean {
  const hasher = createHasher(algorithm)
  streamNar(tree, (piece) => hasher.update(piece))
  return Buffer.from(hasher.digest()).equals(bytes)
}
