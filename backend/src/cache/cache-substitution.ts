import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { NarInfoError, type NarInfo } from '@snowglobe/shared/narinfo'
import { RealisationError } from '@snowglobe/shared/realisation'
import { StoreError } from '@snowglobe/worker/store/store'
import {
  SubstitutionError,
  type SubstitutablePath,
  type Substitution,
  type Transfer,
} from '../build/substitution'
import { FetchError } from '../fetch/fetch-error'
import type { Fetcher } from '../fetch/fetcher'
import { printable } from '../fetch/printable'
import type { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { BinaryCache, CacheError, type AskOptions } from './binary-cache'
import { isSelfVerifying, readNarFile, receivePath } from './receive-path'
import { Semaphore } from './semaphore'
import type { SubstitutionSettings } from './substitution-settings'
import { TrustedKeys } from './trusted-keys'

/** Questions to all caches at a time; connections are limited by the fetcher. */
const questionsAtOnce = 100

/** A path that a cache has and that may be believed. */
interface Offer {
  cache: BinaryCache
  info: NarInfo
}

/** Paths from binary caches, in the order of their priorities, checked before they are registered. */
export class CacheSubstitution implements Substitution {
  private readonly caches: BinaryCache[]
  private readonly keys: TrustedKeys
  private readonly downloads: Semaphore
  private readonly questions = new Semaphore(questionsAtOnce)

  /** Throws CacheError or SignatureError for a URL or key that is none. */
  constructor(
    private readonly options: {
      store: DiskStore
      fetcher: Fetcher
      settings: SubstitutionSettings
      /** Told of caches that nobody knows by name, as without a network; else whoever asks is. */
      report?: ((message: string) => void) | undefined
    },
  ) {
    const { store, fetcher, settings } = options
    const { storeDir } = store
    const { substituters, positiveSeconds, negativeSeconds } = settings
    this.caches = [...new Set(substituters)].map(
      (url) => new BinaryCache(url, { storeDir, fetcher, positiveSeconds, negativeSeconds }),
    )
    this.keys = new TrustedKeys(settings.trustedPublicKeys)
    this.downloads = new Semaphore(Math.max(1, settings.jobs))
  }

  async querySubstitutable(
    paths: readonly ByteString[],
    watcher: Transfer,
  ): Promise<Map<ByteString, SubstitutablePath>> {
    const transfer = printing(watcher)
    const found = new Map<ByteString, SubstitutablePath>()
    const caches = await this.askedCaches(transfer)
    if (caches.length === 0) return found
    const told = new Set<string>()
    await Promise.all(
      paths.map((path) =>
        this.questions.run(async () => {
          for await (const { cache, info } of this.offers(caches, path, transfer, told)) {
            const { references, deriver, fileSize, narSize } = info
            const downloadSize = fileSize ?? 0
            found.set(path, { references, deriver, downloadSize, narSize, cache: cache.name })
            break
          }
        }),
      ),
    )
    return found
  }

  async substitute(path: ByteString, watcher: Transfer): Promise<void> {
    const transfer = printing(watcher)
    const { store } = this.options
    const caches = await this.askedCaches(transfer)
    const failures: string[] = []
    for await (const offer of this.offers(caches, path, transfer, new Set())) {
      const missing = offer.info.references.find(
        (reference) => reference !== path && !store.isValidPath(reference),
      )
      if (missing !== undefined) {
        failures.push(`reference '${missing}' of path '${path}' is not a valid path`)
        continue
      }
      try {
        await this.downloads.run(() => this.receive(offer, transfer))
        for (const failure of failures) transfer.onMessage?.(`warning: ${failure}`)
        return
      } catch (error) {
        transfer.signal.throwIfAborted()
        if (!isFailure(error)) throw error
        if (error instanceof FetchError && error.kind === 'not-found') offer.cache.forget(path)
        // Else each of many paths would wait for it as long.
        if (error instanceof FetchError && ['timeout', 'network'].includes(error.kind))
          transfer.onMessage?.(`warning: ${offer.cache.disable()}`)
        failures.push(`cannot get '${path}' from '${offer.cache.name}': ${error.message}`)
      }
    }
    throw new SubstitutionError(
      failures.length === 0
        ? `path '${path}' is required, but there is no substituter that can build it`
        : printable(failures.join('\n')),
    )
  }

  /**
   * The NAR of a path, if a cache has it with this very hash: to repair what is damaged. Null if none
   * has, which is said to whoever asks.
   */
  async nar(path: ByteString, narHash: Uint8Array, watcher: Transfer): Promise<Uint8Array | null> {
    const transfer = printing(watcher)
    const caches = await this.askedCaches(transfer)
    for await (const { cache, info } of this.offers(caches, path, transfer, new Set())) {
      if (!Buffer.from(info.narHash).equals(narHash)) continue
      const directory = await mkdtemp(join(tmpdir(), 'snowglobe-nar-'))
      try {
        const file = join(directory, 'nar')
        await this.download({ cache, info }, file, transfer)
        return await readNarFile(info, file)
      } catch (error) {
        transfer.signal.throwIfAborted()
        if (!isFailure(error)) throw error
        transfer.onMessage?.(`warning: cannot get '${path}' from '${cache.name}': ${error.message}`)
      } finally {
        await removeTree(directory)
      }
    }
    return null
  }

  async queryRealisation(
    drvPath: ByteString,
    output: ByteString,
    watcher: Transfer,
  ): Promise<ByteString | null> {
    const transfer = printing(watcher)
    for (const cache of await this.askedCaches(transfer)) {
      try {
        const realisation = await cache.realisation(drvPath, output, askOptions(transfer))
        if (realisation === null) continue
        const { requireSignatures } = this.options.settings
        if (!requireSignatures || this.keys.haveSignedRealisation(realisation))
          return realisation.outPath
        transfer.onMessage?.(
          `warning: ignoring what '${cache.name}' says '${drvPath}^${output}' has become, as it is ` +
            "not signed by any of the keys in 'trusted-public-keys'",
        )
      } catch (error) {
        this.noteFailure(cache, error, transfer)
      }
    }
    return null
  }

  /** The caches that answer, the preferred ones first. */
  private async askedCaches(transfer: Transfer): Promise<BinaryCache[]> {
    if (!this.options.settings.substitute) return []
    const ranked: { cache: BinaryCache; priority: number }[] = []
    await Promise.all(
      this.caches.map(async (cache) => {
        if (!cache.isEnabled) return
        try {
          ranked.push({ cache, priority: await cache.priority(askOptions(transfer)) })
        } catch (error) {
          this.noteFailure(cache, error, transfer)
        }
      }),
    )
    const place = ({ cache }: { cache: BinaryCache }) => this.caches.indexOf(cache)
    ranked.sort((a, b) => a.priority - b.priority || place(a) - place(b))
    return ranked.map(({ cache }) => cache)
  }

  /** What caches say of a path and may be believed. `told` has what need not be said again. */
  private async *offers(
    caches: readonly BinaryCache[],
    path: ByteString,
    transfer: Transfer,
    told: Set<string>,
  ): AsyncGenerator<Offer> {
    for (const cache of caches) {
      if (!cache.isEnabled) continue
      let info: NarInfo | null
      try {
        info = await cache.narInfo(path, askOptions(transfer))
      } catch (error) {
        this.noteFailure(cache, error, transfer)
        continue
      }
      if (info === null) continue
      const refusal = this.refusal(cache, info)
      if (refusal === null) yield { cache, info }
      else if (!told.has(refusal)) {
        told.add(refusal)
        transfer.onMessage?.(`warning: ${refusal}`)
      }
    }
  }

  /** Why what a cache offers is not taken, or null. */
  private refusal(cache: BinaryCache, info: NarInfo): string | null {
    const { store, settings } = this.options
    if (info.narSize > settings.maxNarBytes)
      return (
        `ignoring substitute for '${info.path}' from '${cache.name}': it has ${info.narSize} ` +
        `bytes, more than the ${settings.maxNarBytes} allowed`
      )
    if (
      !settings.requireSignatures ||
      isSelfVerifying(store.storeDir, info) ||
      this.keys.haveSigned(info, info.signatures)
    )
      return null
    return (
      `ignoring substitute for '${info.path}' from '${cache.name}', as it's not signed by any of ` +
      "the keys in 'trusted-public-keys'"
    )
  }

  private receive(offer: Offer, transfer: Transfer): Promise<void> {
    const { store } = this.options
    const { signal } = transfer
    const { info } = offer
    return store.addFrom(async (directory) => {
      const file = join(directory, 'nar')
      await this.download(offer, file, transfer)
      const target = join(directory, basename(info.path))
      return [await receivePath(store.storeDir, info, file, target, signal)]
    })
  }

  /** Downloads the compressed NAR and checks it so far as that can be done. */
  private async download({ cache, info }: Offer, file: string, transfer: Transfer): Promise<void> {
    const download = await cache.download(info, file, {
      ...askOptions(transfer),
      // What is compressed badly may be larger than what is in it, but not by much.
      maxBytes: info.fileSize ?? info.narSize + 2 ** 20,
      progress: (done) => transfer.onProgress?.(done, info.fileSize ?? 0),
    })
    const hash = download.hashes.get('sha256')!
    if (info.fileHash !== null && !Buffer.from(hash).equals(info.fileHash))
      throw new CacheError(`the file '${info.url}' of '${info.path}' does not have the hash told`)
  }

  /** A cache that does not answer is not asked again for a while. */
  private noteFailure(cache: BinaryCache, error: unknown, { signal, onMessage }: Transfer): void {
    signal.throwIfAborted()
    if (!isFailure(error)) throw error
    const unknown = error instanceof FetchError && error.kind === 'unknown-host'
    const { report } = this.options
    const say = unknown && report !== undefined ? report : (text: string) => onMessage?.(text)
    say(`warning: ${error.message}`)
    // One odd answer says nothing of the next; silence does.
    const silent = error instanceof FetchError && error.kind !== 'too-large'
    if (silent || error instanceof CacheError) say(`warning: ${cache.disable()}`)
  }
}

/** What caches say may be meant for a terminal rather than for who sits before it. */
function printing(transfer: Transfer): Transfer {
  return { ...transfer, onMessage: (text) => transfer.onMessage?.(printable(text)) }
}

function askOptions({ signal, onMessage }: Transfer): AskOptions {
  return {
    signal,
    retrying: (error, milliseconds) =>
      onMessage?.(`warning: ${error.message}; retrying in ${milliseconds} ms`),
  }
}

/** What another's cache can be blamed for. */
function isFailure(error: unknown): error is Error {
  const kinds = [FetchError, CacheError, NarInfoError, RealisationError, StoreError]
  return kinds.some((kind) => error instanceof kind)
}
