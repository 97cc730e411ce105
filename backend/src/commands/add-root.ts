import { lstatSync, readlinkSync } from 'node:fs'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { StoreError } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'

/**
 * Links an absolute place outside the store to a path and makes that a root. Throws StoreError where
 * something else lies that a root must not replace.
 */
export async function addRoot(store: DiskStore, place: string, path: ByteString): Promise<void> {
  const isInStore = (file: string) => utf8ToByteString(file).startsWith(`${store.storeDir}/`)
  if (isInStore(place)) {
    throw new StoreError(
      `creating a garbage collector root (${utf8ToByteString(place)}) in the Nix store is forbidden ` +
        '(are you running nix-build inside the store?)',
    )
  }
  const status = lstatSync(place, { throwIfNoEntry: false })
  const isFree = status === undefined || (status.isSymbolicLink() && isInStore(readlinkSync(place)))
  if (!isFree) {
    throw new StoreError(`cannot create symlink '${utf8ToByteString(place)}'; already exists`)
  }
  await store.addIndirectRoot(place, path)
}
