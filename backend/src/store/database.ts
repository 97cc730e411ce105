/**
 * Nix's own database of valid paths (libstore/schema.sql, schema 10): real Nix opens the same file.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { decodeBase16, encodeBase16 } from '@snowglobe/shared/base16'
import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError, type PathInfo } from '@snowglobe/worker/store/store'
import { StoreGraph, type GraphNode } from '@snowglobe/worker/store/store-graph'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'

/** What Nix writes into the file `schema` beside the database. */
const schemaVersion = '10'

const schema = `
create table if not exists ValidPaths (
    id               integer primary key autoincrement not null,
    path             text unique not null,
    hash             text not null,
    registrationTime integer not null,
    deriver          text,
    narSize          integer,
    ultimate         integer, -- null implies "false"
    sigs             text, -- space-separated
    ca               text -- if not null, an assertion that the path is content-addressed; see ValidPathInfo
);

create table if not exists Refs (
    referrer  integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
);

create index if not exists IndexReferrer on Refs(referrer);
create index if not exists IndexReference on Refs(reference);

-- Paths can refer to themselves, causing a tuple (N, N) in the Refs
-- table.  This causes a deletion of the corresponding row in
-- ValidPaths to cause a foreign key constraint violation (due to \`on
-- delete restrict' on the \`reference' column).  Therefore, explicitly
-- get rid of self-references.
create trigger if not exists DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;

create table if not exists DerivationOutputs (
    drv  integer not null,
    id   text not null, -- symbolic output id, usually "out"
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
);

create index if not exists IndexDerivationOutputs on DerivationOutputs(path);

-- What content-addressed outputs have become (libstore/ca-specific-schema.sql of Nix 2.36).
create table if not exists BuildTraceV3 (
    id integer primary key autoincrement not null,
    drvPath text not null,
    outputName text not null, -- symbolic output id, usually "out"
    outputPath text not null,
    signatures text -- space-separated list
);

create index if not exists IndexBuildTraceV3 on BuildTraceV3(drvPath, outputName);
`

const hashPrefix = 'sha256:'

/** SQLite's SQLITE_CONSTRAINT; the bits above say which. */
const sqliteConstraint = 19

interface Row {
  id: number
  path: string
  hash: string
  registrationTime: number
  deriver: string | null
  narSize: number | null
  ultimate: number | null
  sigs: string | null
  ca: string | null
}

/** The outputs of a `.drv`, to be registered with it. */
export type OutputsOfDerivation = (path: ByteString) => ReadonlyMap<ByteString, ByteString>

/** What may be asked of the database, and the one way to change it. */
export class StoreDatabase {
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()

  /** `directory` is Nix's `db`; it is made if it is not there. Throws StoreError. */
  constructor(directory: string) {
    makeDirectory(directory)
    const schemaFile = join(directory, 'schema')
    const found = existsSync(schemaFile) ? readFileSync(schemaFile, 'utf8').trim() : null
    if (found !== null && found !== schemaVersion)
      throw new StoreError(
        `the store's database has schema ${found}, but this version knows ${schemaVersion} only`,
      )
    this.database = new DatabaseSync(join(directory, 'db.sqlite'), { timeout: 10_000 })
    this.database.exec(
      'pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = normal; ' +
        // Nix's own: many paths are added with few fsyncs.
        'pragma wal_autocheckpoint = 40000',
    )
    this.database.exec(schema)
    if (found === null) writeFileSync(schemaFile, schemaVersion)
  }

  close(): void {
    this.statements.clear()
    this.database.close()
  }

  pathInfo(path: ByteString): PathInfo | null {
    const row = this.get('select * from ValidPaths where path = ?', path) as Row | undefined
    if (row === undefined) return null
    const references = this.all(
      'select path from Refs join ValidPaths on reference = id where referrer = ?',
      row.id,
    )
    return infoOf(row, references.map((reference) => String(reference['path'])).sort())
  }

  /** Those of these paths that are valid, and all that they refer to, directly or not. */
  closure(paths: Iterable<ByteString>): Set<ByteString> {
    const row = this.get(
      `with recursive closure(id) as (
         select valid.id from json_each(?) wanted join ValidPaths valid on valid.path = wanted.value
         union select reference from closure join Refs on referrer = id
       ) select json_group_array(path) as paths from closure join ValidPaths using (id)`,
      JSON.stringify([...paths]),
    )
    return pathsOf(row)
  }

  allPathInfos(): PathInfo[] {
    const rows = this.all('select * from ValidPaths order by path') as unknown as Row[]
    const references = this.referencesById(new Map(rows.map(({ id, path }) => [id, path])))
    return rows.map((row) => infoOf(row, references.get(row.id)?.sort() ?? []))
  }

