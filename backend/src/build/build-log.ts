import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import type { ByteString } from '@snowglobe/shared/bytes'
import { LogFilter } from './log-filter'

const lastLineCount = 25
/** Enough text for the last lines, unless lines are very long. */
const tailLength = 16 * 1024

/**
 * The log of one build while it runs. All watchers read from the same pieces of text, so that one
 * more costs nothing, and one who comes late starts from the beginning.
 */
export class BuildLog {
  /** Bytes as the builder wrote them. */
  bytes = 0
  private readonly filter = new LogFilter()
  private readonly pieces: { text: string; offset: number }[] = []
  private textLength = 0
  private readonly listeners = new Set<() => void>()

  /** Takes bytes of the builder. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.length
    this.push(this.filter.write(bytes))
  }

  end(): void {
    this.push(this.filter.end())
  }

  /** How many pieces of text there are so far. */
  get length(): number {
    return this.pieces.length
  }

  /** A piece, and how much text (in UTF-16 units) goes before it. */
  piece(index: number): { text: string; offset: number } {
    return this.pieces[index] ?? { text: '', offset: this.textLength }
  }

  /** Calls back whenever there are more pieces. Gives what ends that. */
  onMore(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The builder's last lines, without line breaks. */
  lastLines(): string[] {
    let tail = ''
    for (let i = this.pieces.length - 1; i >= 0 && tail.length < tailLength; i--)
      tail = this.piece(i).text + tail
    const lines = tail.replace(/\r?\n$/, '').split(/\r?\n/)
    return tail === '' ? [] : lines.slice(-lastLineCount)
  }

  /** The text, compressed with zstd. */
  compressed(): Promise<Buffer> {
    return promisify(zstdCompress)(this.pieces.map(({ text }) => text).join(''))
  }

  private push(text: string): void {
    if (text === '') return
    this.pieces.push({ text, offset: this.textLength })
    this.textLength += text.length
    for (const listener of this.listeners) listener()
  }
}

/** The logs of builds that have ended, in Nix's place for them but compressed with zstd. */
export class LogArchive {
  constructor(private readonly directory: string) {}

  async keep(derivation: ByteString, log: BuildLog): Promise<void> {
    const file = this.fileOf(derivation)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, await log.compressed())
    await rename(`${file}.new`, file)
  }

  /** The file with the compressed log of a derivation's last build. There may be none. */
  fileOf(derivation: ByteString): string {
    const name = derivation.slice(derivation.lastIndexOf('/') + 1)
    return join(this.directory, name.slice(0, 2), `${name.slice(2)}.zst`)
  }
}
