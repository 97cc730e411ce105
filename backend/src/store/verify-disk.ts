import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { encodeBase32 } from '@snowglobe/shared/base32'
import type { ByteString } from '@snowglobe/shared/bytes'
import { equalBytes } from '@snowglobe/worker/store/check-entry'
import type { Damage, PathInfo, VerifyOptions } from '@snowglobe/worker/store/store'
import { pathBytes } from './byte-path'
import type { StoreDatabase } from './database'
import { hashFiles, inspectPath } from './dump-path'

export interface DiskVerifyOptions extends VerifyOptions {
  /** Told of a file in `.links` whose contents are not what its name says; it is removed by a repair. */
  onBadLink?: (link: string, hash: string) => void
}

export interface VerifyContext {
  storeDir: ByteString
  /** Where the files of the store lie. */
  realStoreDir: string
  database: StoreDatabase
  repair(path: ByteString, nar: Uint8Array): Promise<void>
}

/** Compares the database with what lies on disk, in Nix's order. */
export async function verifyDisk(
  context: VerifyContext,
  options: DiskVerifyOptions,
): Promise<Damage[]> {
  const { database, storeDir, realStoreDir } = context
  const tell = options.onProgress ?? (() => {})
  const damages: Damage[] = []
  const note = async (
    { path, narHash }: PathInfo,
    kind: Damage['kind'],
    found: Uint8Array | null,
  ) => {
    const right = kind === 'disappeared' ? null : ((await options.repair?.(path)) ?? null)
    if (right !== null) await context.repair(path, right)
    const damage: Damage = { path, kind, expected: narHash, found, repaired: right !== null }
    options.onDamage?.(damage)
    damages.push(damage)
  }
  tell('reading the Nix store...')
  const names = new Set(readdirSync(realStoreDir, 'latin1'))
  tell('checking path existence...')
  const infos = database.allPathInfos()
  const byPath = new Map(infos.map((info) => [info.path, info]))
  const missing = infos
    .map(({ path }) => path)
    .filter((path) => !names.has(path.slice(storeDir.length + 1)))
  // What refers to a path stands before it: it may go first.
  for (const path of database.graph().sorted(missing).reverse()) {
    const gone = database.invalidate([path]).length === 1
    await note(byPath.get(path)!, gone ? 'disappeared' : 'in-use', null)
  }
  if (!options.checkContents) return damages
  tell('checking link hashes...')
  await verifyLinks(join(realStoreDir, '.links'), options)
  tell('checking store hashes...')
  const present = infos.filter(({ path }) => !missing.includes(path))
  for (const info of present) {
    const found = await hashOf(context, info)
    if (found !== null && !equalBytes(found, info.narHash)) await note(info, 'modified', found)
  }
  return damages
}

/** Null for a path that was deleted meanwhile. */
async function hashOf(
  { database, storeDir, realStoreDir }: VerifyContext,
  { path }: PathInfo,
): Promise<Uint8Array | null> {
  const real = `${pathBytes(realStoreDir)}/${path.slice(storeDir.length + 1)}`
  try {
    return (await inspectPath(Buffer.from(real, 'latin1').toString(), [])).narHash
  } catch (error) {
    if (database.isValid(path)) throw error
    return null
  }
}

async function verifyLinks(directory: string, options: DiskVerifyOptions): Promise<void> {
  for (const name of readdirSync(directory)) {
    const link = join(directory, name)
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) continue
    const hash = encodeBase32(hashFiles(pathBytes(link)))
    if (hash !== name) {
      options.onBadLink?.(link, hash)
      if (options.repair !== undefined) unlinkSync(link)
    }
    await setImmediate()
  }
}
