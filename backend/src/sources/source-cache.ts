/** What was downloaded for evaluations, kept from one command to the next. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
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
  constructor(readonly directory: string) {}

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
