/** What there is in a tab's store, and what can be had into it from caches and channels. */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { formatNarHash } from '../store/check-entry'
import { StoreError, type PathInfo, type Store, type StoreEntry } from '../store/store'
import type { PathView, Problem } from './api'
import { BackendError } from './backend-client'
import type { Channels } from './channels'
import type { LoadedContents } from './evaluator-protocol'
import type { KnownPaths } from './known-paths'
import { plainProblem } from './plain-problem'
import type { StoreDesk } from './store-desk'
import { Substituter } from './substituter'

export interface TabContentsParts {
  store: Store
  known: KnownPaths
  backend: ConstructorParameters<typeof Substituter>[2]
  channels: Pick<Channels, 'entry'>
  desk: Pick<StoreDesk, 'keepResults'>
  /** Hears of paths that evaluators may read from now on. */
  onReadable(paths: ByteString[]): void
}

export class TabContents {
  private readonly store: Store
  private readonly substituter: Substituter
  /** Paths that evaluators may read: valid, or known from a cache. */
  private readonly readablePaths = new Set<ByteString>()
  private readonly preloaded: Promise<void>
  /** The outputs of the last build, and what they were built from. */
  private results: { derivation: ByteString; path: ByteString }[] = []

  constructor(private readonly parts: TabContentsParts) {
    this.store = parts.store
    this.substituter = new Substituter(parts.store, parts.known, parts.backend)
    this.preloaded = this.preload()
  }

  /** Paths that evaluators may read. */
  async readable(): Promise<ByteString[]> {
    await this.preloaded
    return [...this.readablePaths]
  }

  /** The NAR of a path, which becomes valid if it was only known. */
  async contents(path: ByteString): Promise<Uint8Array> {
    const channel = await this.parts.channels.entry(path)
    if (channel !== null) return channel.nar
    if ((await this.store.queryPathInfo(path)) === null) {
      if ((await this.parts.known.query(path)) === null) await this.learn([path])
      await this.substituter.substitute(path)
      if (this.results.some((result) => result.path === path)) await this.keepResults()
    }
    return this.store.narFromPath(path)
  }

  /**
   * Puts the right contents in the place of damaged ones of a valid path.
   *
   * @throws BackendError or StoreError where nobody has them
   */
  async repair(path: ByteString): Promise<void> {
    const channel = await this.parts.channels.entry(path)
    await this.store.repair(path, channel?.nar ?? (await this.substituter.nar(path)))
  }

  /** The same with what the path refers to. */
  async loadedContents(path: ByteString): Promise<LoadedContents> {
    const nar = await this.contents(path)
    const info = await this.store.queryPathInfo(path)
    return { nar, references: info?.references ?? [] }
  }

  /** The same of a path whose contents are here already: nothing is downloaded. Rejected otherwise. */
  async contentsHere(path: ByteString): Promise<LoadedContents> {
    const info = await this.store.queryPathInfo(path)
    if (info === null) throw new Error(`${path} is not in the store`)
    return { nar: await this.store.narFromPath(path), references: info.references }
  }

  /** Keeps the outputs of a build until the next one, and learns what is told of them. */
  async takeResults(outputs: readonly { derivation: string; path: string }[]): Promise<void> {
    this.results = outputs.map(({ derivation, path }) => ({
      derivation: utf8ToByteString(derivation),
      path: utf8ToByteString(path),
    }))
    await this.keepResults()
    await this.learn(this.results.map(({ path }) => path))
  }

  /** Asks the cache about paths. */
  async learn(paths: readonly ByteString[]): Promise<void> {
    this.addReadable(await this.substituter.learn(paths))
  }

  /** Adds what an evaluation has added. Throws StoreError, BackendError. */
  async add(added: readonly StoreEntry[]): Promise<void> {
    if (added.length === 0) return
    await this.substituteReferences(added)
    await this.addValid(added)
  }

