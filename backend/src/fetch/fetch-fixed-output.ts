/**
 * Fixed outputs without their builders: what a derivation's `url` or `urls` name is downloaded here,
 * and whoever asks compares the hash. So nixpkgs' `fetchurl` needs neither curl nor a network in the
 * sandbox. `builtin:fetchurl` is the same by name.
 */
import { createReadStream } from 'node:fs'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Derivation } from '@snowglobe/shared/derivation'
import { parseHash, type Hash } from '@snowglobe/shared/hash'
import { encodeBase16 } from '@snowglobe/shared/base16'
import type { FixedOutputFetcher, Transfer } from '../build/substitution'
import { decompress } from '../cache/compression'
import { NarParser } from '../cache/nar-parser'
import { Semaphore } from '../cache/semaphore'
import { NarUnpacker } from '../cache/unpack-nar'
import { restorePath } from '../store/restore-path'
import { FetchError } from './fetch-error'
import type { Fetcher } from './fetcher'
import type { Mirrors, MirrorUrl } from './mirrors'
import { printable } from './printable'
import { unpackedTree } from './unpacked-tree'

export interface FixedOutputFetcherOptions {
  /** Connects to whom visitors' URLs may reach. */
  fetcher: Fetcher
  /** Connects to the operator's mirrors as well. */
  mirrorFetcher: Fetcher
  mirrors: Mirrors
  /** `hashed-mirrors`: servers of files by their hash, `<server>/<algorithm>/<base 16>`. */
  hashedMirrors: readonly string[]
  /** Bytes that one download may have. */
  maxBytes: number
}

/** What a derivation asks for. */
interface Wanted {
  urls: string[]
  flat: boolean
  executable: boolean
  unpackNar: boolean
  /** Whether a script changes what was downloaded; nixpkgs' fetchzip unpacks it so. */
  postFetch: string
  hash: Hash | null
}

/** Downloads at a time; the others wait. */
const downloadsAtOnce = 16
/** How long a hashed mirror that did not answer is not asked. */
const restMilliseconds = 10 * 60_000

export class UrlFetcher implements FixedOutputFetcher {
  /** Until when hashed mirrors are not asked. */
  private readonly resting = new Map<string, number>()
  private readonly downloads = new Semaphore(downloadsAtOnce)
  /** Trees are held in memory: one at a time. */
  private readonly unpacking = new Semaphore(1)

  constructor(private readonly options: FixedOutputFetcherOptions) {}

  async fetch(derivation: Derivation, target: string, watcher: Transfer): Promise<boolean> {
    const onMessage = (text: string) => watcher.onMessage?.(printable(text))
    const transfer: Transfer = { ...watcher, onMessage }
    const wanted = wantedOf(derivation)
    if (wanted === null) return false
    const place = await mkdtemp(join(dirname(target), '.fetch-'))
    try {
      const file = join(place, 'file')
      const digest = await this.downloads.run(() => this.download(wanted, file, transfer))
      return await this.unpacking.run(() => finish(wanted, file, digest, target))
    } finally {
      await rm(place, { recursive: true, force: true })
    }
  }

  /** A hashed mirror that does not answer would keep every download waiting. */
  private rest(url: string, error: unknown): void {
    if (!(error instanceof FetchError) || error.kind === 'not-found') return
    const mirror = this.options.hashedMirrors.find((mirror) => url.startsWith(mirror))
    if (mirror !== undefined) this.resting.set(mirror, Date.now() + restMilliseconds)
  }

  /**
   * Tries one address after another. Gives the digest of what came, in the output's algorithm. Throws an Error that says what went
   * wrong with each.
   */
  private async download(
    wanted: Wanted,
    file: string,
    transfer: Transfer,
  ): Promise<Uint8Array | null> {
    const failures: string[] = []
    const addresses = this.addresses(wanted)
    const hasChoice = addresses.filter(({ hashed }) => !hashed).length > 1
    for (const { url, trusted, hashed } of addresses) {
      if (!hashed && hasChoice) transfer.onMessage?.(`trying ${url}`)
      const { fetcher, mirrorFetcher, maxBytes } = this.options
      try {
        const download = await (trusted ? mirrorFetcher : fetcher).download(url, file, {
          maxBytes,
          signal: transfer.signal,
          // As curl and builtin:fetchurl: the hash is that of what the server keeps.
          decode: false,
          ...(hashed ? { attempts: 1 } : {}),
          ...(wanted.hash === null ? {} : { hashes: [wanted.hash.algorithm] }),
          progress: (done, total) => transfer.onProgress?.(done, total ?? 0),
          retrying: (error, milliseconds) =>
            transfer.onMessage?.(`warning: ${error.message}; retrying in ${milliseconds} ms`),
        })
        const [digest = null] = download.hashes.values()
        if (!hashed || isExpected(digest, wanted)) return digest
      } catch (error) {
        transfer.signal.throwIfAborted()
        if (hashed) {
          this.rest(url, error)
          continue
        }
        failures.push((error as Error).message)
        transfer.onMessage?.(`error: ${(error as Error).message}`)
      }
    }
    throw new Error(
      printable(failures.join('\n')) || 'this derivation names no address that is known',
    )
  }

