import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import type { Channel } from '@snowglobe/shared/messages'
import { writeNar } from '@snowglobe/shared/nar'
import { openPack, PackError } from '@snowglobe/shared/pack'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { StoreEntry } from '../store/store'
import type { ChannelProgress, ChannelView, Problem } from './api'
import { BackendError, type BackendClient } from './backend-client'
import type { ChannelPack, ReadPack } from './evaluator-protocol'
import { PackArrival } from './pack-arrival'
import { plainProblem } from './plain-problem'
import type { KeptPack, PackCache } from './pack-cache'
import { wantedChannel } from './wanted-channel'

/** What a snippet gets where its channel cannot be had; the message is for people. */
export class ChannelError extends Error {
  override name = 'ChannelError'
}

/** A channel that can be had, from the backend or from what was kept of an earlier visit. */
interface Candidate {
  name: string
  label: string
  storePath: ByteString
  size: number
  /** Under which its pack is kept. */
  file: string
  /** Null where the backend does not offer it. */
  offered: Channel | null
  kept: boolean
}

/** How long what the backend offers is believed. */
const offerMilliseconds = 30_000
/** Between two reports of a download. */
const progressMilliseconds = 100

/** A pack on its way. */
interface Download {
  channel: Channel
  arrival: PackArrival
  stop: AbortController
  /** Writes it where packs are kept, once. */
  keeping: Promise<Blob> | null
}

/** The channels of this tab: which there are, and their packs, downloaded when they are first used. */
export class Channels {
  /** What is under way, by the files in which packs are kept. */
  private readonly downloads = new Map<string, Download>()
  /** In this tab already, or coming, by store path and name. */
  private readonly ready = new Map<string, ChannelPack>()
  /** How those came that were not kept of an earlier visit. */
  private readonly came = new WeakMap<ChannelPack, Download>()
  private offer: { at: number; channels: Promise<Channel[] | null> } | null = null
  private readonly listeners = new Set<(progress: ChannelProgress | null) => void>()

  constructor(
    private readonly backend: Pick<BackendClient, 'channels' | 'pack'>,
    private readonly cache: PackCache,
  ) {}

  /** What can be chosen: what the backend offers, and what was kept of earlier visits. */
  async list(): Promise<ChannelView[]> {
    const { candidates } = await this.candidates(true)
    return candidates.map(({ name, label, storePath, size, kept }) => {
      return { name, label, storePath: byteStringToUtf8(storePath), size, kept }
    })
  }

  /** Calls back while packs are downloaded, and with null when none is any more. */
  onProgress(listener: (progress: ChannelProgress | null) => void): void {
    this.listeners.add(listener)
  }

  /**
   * The channel of a snippet, its pack here or coming; with what the person should know of it. Null where
   * the snippet wants none.
   *
   * @throws ChannelError, or what `stop` was given
   */
  async of(snippet: Snippet): Promise<{ channel: ChannelPack; notes: Problem[] } | null> {
    const name = wantedChannel(snippet)
    if (name === null) return null
    const channel = await this.packOf(snippet)
    const pinned = snippet.channelPath
    const isOther = pinned !== undefined && pinned !== byteStringToUtf8(channel.storePath)
    return { channel, notes: isOther ? [otherChannel(name, pinned, channel)] : [] }
  }

  /**
   * The channel of a name: the very tree that is asked for, else what has the name. Its pack is here, or
   * has come so far that it can be opened.
   *
   * @throws ChannelError, or what `stop` was given
   */
  async packOf(wanted: Pick<Snippet, 'channel' | 'channelPath'>): Promise<ChannelPack> {
    const { channel: name, channelPath: pinned } = wanted
    if (pinned !== undefined) {
      const ready = this.ready.get(keyOf(name, pinned))
      if (ready !== undefined) return ready
    }
    const candidate = await this.find(wanted)
    const { storePath } = candidate
    const key = keyOf(name, storePath)
    if (!this.ready.has(key)) {
      const found = await this.pack(candidate)
      if (!(found instanceof Blob)) await found.arrival.opened
      // Another one may have waited for the same pack.
      if (!this.ready.has(key)) {
        const pack = found instanceof Blob ? found : null
        const size = found instanceof Blob ? found.size : candidate.size
        const channel: ChannelPack = { name, storePath, size, pack }
        this.ready.set(key, channel)
        if (!(found instanceof Blob)) this.follow(channel, found)
      }
    }
    return this.ready.get(key)!
  }

