import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { compress, compressionSuffix, type ServedCompression } from './compression'
import { Semaphore } from './semaphore'

/** Compressing takes whole processors. */
const compressionsAtOnce = 2

/** A compressed copy. */
export interface CompressedNar {
  file: string
  size: number
}

/**
 * Compressed copies of NARs, made when they are first asked for and kept while there is room: those
 * that were not asked for longest go first.
 */
export class CompressedNars {
  private readonly making = new Map<string, Promise<CompressedNar>>()
  private readonly slots = new Semaphore(compressionsAtOnce)
  private kept: Promise<Map<string, number>> | null = null

  constructor(
    private readonly directory: string,
    readonly compression: Exclude<ServedCompression, 'none'>,
    private readonly maxBytes: number,
  ) {}

  /** What is behind `.nar` in the names of copies. */
  get suffix(): string {
    return compressionSuffix[this.compression]
  }

  /** The copy that is there already, or null. `name` tells contents: it has their hash in it. */
  async find(name: string): Promise<CompressedNar | null> {
    const size = (await this.sizes()).get(name + this.suffix)
    return size === undefined ? null : { file: this.fileOf(name), size }
  }

  /** The copy, which is made of `nar` if it is not there. Those who ask at once share it. */
  async get(name: string, nar: () => Iterable<Uint8Array>): Promise<CompressedNar> {
    const found = await this.find(name)
    if (found !== null) {
      const now = new Date()
      await utimes(found.file, now, now).catch(() => {})
      return found
    }
    let making = this.making.get(name)
    if (making === undefined) {
      making = this.slots.run(() => this.make(name, nar)).finally(() => this.making.delete(name))
      this.making.set(name, making)
    }
    return making
  }

  private async make(name: string, nar: () => Iterable<Uint8Array>): Promise<CompressedNar> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 })
    const file = this.fileOf(name)
    const source = Readable.from(nar(), { objectMode: false })
    try {
      await pipeline(compress(this.compression, source), createWriteStream(`${file}.new`))
    } catch (error) {
      await rm(`${file}.new`, { force: true })
      throw error
    }
    await rename(`${file}.new`, file)
    const { size } = await stat(file)
    const sizes = await this.sizes()
    sizes.set(name + this.suffix, size)
    await this.makeRoom(sizes, name + this.suffix)
    return { file, size }
  }

  /** Removes what was not used longest until the rest fits; the new one stays in any case. */
  private async makeRoom(sizes: Map<string, number>, fresh: string): Promise<void> {
    let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    if (bytes <= this.maxBytes) return
    const used = await Promise.all(
      [...sizes.keys()].map(async (name) => {
        const status = await stat(join(this.directory, name)).catch(() => null)
        return { name, time: status?.mtimeMs ?? 0 }
      }),
    )
    used.sort((one, other) => one.time - other.time)
    for (const { name } of used) {
      if (bytes <= this.maxBytes) return
      if (name === fresh) continue
      bytes -= sizes.get(name) ?? 0
      sizes.delete(name)
      await rm(join(this.directory, name), { force: true })
    }
  }

  /** The bytes of each copy by the name of its file. What an interrupted run has left goes. */
  private sizes(): Promise<Map<string, number>> {
    this.kept ??= (async () => {
      const sizes = new Map<string, number>()
      for (const name of await readdir(this.directory).catch(() => [])) {
        const file = join(this.directory, name)
        if (name.endsWith('.new')) await rm(file, { force: true })
        else sizes.set(name, (await stat(file)).size)
      }
      return sizes
    })()
    return this.kept
  }

  private fileOf(name: string): string {
    return join(this.directory, name + this.suffix)
  }
}
