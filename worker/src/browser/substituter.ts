import type { ByteString } from '@snowglobe/shared/bytes'
import { verify } from '@snowglobe/shared/ed25519'
import { parsePublicKey, verifySignatures, type NamedBytes } from '@snowglobe/shared/signature'
import type { NarInfo } from '@snowglobe/shared/narinfo'
import type { Store, StoreEntry } from '../store/store'
import { BackendError, type BackendClient } from './backend-client'
import { formatNarHash } from '../store/check-entry'
import type { KnownPath, KnownPaths } from './known-paths'

/** Requests to the cache at a time: as many as a browser sends to one host. */
const atOnce = 6

/** Paths of the cache: learns of them, and fetches their contents when they are opened. */
export class Substituter {
  /** What is being fetched, so that two who open one path share it. */
  private readonly fetching = new Map<ByteString, Promise<void>>()

  constructor(
    private readonly store: Store,
    private readonly known: KnownPaths,
    private readonly backend: Pick<BackendClient, 'health' | 'narInfo' | 'nar'>,
  ) {}

  /**
   * Learns of paths and of all that they refer to, so far as they are not valid or known already:
   * what the cache signs of them. Gives the paths that are new.
   *
   * @throws BackendError naming the path that the cache lacks or has not signed
   */
  async learn(paths: readonly ByteString[]): Promise<ByteString[]> {
    const keys = await this.trustedKeys()
    const learned = new Map<ByteString, KnownPath>()
    let wanted = await this.unknown(paths)
    while (wanted.length > 0) {
      const infos = await inParallel(wanted, (path) => this.ask(path, keys))
      const next = new Set<ByteString>()
      for (const info of infos) {
        learned.set(info.path, info)
        for (const reference of info.references) next.add(reference)
      }
      wanted = await this.unknown([...next].filter((path) => !learned.has(path)))
    }
    await this.known.add([...learned.values()])
    return [...learned.keys()]
  }

  /**
   * Makes a path valid: fetches its contents and those of all it refers to.
   *
   * @throws BackendError or StoreError; nothing has been added then
   */
  substitute(path: ByteString): Promise<void> {
    let fetching = this.fetching.get(path)
    if (fetching === undefined) {
      fetching = this.fetch(path).finally(() => this.fetching.delete(path))
      this.fetching.set(path, fetching)
    }
    return fetching
  }

  /**
   * The contents of a path that is valid, as the cache has them.
   *
   * @throws BackendError where the cache lacks them or has not signed what it says
   */
  async nar(path: ByteString): Promise<Uint8Array> {
    const info = await this.ask(path, await this.trustedKeys())
    return this.backend.nar(path, info.url, info.compression)
  }

  private async fetch(root: ByteString): Promise<void> {
    const infos = new Map<ByteString, KnownPath>()
    const open = [root]
    const valid = new Set<ByteString>()
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (infos.has(path) || valid.has(path)) continue
      if ((await this.store.queryPathInfo(path)) !== null) {
        valid.add(path)
        continue
      }
      const info = await this.known.query(path)
      if (info === null) {
        throw new BackendError(
          path === root
            ? `path '${path}' is neither in the store nor known from a cache`
            : `'${root}' cannot be fetched: it needs '${path}', which is not known from a cache`,
        )
      }
      infos.set(path, info)
      open.push(...info.references)
    }
    const entries = await inParallel([...infos.values()], async (info): Promise<StoreEntry> => {
      return { info, nar: await this.backend.nar(info.path, info.url, info.compression) }
    })
    await this.store.add(entries)
  }

  private async unknown(paths: readonly ByteString[]): Promise<ByteString[]> {
    const valid = await this.store.queryValidPaths(paths)
    const unknown: ByteString[] = []
    for (const path of new Set(paths)) {
      if (!valid.has(path) && (await this.known.query(path)) === null) unknown.push(path)
    }
    return unknown
  }

  private async ask(path: ByteString, keys: NamedBytes[]): Promise<KnownPath> {
    const info = await this.backend.narInfo(path)
    if (info === null) throw new BackendError(`the cache does not have '${path}'`)
    if (verifySignatures(info, info.signatures, keys, verify).size === 0) {
      const names = keys.map(({ name }) => name).join(', ')
      throw new BackendError(
        `what the cache says of '${path}' (${formatNarHash(info.narHash)}) is not signed by a ` +
          `trusted key (${names})`,
      )
    }
    return knownPath(info)
  }

  private async trustedKeys(): Promise<NamedBytes[]> {
    const health = await this.backend.health()
    if (health === null) throw new BackendError('the backend does not answer')
    return [parsePublicKey(health.publicKey)]
  }
}

function knownPath(info: NarInfo): KnownPath {
  const { path, narHash, narSize, references, deriver, signatures, contentAddress } = info
  return {
    path,
    narHash,
    narSize,
    references,
    deriver,
    signatures,
    contentAddress,
    registrationTime: Math.floor(Date.now() / 1000),
    ultimate: false,
    url: info.url,
    compression: info.compression,
  }
}

/** Does something with each item, a few at a time. Gives the results in the items' order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const i = next++
      results[i] = await work(items[i])
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
