/** What was downloaded for evaluations, kept from one command to the next. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

export interface CachedFile {
  bytes: Buffer
  url: string
  etag: string | null
  immutableUrl: string | null
}

/** Files below one directory: contents, and beside them what the server said and when it was asked. */
export class SourceCache {
  /** @param maxBytes of files that are kept; those that were asked for longest ago go first */
  constructor(
    readonly directory: string,
    private readonly maxBytes = Infinity,
  ) {}

  /** What a URL gave, and whether that is no older than `ttl` seconds; null if there is nothing. */
  file(url: string, ttl: number): { cached: CachedFile; fresh: boolean } | null {
    const place = this.place('file', url)
    if (!existsSync(`${place}.json`) || !existsSync(place)) return null
    try {
      const said = JSON.parse(readFileSync(`${place}.json`, 'utf8')) as Omit<CachedFile, 'bytes'>
      const cached = { ...said, bytes: readFileSync(place) }
      return { cached, fresh: isYounger(`${place}.json`, ttl) }
    } catch {
      // Written by nobody we know: it is downloaded afresh.
      return null
    }
  }

  keepFile(url: string, { bytes, ...said }: CachedFile): void {
    const place = this.place('file', url)
    this.write(place, bytes)
    this.write(`${place}.json`, JSON.stringify(said))
    this.makeRoom(place)
  }

  /** The server says that nothing is new. */
  renewFile(url: string): void {
    const now = Date.now() / 1000
    utimesSync(`${this.place('file', url)}.json`, now, now)
  }

  /** A short text that is no older than `ttl` seconds. */
  text(key: string, ttl: number): string | null {
    const place = this.place('text', key)
    return existsSync(place) && isYounger(place, ttl) ? readFileSync(place, 'utf8') : null
  }

  keepText(key: string, text: string): void {
    this.write(this.place('text', key), text)
  }

  /** Whether something was done less than `ttl` seconds ago. */
  isFresh(key: string, ttl: number): boolean {
    return this.text(key, ttl) !== null
  }

  stamp(key: string): void {
    this.keepText(key, '')
  }

  private makeRoom(newest: string): void {
    if (this.maxBytes === Infinity) return
    const directory = join(newest, '..')
    const files = readdirSync(directory)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => join(directory, name))
      .map((path) => ({ path, size: statSync(path).size, time: statSync(path).mtimeMs }))
      .sort((a, b) => a.time - b.time)
    let size = files.reduce((sum, file) => sum + file.size, 0)
    for (const file of files) {
      if (size <= this.maxBytes || file.path === newest) continue
      rmSync(`${file.path}.json`, { force: true })
      rmSync(file.path, { force: true })
      size -= file.size
    }
  }

  private place(kind: string, key: string): string {
    return join(this.directory, kind, createHash('sha256').update(key).digest('hex'))
  }

  /** Whoever reads meanwhile reads the old or the new, whole. */
  private write(path: string, contents: Uint8Array | string): void {
    mkdirSync(join(path, '..'), { recursive: true })
    const temporary = `${path}.${process.pid}`
    writeFileSync(temporary, contents)
    renameSync(temporary, path)
  }
}

function isYounger(path: string, seconds: number): boolean {
  return Date.now() - statSync(path).mtimeMs < seconds * 1000
}