  private addresses(wanted: Wanted): (MirrorUrl & { hashed: boolean })[] {
    const { hashedMirrors, mirrors } = this.options
    const { hash, flat } = wanted
    const hashed =
      hash === null || !flat
        ? []
        : hashedMirrors
            .filter((mirror) => (this.resting.get(mirror) ?? 0) < Date.now())
            .map(
              (mirror) =>
                `${mirror.replace(/\/$/, '')}/${hash.algorithm}/${encodeBase16(hash.bytes)}`,
            )
    return [
      ...hashed.map((url) => ({ url, trusted: true, hashed: true })),
      ...wanted.urls
        .flatMap((url) => mirrors.expand(url))
        .map((address) => ({ ...address, hashed: false })),
    ]
  }
}

/** Makes the output from what was downloaded. Gives false where only its own script knows how. */
async function finish(
  wanted: Wanted,
  file: string,
  digest: Uint8Array | null,
  target: string,
): Promise<boolean> {
  if (wanted.unpackNar) {
    await unpackNar(file, wanted.urls[0]!.endsWith('.xz') ? 'xz' : 'none', target)
    return true
  }
  if (wanted.postFetch !== '') {
    if (!wanted.flat) {
      const tree = wanted.hash === null ? null : await unpackedTree(file, wanted.hash)
      if (tree !== null) await restorePath(tree, target)
      return tree !== null
    }
    // A script that leaves it as it is only looks at it; and what a hashed mirror has is finished.
    if (!isExpected(digest, wanted)) return false
  }
  await chmod(file, wanted.executable ? 0o755 : 0o644)
  await rename(file, target)
  return true
}

function isExpected(digest: Uint8Array | null, { flat, hash }: Wanted): boolean {
  return flat && digest !== null && hash !== null && Buffer.from(digest).equals(hash.bytes)
}

async function unpackNar(file: string, compression: string, target: string): Promise<void> {
  const unpacker = new NarUnpacker(target)
  const parser = new NarParser(unpacker)
  try {
    for await (const piece of decompress(compression, createReadStream(file)))
      parser.write(piece as Buffer)
    parser.end()
  } finally {
    unpacker.close()
  }
}

/** Null for a derivation that is no download. */
function wantedOf(derivation: Derivation): Wanted | null {
  const output = derivation.outputs.get('out')
  if (output === undefined || output.hashAlgorithm === '') return null
  const builtin = derivation.builder === 'builtin:fetchurl'
  const attributes = attributesOf(derivation)
  const text = (name: string) => {
    const value = attributes(name)
    return typeof value === 'string' ? value : value === true ? '1' : ''
  }
  const list = attributes('urls')
  const urls = Array.isArray(list) ? list.map(String) : text('urls').split(/\s+/).filter(Boolean)
  const flat = !output.hashAlgorithm.startsWith('r:')
  // Fetchers of repositories have an `url` as well; but it names no file, and their hash is a tree's.
  if (urls.length === 0 && (flat || builtin)) urls.push(...[text('url')].filter(Boolean))
  if (urls.length === 0 || text('showURLs') === '1') return null
  return {
    urls,
    flat,
    executable: text('executable') === '1',
    unpackNar: builtin && text('unpack') === '1',
    postFetch: builtin ? '' : text('postFetch').trim(),
    hash: hashOf(output),
  }
}

function hashOf({ hashAlgorithm, hash }: { hashAlgorithm: string; hash: string }): Hash | null {
  const algorithm = hashAlgorithm.replace(/^[^:]*:/, '')
  try {
    return hash === '' ? null : parseHash(`${algorithm}:${hash}`, null)
  } catch {
    return null
  }
}

/** Reads an attribute from the environment, or from structured attributes where there are such. */
function attributesOf({ environment }: Derivation): (name: string) => unknown {
  const json = environment.get('__json')
  if (json === undefined) return (name) => environment.get(name)
  try {
    const parsed = JSON.parse(Buffer.from(json, 'latin1').toString('utf8')) as object
    const attributes = new Map<string, unknown>(Object.entries(parsed))
    return (name) => attributes.get(name)
  } catch {
    return () => undefined
  }
}
