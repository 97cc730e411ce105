import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import type { Channel } from '@snowglobe/shared/messages'
import { writeNar } from '@snowglobe/shared/nar'
import { checkPack, openPack, PackError } from '@snowglobe/shared/pack'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { StoreEntry } from '../store/store'
import type { ChannelProgress, ChannelView, Problem } from './api'
import { BackendError, type BackendClient } from './backend-client'
import type { ChannelPack } from './evaluator-protocol'
import { packBytes } from './mount-pack'
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

/** A pack that has just come. */
interface Arrival {
  bytes: Uint8Array<ArrayBuffer>
  /** The same bytes, to be given away; null once they are. */
  copy: Uint8Array<ArrayBuffer> | null
  /** Throws ChannelError where its contents are not those of its store path. */
  check(): void
  /** Keeps it, and gives the same bytes where they are then. */
  keep(): Promise<Blob>
}

/** The channels of this tab: which there are, and their packs, downloaded when they are first used. */
export class Channels {
  private readonly downloads = new Map<string, { pack: Promise<Arrival>; stop: AbortController }>()
  /** In this tab already, by store path and name. */
  private readonly ready = new Map<string, ChannelPack>()
  /** Of those that came in this tab. */
  private readonly checks = new WeakMap<ChannelPack, Promise<void>>()
  /** Those that are not kept yet, by what keeps them. */
  private readonly arrivals = new Map<ChannelPack, Arrival>()
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
   * The channel of a snippet, its pack here; with what the person should know of it. Null where the
   * snippet wants none.
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
   * The channel of a name, its pack here: the very tree that is asked for, else what has the name.
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
    const key = keyOf(name, candidate.storePath)
    if (!this.ready.has(key)) {
      const found = await this.pack(candidate)
      const { storePath } = candidate
      // Another one may have waited for the same pack.
      if (!this.ready.has(key)) {
        const channel: ChannelPack = {
          name,
          storePath,
          pack: found instanceof Blob ? found : found.bytes,
        }
        this.ready.set(key, channel)
        if (!(found instanceof Blob)) {
          this.arrivals.set(channel, found)
        }
      }
    }
    return this.ready.get(key)!
  }

  /**
   * Finds out whether the contents of a channel are those of its store path. That takes a while, in
   * which an evaluator can be at work already; but what comes of it must not be shown before.
   *
   * @throws ChannelError where they are not
   */
  async checked(channel: ChannelPack): Promise<void> {
    let check = this.checks.get(channel)
    if (check === undefined) {
      const arrival = this.arrivals.get(channel)
      // What was kept was checked when it came.
      if (arrival === undefined) return
      check = later().then(() => arrival.check())
      this.checks.set(channel, check)
    }
    try {
      await check
    } catch (error) {
      await this.forget(channel)
      throw error
    }
  }

  /** A channel as it can be given away: the bytes of one that has just come are a copy. */
  toGive(channel: ChannelPack): ChannelPack {
    const { pack } = channel
    if (pack instanceof Blob) return channel
    const arrival = this.arrivals.get(channel)
    const copy = arrival?.copy ?? pack.slice()
    if (arrival !== undefined) arrival.copy = null
    return { ...channel, pack: copy }
  }

  /**
   * Keeps a channel that has come, was checked, and is not kept yet. Whoever waits for an answer should
   * have it before: it is much to write.
   */
  async keep(channel: ChannelPack): Promise<void> {
    const arrival = this.arrivals.get(channel)
    if (arrival === undefined) return
    this.arrivals.delete(channel)
    channel.pack = await arrival.keep()
  }

  /** Ends all downloads; who waits for one is told the reason. */
  stop(reason: Error): void {
    for (const { stop } of this.downloads.values()) stop.abort(reason)
  }

  /** Lets go of a channel whose pack turned out to be unreadable: it is downloaded again. */
  async forget(channel: ChannelPack): Promise<void> {
    const { name, storePath } = channel
    this.ready.delete(keyOf(name, storePath))
    this.arrivals.delete(channel)
    for (const kept of await this.cache.list()) {
      if (kept.storePath === storePath) await this.cache.delete(kept.file)
    }
  }

  /** The tree of a channel as a path to be added to the store; null if none stands for the path. */
  async entry(path: ByteString): Promise<StoreEntry | null> {
    for (const channel of this.ready.values()) {
      if (channel.storePath !== path) continue
      await this.checked(channel)
      const { tree, narHash } = openPack(await packBytes(channel))
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

  private async pack(candidate: Candidate): Promise<Blob | Arrival> {
    const { file, size, offered } = candidate
    const kept = await this.cache.get(file)
    if (kept !== null && (offered === null || kept.size === size)) return kept
    if (offered === null) throw new ChannelError(`the channel '${candidate.name}' is gone`)
    let download = this.downloads.get(file)
    if (download === undefined) {
      const stop = new AbortController()
      const pack = this.download(offered, stop.signal).finally(() => {
        this.downloads.delete(file)
        this.tell(null)
      })
      download = { pack, stop }
      this.downloads.set(file, download)
    }
    return download.pack
  }

  private async download(channel: Channel, signal: AbortSignal): Promise<Arrival> {
    const { name, size, storePath } = channel
    let told = -Infinity
    this.tell({ name, received: 0, size })
    // Made as the pack comes: at its end somebody waits, and it is much to copy.
    const copy = new Uint8Array(size)
    let copied = 0
    const bytes = await this.received(channel, signal, (received, piece) => {
      copy.set(piece, received - piece.length)
      copied += piece.length
      const now = performance.now()
      if (now - told < progressMilliseconds && received < size) return
      told = now
      this.tell({ name, received, size })
    })
    const pack = undamaged(name, () => {
      const pack = openPack(bytes)
      if (pack.storePath !== storePath) {
        throw new PackError(`it is ${pack.storePath} and not ${storePath}`)
      }
      return pack
    })
    signal.throwIfAborted()
    return {
      bytes,
      copy: copied === bytes.length ? copy : null,
      check: () => undamaged(name, () => checkPack(pack)),
      keep: () => this.write(channel, bytes),
    }
  }

  private async write(channel: Channel, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
    for (const older of await this.cache.list()) {
      if (older.name === channel.name) await this.cache.delete(older.file)
    }
    return this.cache.put(fileOf(channel), bytes)
  }

  private async received(
    ...asked: Parameters<BackendClient['pack']>
  ): ReturnType<BackendClient['pack']> {
    try {
      return await this.backend.pack(...asked)
    } catch (error) {
      throw error instanceof BackendError ? new ChannelError(error.message) : error
    }
  }

  private tell(progress: ChannelProgress | null): void {
    for (const listener of this.listeners) listener(progress)
  }
}

/** When what is under way has been sent. */
function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

/** Does something with a pack. Throws ChannelError where it is damaged. */
function undamaged<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof PackError)) throw error
    throw new ChannelError(`the channel '${name}' came damaged, try again: ${error.message}`)
  }
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