  /**
   * Begins to add what an evaluation has added, and gives what the person should know of it in the end.
   * Whatever is asked of the store from then on is answered after it. A value can be shown even if the
   * store is full: that its paths are not there is a problem.
   */
  async beginAdding(added: readonly StoreEntry[]): Promise<{ problem: Promise<Problem | null> }> {
    const told = (error: unknown) => {
      if (!(error instanceof StoreError || error instanceof BackendError)) throw error
      return storageProblem('error', error.message)
    }
    try {
      await this.substituteReferences(added)
    } catch (error) {
      return { problem: Promise.resolve(told(error)) }
    }
    return { problem: this.addValid(added).then(() => null, told) }
  }

  /** Paths are gone; what is known from caches can still be had. */
  async forget(paths: readonly ByteString[]): Promise<void> {
    for (const path of paths) this.readablePaths.delete(path)
    for (const { path } of await this.parts.known.all()) this.readablePaths.add(path)
  }

  /** All paths of the store, and those that are known from caches. */
  async paths(): Promise<PathView[]> {
    const views = new Map<ByteString, PathView>()
    for (const info of await this.parts.known.all()) views.set(info.path, viewPath(info, 'known'))
    for (const info of await this.store.allPathInfos())
      views.set(info.path, viewPath(info, 'valid'))
    return [...views.values()]
  }

  /** What is known of a path; null where it is neither there nor known. */
  async pathInfo(path: string): Promise<PathView | null> {
    const bytes = utf8ToByteString(path)
    const valid = await this.store.queryPathInfo(bytes)
    if (valid !== null) return viewPath(valid, 'valid')
    const known = await this.parts.known.query(bytes)
    return known === null ? null : viewPath(known, 'known')
  }

  private async preload(): Promise<void> {
    for (const path of await this.store.allValidPaths()) this.readablePaths.add(path)
    for (const { path } of await this.parts.known.all()) this.readablePaths.add(path)
  }

  /** What was built last is kept: its outputs where they are here, else their derivations. */
  private async keepResults(): Promise<void> {
    const here = await this.store.queryValidPaths(this.results.map(({ path }) => path))
    const kept = this.results.map(({ derivation, path }) => (here.has(path) ? path : derivation))
    await this.parts.desk.keepResults([...new Set(kept)])
  }

  /** Adds what refers to valid paths only; asked for before this returns. */
  private async addValid(added: readonly StoreEntry[]): Promise<void> {
    await this.store.add(added)
    this.addReadable(added.map(({ info }) => info.path))
  }

  /** Evaluation may refer to paths that are only known; a valid path refers to valid ones. */
  private async substituteReferences(added: readonly StoreEntry[]): Promise<void> {
    const own = new Set(added.map(({ info }) => info.path))
    const outside = new Set(added.flatMap(({ info }) => info.references))
    for (const path of own) outside.delete(path)
    if (outside.size === 0) return
    const valid = await this.store.queryValidPaths([...outside])
    for (const path of outside) {
      if (valid.has(path)) continue
      const channel = await this.parts.channels.entry(path)
      if (channel === null) await this.substituter.substitute(path)
      else await this.store.add([channel])
    }
  }

  private addReadable(paths: readonly ByteString[]): void {
    const fresh = paths.filter((path) => !this.readablePaths.has(path))
    if (fresh.length === 0) return
    for (const path of fresh) this.readablePaths.add(path)
    this.parts.onReadable(fresh)
  }
}

/** What the person should know of this tab's storage. */
export function storageProblem(severity: 'error' | 'warning', message: string): Problem {
  return { ...plainProblem('store', message), severity, text: `${severity}: ${message}` }
}

function viewPath(info: PathInfo, state: PathView['state']): PathView {
  return {
    path: byteStringToUtf8(info.path),
    narHash: formatNarHash(info.narHash),
    narSize: info.narSize,
    references: info.references.map(byteStringToUtf8),
    deriver: info.deriver === null ? null : byteStringToUtf8(info.deriver),
    state,
  }
}