  /** References, derivers and outputs of the whole store. */
  graph(): StoreGraph {
    const rows = this.rows<[id: number, path: string, deriver: string | null, size: number | null]>(
      'select id, path, deriver, narSize from ValidPaths',
    )
    const paths = new Map(rows.map(([id, path]) => [id, path]))
    const references = this.referencesById(paths)
    const nodes = new Map<ByteString, GraphNode>()
    for (const [id, path, deriver, narSize] of rows)
      nodes.set(path, { references: references.get(id) ?? [], deriver, narSize: narSize ?? 0 })
    const outputs = new Map<ByteString, Map<ByteString, ByteString>>()
    for (const [id, name, path] of this.rows<[number, string, string]>(
      'select drv, id, path from DerivationOutputs',
    )) {
      const derivation = paths.get(id)!
      const known = outputs.get(derivation)
      if (known === undefined) outputs.set(derivation, new Map([[name, path]]))
      else known.set(name, path)
    }
    return new StoreGraph(nodes, outputs)
  }

  /** Of each referrer what it refers to, ids being those of `paths`. */
  private referencesById(paths: ReadonlyMap<number, ByteString>): Map<number, ByteString[]> {
    const references = new Map<number, ByteString[]>()
    for (const [referrer, id] of this.rows<[number, number]>(
      'select referrer, reference from Refs',
    )) {
      const reference = paths.get(id)!
      const known = references.get(referrer)
      if (known === undefined) references.set(referrer, [reference])
      else known.push(reference)
    }
    return references
  }

  /** The output paths that a valid derivation has, by output name. */
  derivationOutputs(path: ByteString): Map<ByteString, ByteString> {
    const rows = this.all(
      `select id, path from DerivationOutputs
       where drv = (select id from ValidPaths where path = ?) order by id`,
      path,
    )
    return new Map(rows.map((row) => [String(row['id']), String(row['path'])]))
  }

  validDerivers(path: ByteString): ByteString[] {
    return this.all(
      `select v.path from DerivationOutputs d join ValidPaths v on d.drv = v.id
       where d.path = ? order by v.path`,
      path,
    ).map((row) => String(row['path']))
  }

  /**
   * Makes paths invalid, in this order; those that others still refer to stay. Gives those that are not
   * valid any more.
   */
  invalidate(paths: readonly ByteString[]): ByteString[] {
    this.database.exec('begin immediate')
    try {
      const gone = paths.filter((path) => {
        try {
          this.run('delete from ValidPaths where path = ?', path)
          return true
        } catch (error) {
          if (isConstraint(error)) return false
          throw error
        }
      })
      this.database.exec('commit')
      return gone
    } catch (error) {
      this.database.exec('rollback')
      throw error
    }
  }

  isValid(path: ByteString): boolean {
    return this.get('select id from ValidPaths where path = ?', path) !== undefined
  }

  /** Those of these paths that are valid: one question for all. */
  validAmong(paths: readonly ByteString[]): Set<ByteString> {
    const row = this.get(
      `select json_group_array(path) as paths from ValidPaths
       where path in (select value from json_each(?))`,
      JSON.stringify(paths),
    )
    return pathsOf(row)
  }

  allValidPaths(): ByteString[] {
    return this.all('select path from ValidPaths order by path').map((row) => String(row['path']))
  }

  referrers(path: ByteString): ByteString[] {
    return this.all(
      `select path from Refs join ValidPaths on referrer = id
       where reference = (select id from ValidPaths where path = ?) and path != ? order by path`,
      path,
      path,
    ).map((row) => String(row['path']))
  }

  /** The valid path that begins so: the store directory, a slash and a hash part. */
  pathWithPrefix(prefix: ByteString): ByteString | null {
    const row = this.get('select path from ValidPaths where path >= ? limit 1', prefix)
    const path = row === undefined ? null : String(row['path'])
    return path !== null && path.startsWith(prefix) ? path : null
  }

  /**
   * Registers paths in one transaction: all or none. References must be valid or among them. What was
   * known of a path that is valid already is replaced.
   */
  register(infos: readonly PathInfo[], outputsOf: OutputsOfDerivation): void {
    this.database.exec('begin immediate')
    try {
      const ids = new Map<ByteString, number>()
      for (const info of infos) ids.set(info.path, this.insert(info))
      for (const info of infos)
        for (const reference of info.references)
          this.run(
            'insert or replace into Refs (referrer, reference) values (?, ?)',
            this.idOf(info.path, ids),
            this.idOf(reference, ids),
          )
      for (const info of infos)
        for (const [output, path] of outputsOf(info.path))
          this.run(
            'insert or replace into DerivationOutputs (drv, id, path) values (?, ?, ?)',
            this.idOf(info.path, ids),
            output,
            path,
          )
      this.database.exec('commit')
    } catch (error) {
      this.database.exec('rollback')
      throw error
    }
  }

