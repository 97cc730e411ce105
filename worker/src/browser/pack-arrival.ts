import type { ByteString } from '@snowglobe/shared/bytes'
import { bytesToOpen, openPack, PackCheck, PackError } from '@snowglobe/shared/pack'

interface Reader {
  /** How many bytes have to be here. */
  until: number
  resolve(): void
  reject(reason: unknown): void
}

/** A promise that is settled by whoever has this. */
class Settled {
  resolve: () => void = () => {}
  reject: (reason: unknown) => void = () => {}
  readonly promise = new Promise<void>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })
}

/**
 * A pack that is coming to this tab. It is opened as soon as that can be done, read by evaluators as it
 * comes, and checked meanwhile: when its last byte is here, it is known whether it is what it says.
 */
export class PackArrival {
  /** Settles when it can be opened; rejected where it is damaged or does not come. */
  readonly opened: Promise<void>
  /** Settles when all is here and known to be the tree of its store path; else rejected. */
  readonly checked: Promise<void>
  private readonly whenOpened = new Settled()
  private readonly whenChecked = new Settled()
  /** Where the bytes are. */
  private place: Uint8Array<ArrayBuffer> | Blob
  private received = 0
  private check: PackCheck | null = null
  private failure: { reason: unknown } | null = null
  private readers: Reader[] = []

  constructor(
    readonly size: number,
    private readonly storePath: ByteString,
  ) {
    this.place = new Uint8Array(size)
    this.opened = this.whenOpened.promise
    this.checked = this.whenChecked.promise
    // Who waits for them is told. It may be that nobody does.
    this.opened.catch(() => undefined)
    this.checked.catch(() => undefined)
  }

  /**
   * Receives it. Whatever fails, the promises and all readers are told.
   *
   * @param download writes it into these bytes, and gives how many are there each time that some have come
   * @param tell makes what failed known to people
   */
  async receive(
    download: (into: Uint8Array) => AsyncIterable<number>,
    tell: (failure: unknown) => unknown,
  ): Promise<void> {
    try {
      const bytes = this.place as Uint8Array
      for await (const received of download(bytes)) this.advance(bytes, received)
      this.end(bytes)
      this.whenChecked.resolve()
    } catch (error) {
      this.fail(tell(error))
    }
  }

  /**
   * The bytes from a place on that have come, when those up to `until` have. At first these are no less
   * than opening it takes. Rejected where they will not come.
   */
  async read(from: number, until: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.opened
    if (this.failure !== null) throw this.failure.reason
    if (this.received < until) {
      await new Promise<void>((resolve, reject) => this.readers.push({ until, resolve, reject }))
    }
    const { place } = this
    if (place instanceof Uint8Array) return place.slice(from, this.received)
    return new Uint8Array(await place.slice(from).arrayBuffer())
  }

  /** All its bytes, when they have been checked. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    await this.checked
    const { place } = this
    return place instanceof Uint8Array ? place : new Uint8Array(await place.arrayBuffer())
  }

  /** Tells where the same bytes are kept: from now on they are read there. */
  keptIn(blob: Blob): void {
    this.place = blob
  }

  private advance(bytes: Uint8Array, received: number): void {
    this.received = received
    if (this.check === null) {
      const needed = bytesToOpen(bytes.subarray(0, received))
      if (needed === null || needed > received) return
      this.open(bytes)
    }
    this.check!.advance(received)
    const ready = this.readers.filter(({ until }) => until <= received)
    if (ready.length === 0) return
    this.readers = this.readers.filter(({ until }) => until > received)
    for (const reader of ready) reader.resolve()
  }

  private open(bytes: Uint8Array): void {
    const pack = openPack(bytes)
    if (pack.storePath !== this.storePath) {
      throw new PackError(`it is ${pack.storePath} and not ${this.storePath}`)
    }
    this.check = new PackCheck(pack)
    this.whenOpened.resolve()
  }

  /** Tells what a pack lacks that could not be opened when all of it was here. */
  private end(bytes: Uint8Array): void {
    if (this.check === null) openPack(bytes)
  }

  private fail(reason: unknown): void {
    this.failure = { reason }
    this.place = new Uint8Array()
    this.whenOpened.reject(reason)
    this.whenChecked.reject(reason)
    for (const reader of this.readers) reader.reject(reason)
    this.readers = []
  }
}
