/** Zip archives as trees of files. */
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { ArchiveTree } from '@snowglobe/shared/archive-tree'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import type { NarNode } from '@snowglobe/shared/nar'

/** Bytes that are no zip archive, or one that holds what no tree can, or too much. */
export class ZipError extends Error {
  override name = 'ZipError'
}

export interface ZipContents {
  tree: Extract<NarNode, { type: 'directory' }>
  /** The time of its newest entry, in seconds since 1970. */
  lastModified: number
}

/** Who made an entry whose attributes are those of Unix. */
const unix = 3
const fileTypes = { mask: 0o170000, directory: 0o040000, file: 0o100000, link: 0o120000 }

/** Whether a file is a zip archive that begins with these bytes. */
export function isZip(start: Buffer): boolean {
  return /^PK(\x03\x04|\x05\x06)/.test(start.subarray(0, 4).toString('latin1'))
}

/**
 * The files in a zip archive. Times that do not say where they are told are those of UTC.
 *
 * @param maxBytes that they may have together
 * @throws ZipError, or the signal's reason
 */
export async function readZip(
  bytes: Buffer,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<ZipContents> {
  const tree = new ArchiveTree((what) => {
    throw new ZipError(`bad zip archive: ${what}`)
  })
  let lastModified = 0
  let size = 0
  try {
    // Names are bytes to us, and what they may be is for the tree to say.
    const archive = await yauzl.fromBufferPromise(bytes, { decodeStrings: false })
    for await (const entry of archive.eachEntry()) {
      signal?.throwIfAborted()
      size += entry.uncompressedSize
      if (size > maxBytes) throw new ZipError(`it unpacks to more than ${maxBytes} bytes`)
      const time = entry.getLastModDate({ timezone: 'UTC' }).getTime()
      lastModified = Math.max(lastModified, Math.floor(time / 1000))
      await place(tree, archive, entry)
    }
  } catch (error) {
    if (error instanceof ZipError || signal?.aborted === true) throw error
    throw new ZipError(`bad zip archive: ${(error as Error).message}`)
  }
  return { tree: tree.root, lastModified }
}

async function place(tree: ArchiveTree, archive: ZipFile, entry: Entry): Promise<void> {
  const path = bytesToByteString(entry.fileNameRaw)
  const mode = entry.versionMadeBy >> 8 === unix ? entry.externalFileAttributes >>> 16 : 0
  const type = mode & fileTypes.mask
  if (type === fileTypes.directory || path.endsWith('/')) return tree.makeDirectory(path)
  if (type !== 0 && type !== fileTypes.file && type !== fileTypes.link) {
    throw new ZipError(`bad zip archive: '${path}' is no file, directory or link`)
  }
  const contents = await contentsOf(await archive.openReadStreamPromise(entry))
  if (crc32(contents) !== entry.crc32) {
    throw new ZipError(`bad zip archive: the contents of '${path}' do not match their sum`)
  }
  if (type === fileTypes.link)
    tree.put(path, { type: 'symlink', target: bytesToByteString(contents) })
  else tree.put(path, { type: 'regular', executable: (mode & 0o100) !== 0, contents })
}

async function contentsOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
