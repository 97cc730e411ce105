import { spawnSync } from 'node:child_process'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { NarError, type NarNode } from '@snowglobe/shared/nar'
import { readTar, TarError } from '@snowglobe/shared/tar'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { FileSystemAccessor } from '@snowglobe/worker/node/file-system-accessor'
import { dumpTree } from '@snowglobe/worker/store/dump-tree'

/** A source that cannot be read as a tree; the message says what to do. */
export class SourceError extends Error {
  override name = 'SourceError'
}

export interface Source {
  tree: NarNode
  /** The commit that it is of, where it says so. */
  commit: string | null
}

/** Bytes that a tarball may unpack to. */
const maxUnpacked = 2 ** 31

/**
 * The files of a directory (without a `.git` in it) or of a tarball: .tar, or that compressed with
 * gzip, xz or zstd. A tarball's single top directory is the tree, as for fetchTarball.
 *
 * @throws SourceError
 */
export function readSource(path: string): Source {
  try {
    const real = realpathSync(path)
    return statSync(real).isDirectory() ? readDirectory(real) : readTarball(real)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new SourceError(`there is no file or directory ${path}`)
    if (code === 'EACCES') throw new SourceError(`${path} may not be read`)
    if (error instanceof HostError || error instanceof NarError || error instanceof TarError) {
      throw new SourceError(`${path}: ${error.message}`)
    }
    throw error
  }
}

function readDirectory(path: string): Source {
  const root = utf8ToByteString(path)
  const git = `${root}/.git`
  const tree = dumpTree(new FileSystemAccessor(), root, (file) => file !== git)
  return { tree, commit: textOf(tree, '.git-revision') }
}

function readTarball(path: string): Source {
  const { tree: whole, comment } = readTar(decompress(path, readFileSync(path)))
  const [top, ...others] = whole.entries.values()
  const tree = top?.type === 'directory' && others.length === 0 ? top : whole
  return { tree, commit: comment ?? textOf(tree, '.git-revision') }
}

/** The line that a file at the top of a tree holds; null where there is no such file. */
export function textOf(tree: NarNode, name: string): string | null {
  const node = tree.type === 'directory' ? tree.entries.get(name) : undefined
  if (node?.type !== 'regular' || node.contents.length > 200) return null
  return Buffer.from(node.contents).toString().trim()
}

function decompress(path: string, bytes: Buffer): Uint8Array {
  const magic = bytes.subarray(0, 6).toString('hex')
  try {
    if (magic.startsWith('1f8b')) return gunzipSync(bytes, { maxOutputLength: maxUnpacked })
    if (magic.startsWith('28b52ffd')) {
      return zstdDecompressSync(bytes, { maxOutputLength: maxUnpacked })
    }
  } catch (error) {
    throw new SourceError(`${path} cannot be unpacked: ${(error as Error).message}`)
  }
  return magic === 'fd377a585a00' ? unpackXz(path) : bytes
}

/** Node has no xz of its own. */
function unpackXz(path: string): Uint8Array {
  const xz = spawnSync('xz', ['--decompress', '--stdout', '--', path], { maxBuffer: maxUnpacked })
  if ((xz.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new SourceError(
      `${path} is compressed with xz: install it (Debian: apt-get install xz-utils), or unpack it before`,
    )
  }
  if (xz.error !== undefined || xz.status !== 0) {
    const why = xz.error?.message ?? xz.stderr.toString().trim()
    throw new SourceError(`${path} cannot be unpacked: ${why}`)
  }
  return xz.stdout
}