  /** Remembers how a channel comes, and lets go of it where it does not. */
  private follow(channel: ChannelPack, download: Download): void {
    this.came.set(channel, download)
    download.arrival.checked.catch(() => this.release(channel))
  }

  /**
   * Waits until a channel is here and known to be what its store path says. Evaluators can be at work
   * with it already; but what comes of it must not be shown before.
   *
   * @throws ChannelError where it does not come, or is something else; what `stop` was given
   */
  async checked(channel: ChannelPack): Promise<void> {
    // What was kept was checked when it came.
    await this.came.get(channel)?.arrival.checked
  }

  /** Reads the pack of a channel that has come in this tab, or still comes; undefined where it was kept. */
  reader(channel: ChannelPack): ReadPack | undefined {
    const arrival = channel.pack === null ? this.came.get(channel)?.arrival : undefined
    return arrival && ((from, until) => arrival.read(from, until))
  }

  /** The whole pack of a channel, checked. Throws what `checked` does. */
  async bytes(channel: ChannelPack): Promise<Uint8Array> {
    const { pack } = channel
    if (pack !== null) return new Uint8Array(await pack.arrayBuffer())
    return this.came.get(channel)!.arrival.bytes()
  }

  /**
   * Keeps a channel that has come, was checked, and is not kept yet. Whoever waits for an answer should
   * have it before: it is much to write.
   */
  async keep(channel: ChannelPack): Promise<void> {
    const download = this.came.get(channel)
    if (download === undefined || channel.pack !== null) return
    download.keeping ??= this.write(download)
    channel.pack = await download.keeping
  }

  /** Ends all downloads; who waits for one is told the reason. */
  stop(reason: Error): void {
    for (const { stop } of this.downloads.values()) stop.abort(reason)
  }

  /** Lets go of a channel whose pack turned out to be unreadable: it is downloaded again. */
  async forget(channel: ChannelPack): Promise<void> {
    this.release(channel)
    for (const kept of await this.cache.list()) {
      if (kept.storePath === channel.storePath) await this.cache.delete(kept.file)
    }
  }

  private release(channel: ChannelPack): void {
    const key = keyOf(channel.name, channel.storePath)
    if (this.ready.get(key) === channel) this.ready.delete(key)
  }

  /** The tree of a channel as a path to be added to the store; null if none stands for the path. */
  async entry(path: ByteString): Promise<StoreEntry | null> {
    for (const channel of this.ready.values()) {
      if (channel.storePath !== path) continue
      const { tree, narHash } = openPack(await this.bytes(channel))
      const contentAddress = formatContentAddress({ method: 'recursive', hash: narHash })
      return { info: { path, references: [], contentAddress }, nar: writeNar(tree) }
    }
    return null
  }

  /** The very tree that the snippet was made with, else what has the channel's name. */
  private async find({
    channel: name,
    channelPath,
  }: Pick<Snippet, 'channel' | 'channelPath'>): Promise<Candidate> {
    const { candidates, answered } = await this.candidates(false)
    const found =
      candidates.find(({ storePath }) => storePath === channelPath) ??
      candidates.find((candidate) => candidate.name === name)
    if (found !== undefined) return found
    const names = candidates.map((candidate) => candidate.name)
    throw new ChannelError(
      !answered
        ? `the channel '${name}' is not here yet and no backend answers that could give it: ` +
            'try again later, or choose another channel'
        : `there is no channel '${name}' here, which <nixpkgs> should be: choose ` +
            (names.length > 0 ? `another one (${names.join(', ')})` : 'none') +
            ', or give the backend one (npm start -- --nixpkgs DIR)',
    )
  }

