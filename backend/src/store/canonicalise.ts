import { chmodSync, lchownSync, lstatSync, lutimesSync, readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError } from '@snowglobe/worker/store/store'
import { pathBuffer, pathBytes } from './byte-path'

/** Every file of the store was last changed one second after 1970 began, as Nix has it. */
export const storeTime = 1

/** How many files are changed before others get their turn. */
const filesBetweenTurns = 200

/** What Nix leaves of a file's mode: whether its owner may execute it. */
export function canonicalMode(status: { mode: number; isDirectory(): boolean }): number {
  return status.isDirectory() || (status.mode & 0o100) !== 0 ? 0o555 : 0o444
}

/**
 * Gives the files at a path, which nobody else may change meanwhile, the modes, times and (to root)
 * the owner that everything in the store has. Throws StoreError for a device, socket or pipe.
 */
export async function canonicalise(path: string): Promise<void> {
  const own = process.getuid?.() === 0
  let untilTurn = filesBetweenTurns
  const visit = async (path: ByteString): Promise<void> => {
    const names = canonicaliseFile(path, own)
    if (--untilTurn === 0) {
      untilTurn = filesBetweenTurns
      await setImmediate()
    }
    for (const name of names ?? []) await visit(`${path}/${name}`)
    if (names !== null) closeDirectory(pathBuffer(path))
  }
  await visit(pathBytes(path))
}

/** Gives the names in a directory, which stays open to its owner; null for any other file. */
function canonicaliseFile(path: ByteString, own: boolean): ByteString[] | null {
  const file = pathBuffer(path)
  const status = lstatSync(file)
  if (!status.isFile() && !status.isDirectory() && !status.isSymbolicLink())
    throw new StoreError(`file '${path}' has an unsupported type`)
  if (own) lchownSync(file, 0, 0)
  if (status.isDirectory()) {
    // A builder may have closed it even to its owner.
    chmodSync(file, 0o700)
    return readdirSync(file, 'latin1')
  }
  if (status.isFile()) chmodSync(file, canonicalMode(status))
  lutimesSync(file, storeTime, storeTime)
  return null
}

function closeDirectory(directory: Buffer): void {
  chmodSync(directory, 0o555)
  lutimesSync(directory, storeTime, storeTime)
}
