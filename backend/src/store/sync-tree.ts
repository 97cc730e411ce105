/** Makes files durable: what they hold, and their names. */
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer } from './byte-path'

/** All that lies at a path, as Nix does where `fsync-store-paths` is set; not the name of the path itself. */
export async function syncTree(path: ByteString): Promise<void> {
  const status = lstatSync(pathBuffer(path))
  if (status.isDirectory())
    for (const name of readdirSync(pathBuffer(path), 'latin1')) await syncTree(`${path}/${name}`)
  // A link has no contents of its own: it is a name in its directory.
  if (!status.isDirectory() && !status.isFile()) return
  syncNode(pathBuffer(path))
  await setImmediate()
}

/** A file, or the names in a directory. */
export function syncNode(path: Buffer | string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