  private async candidates(
    afresh: boolean,
  ): Promise<{ candidates: Candidate[]; answered: boolean }> {
    const [offered, kept] = await Promise.all([this.offered(afresh), this.cache.list()])
    const files = new Set(kept.map(({ file }) => file))
    const candidates = (offered ?? []).map((channel): Candidate => {
      const file = fileOf(channel)
      const { name, label, storePath, size } = channel
      return { name, label, storePath, size, file, offered: channel, kept: files.has(file) }
    })
    const missing = kept.filter(({ file }) => candidates.every((other) => other.file !== file))
    return {
      candidates: [...candidates, ...missing.map(keptCandidate)],
      answered: offered !== null,
    }
  }

  private offered(afresh: boolean): Promise<Channel[] | null> {
    const now = Date.now()
    if (afresh || this.offer === null || now - this.offer.at > offerMilliseconds) {
      this.offer = { at: now, channels: this.backend.channels() }
    }
    return this.offer.channels
  }

  private async pack(candidate: Candidate): Promise<Blob | Download> {
    const { file, size, offered } = candidate
    const kept = await this.cache.get(file)
    if (kept !== null && (offered === null || kept.size === size)) return kept
    if (offered === null) throw new ChannelError(`the channel '${candidate.name}' is gone`)
    return this.downloads.get(file) ?? this.download(file, offered)
  }

  private download(file: string, channel: Channel): Download {
    const { name, size, storePath } = channel
    const stop = new AbortController()
    const arrival = new PackArrival(size, storePath)
    const download: Download = { channel, arrival, stop, keeping: null }
    this.downloads.set(file, download)
    const received = arrival.receive(
      (bytes) => this.told(name, bytes, this.backend.pack(channel, bytes, stop.signal)),
      (error) => failureOf(name, error),
    )
    void received.then(() => {
      this.downloads.delete(file)
      this.tell(null)
    })
    return download
  }

  /** Tells of a download's progress. */
  private async *told(
    name: string,
    { length: size }: Uint8Array,
    pieces: AsyncIterable<number>,
  ): AsyncGenerator<number, void> {
    let told = performance.now()
    this.tell({ name, received: 0, size })
    for await (const received of pieces) {
      const now = performance.now()
      if (now - told >= progressMilliseconds || received === size) {
        told = now
        this.tell({ name, received, size })
      }
      yield received
    }
  }

  private async write({ channel, arrival }: Download): Promise<Blob> {
    for (const older of await this.cache.list()) {
      if (older.name === channel.name) await this.cache.delete(older.file)
    }
    const blob = await this.cache.put(fileOf(channel), await arrival.bytes())
    arrival.keptIn(blob)
    return blob
  }

  private tell(progress: ChannelProgress | null): void {
    for (const listener of this.listeners) listener(progress)
  }
}

/** Why a channel did not come, as people are told. */
function failureOf(name: string, error: unknown): unknown {
  if (error instanceof BackendError) return new ChannelError(error.message)
  if (!(error instanceof PackError)) return error
  return new ChannelError(`the channel '${name}' came damaged, try again: ${error.message}`)
}

function keyOf(name: string, storePath: ByteString): string {
  return `${name} ${storePath}`
}

function fileOf({ url }: Channel): string {
  return url.slice(url.lastIndexOf('/') + 1)
}

function keptCandidate({ name, label, storePath, size, file }: KeptPack): Candidate {
  return { name, label, storePath, size, file, offered: null, kept: true }
}

function otherChannel(name: string, pinned: string, { storePath }: ChannelPack): Problem {
  const message =
    `<nixpkgs> is not what this was written with: '${name}' was ${pinned} there and is ` +
    `${storePath} here, so values and store paths may differ`
  return {
    ...plainProblem('channel', message),
    severity: 'warning',
    text: `warning: ${message}`,
  }
}