  /** The path that an output of a derivation has become, or null. It need not be valid any more. */
  realisation(drvPath: ByteString, output: ByteString): ByteString | null {
    const row = this.get(
      'select outputPath from BuildTraceV3 where drvPath = ? and outputName = ?',
      baseName(drvPath),
      output,
    )
    return row === undefined ? null : `${dirName(drvPath)}/${String(row['outputPath'])}`
  }

  /** Notes what an output has become; what was known of it before is forgotten. */
  registerRealisation(drvPath: ByteString, output: ByteString, path: ByteString): void {
    if (this.realisation(drvPath, output) === path) return
    const key = [baseName(drvPath), output]
    this.run('delete from BuildTraceV3 where drvPath = ? and outputName = ?', ...key)
    this.run(
      'insert into BuildTraceV3 (drvPath, outputName, outputPath) values (?, ?, ?)',
      ...key,
      baseName(path),
    )
  }

  private insert(info: PathInfo): number {
    const known = this.get('select id from ValidPaths where path = ?', info.path)
    if (known !== undefined) {
      const id = Number(known['id'])
      this.run('delete from Refs where referrer = ?', id)
      this.run(
        `update ValidPaths set hash = ?, deriver = ?, narSize = ?, ultimate = ?, sigs = ?, ca = ?
         where id = ?`,
        hashPrefix + encodeBase16(info.narHash),
        info.deriver,
        info.narSize,
        info.ultimate ? 1 : null,
        info.signatures.length === 0 ? null : info.signatures.join(' '),
        info.contentAddress,
        id,
      )
      return id
    }
    const { lastInsertRowid } = this.statement(
      `insert into ValidPaths
         (path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      info.path,
      hashPrefix + encodeBase16(info.narHash),
      info.registrationTime,
      info.deriver,
      info.narSize,
      info.ultimate ? 1 : null,
      info.signatures.length === 0 ? null : info.signatures.join(' '),
      info.contentAddress,
    )
    return Number(lastInsertRowid)
  }

  private idOf(path: ByteString, known: Map<ByteString, number>): number {
    const id = known.get(path)
    if (id !== undefined) return id
    const row = this.get('select id from ValidPaths where path = ?', path)
    if (row === undefined) throw new StoreError(`path '${path}' is not valid`)
    known.set(path, Number(row['id']))
    return Number(row['id'])
  }

  private get(sql: string, ...values: (string | number)[]) {
    return this.statement(sql).get(...values)
  }

  private all(sql: string, ...values: (string | number)[]) {
    return this.statement(sql).all(...values)
  }

  /** Many rows: as arrays, which are made in half the time. */
  private rows<Columns extends unknown[]>(sql: string): Columns[] {
    const statement = this.database.prepare(sql)
    statement.setReturnArrays(true)
    return statement.all() as unknown as Columns[]
  }

  private run(sql: string, ...values: (string | number | null)[]) {
    return this.statement(sql).run(...values)
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql)
    if (statement === undefined) this.statements.set(sql, (statement = this.database.prepare(sql)))
    return statement
  }
}

/** Whether the database refuses a change because something else refers to what would be changed. */
function isConstraint(error: unknown): boolean {
  const { errcode } = error as { errcode?: number }
  return errcode !== undefined && (errcode & 0xff) === sqliteConstraint
}

/** Of one value that holds them all: to make a row of each takes longer than to find it. */
function pathsOf(row: Record<string, unknown> | undefined): Set<ByteString> {
  return new Set(JSON.parse(String(row?.['paths'])) as ByteString[])
}

function infoOf(row: Row, references: ByteString[]): PathInfo {
  return {
    path: row.path,
    narHash: parseNarHash(row),
    narSize: row.narSize ?? 0,
    references,
    deriver: row.deriver,
    contentAddress: row.ca === '' ? null : row.ca,
    signatures: (row.sigs ?? '').split(' ').filter((signature) => signature !== ''),
    registrationTime: row.registrationTime,
    ultimate: row.ultimate === 1,
  }
}

function parseNarHash(row: Row): Uint8Array {
  if (!row.hash.startsWith(hashPrefix))
    throw new StoreError(`the database has an odd hash for '${row.path}': ${row.hash}`)
  return decodeBase16(row.hash.slice(hashPrefix.length))
}

function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}

function dirName(path: ByteString): ByteString {
  return path.slice(0, path.lastIndexOf('/'))
}
