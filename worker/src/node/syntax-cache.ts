/** Trees of files in binary form, kept on disk from one command to the next. */
import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import process from 'node:process'
import { formatVersion } from '../language/binary-tree'
import { encodeTree } from '../language/encode-tree'
import { storedTree } from '../language/decode-tree'
import type { StoredTree, SyntaxCache } from '../language/file-tree'
import type { SyntaxTree } from '../language/parser'
import { makeDirectory } from './make-directory'

/** Smaller files are parsed in the time that looking them up would take. */
const smallestFile = 150
/** Beyond so many bytes the cache begins anew: nixpkgs as a whole takes 15 MB. */
const defaultCapacity = 200 * 1024 * 1024
/** How long another process that writes is waited for. */
const busyMilliseconds = 200

/** Where a user's cache lies: `$XDG_CACHE_HOME/snowglobe/syntax-VERSION.sqlite`. */
export function syntaxCacheFile(cacheHome: string): string {
  return `${cacheHome}/snowglobe/syntax-${formatVersion}.sqlite`
}

/**
 * A database of trees by the hashes of their texts. Nothing in it is needed: whatever fails, files are
 * parsed. Several processes may use it; what is damaged is thrown away.
 */
export class DiskSyntaxCache implements SyntaxCache {
  private database: DatabaseSync | null = null
  private lookUp: StatementSync | null = null
  /** Failed, or closed. */
  private isOff = false
  private readonly parsed: { key: Buffer; tree: SyntaxTree; fingerprint: number }[] = []

  constructor(
    private readonly file: string,
    private readonly capacity = defaultCapacity,
  ) {}

  load(source: Uint8Array, fingerprint: number): StoredTree | null {
    if (source.length < smallestFile) return null
    return this.attempt(() => {
      this.lookUp ??= this.open().prepare(
        'select tree from trees where source = ? and settings = ?',
      )
      const row = this.lookUp.get(keyOf(source), fingerprint)
      return row === undefined ? null : storedTree(row.tree as Uint8Array)
    })
  }

  save(source: Uint8Array, tree: SyntaxTree, fingerprint: number): void {
    if (source.length < smallestFile || this.isOff) return
    this.parsed.push({ key: keyOf(source), tree, fingerprint })
  }

  /** Writes what was parsed, all or nothing, and closes the cache. */
  close(): void {
    if (this.parsed.length > 0) this.attempt(() => this.write(this.open()))
    this.attempt(() => this.database?.close())
    this.isOff = true
  }

  private open(): DatabaseSync {
    if (this.database !== null) return this.database
    makeDirectory(dirname(this.file), 0o700)
    // Commands that read no large file start faster without SQLite.
    const sqlite = process.getBuiltinModule('node:sqlite')
    const database = new sqlite.DatabaseSync(this.file, { timeout: busyMilliseconds })
    this.database = database
    // Most trees fit a page of this size, and are read at once.
    database.exec('pragma page_size = 32768')
    // After a power failure the cache may be lost, which is no harm.
    database.exec('pragma journal_mode = wal; pragma synchronous = off')
    database.exec(
      'create table if not exists trees (source blob, settings integer, tree blob not null, ' +
        'primary key (source, settings)) without rowid',
    )
    return database
  }

  private write(database: DatabaseSync): void {
    const encoded = this.parsed.map(({ key, tree, fingerprint }) => {
      return { key, fingerprint, bytes: encodeTree(tree, fingerprint) }
    })
    database.exec('begin immediate')
    const pages = database.prepare('pragma page_count').get()!.page_count as number
    const pageSize = database.prepare('pragma page_size').get()!.page_size as number
    const free = database.prepare('pragma freelist_count').get()!.freelist_count as number
    if ((pages - free) * pageSize > this.capacity) database.exec('delete from trees')
    // What was there for the text was of no use.
    const insert = database.prepare('insert or replace into trees values (?, ?, ?)')
    for (const { key, fingerprint, bytes } of encoded) {
      if (bytes !== null) insert.run(key, fingerprint, bytes)
    }
    database.exec('commit')
  }

  private attempt<T>(work: () => T): T | null {
    if (this.isOff) return null
    try {
      return work()
    } catch (error) {
      this.isOff = true
      try {
        this.database?.close()
        if (isDamage(error)) this.remove()
      } catch {
        // It stays as it is, unused.
      }
      return null
    }
  }

  private remove(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.file + suffix, { force: true })
  }
}

function keyOf(source: Uint8Array): Buffer {
  return hash('sha256', source, 'buffer')
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, and a table that is not ours. */
function isDamage(error: unknown): boolean {
  const { errcode } = error as { errcode?: number }
  return errcode === 1 || errcode === 11 || errcode === 26
}
