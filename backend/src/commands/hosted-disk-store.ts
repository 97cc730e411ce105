/** A store on disk for a command: with the files of this machine around it. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { parseStorePath, storePathOf } from '@snowglobe/shared/store-path'
import type { HostedStore, NarSummary } from '@snowglobe/worker/commands/store-host'
import { StoreError } from '@snowglobe/worker/store/store'
import { LogArchive } from '../build/log-archive'
import { addPath } from '../store/add-path'
import { canonicalise } from '../store/canonicalise'
import type { DiskStore } from '../store/disk-store'
import { inspectPath } from '../store/dump-path'
import { addRoot } from './add-root'
import type { StoreLocation } from './store-location'

/** @param realise makes paths valid that are not: another part of the backend */
export function hostedStore(
  store: DiskStore,
  { layout, storeDir, logDirectory }: StoreLocation,
  workingDirectory: string,
  realise: HostedStore['realise'],
): HostedStore {
  const archive = new LogArchive(join(logDirectory, 'drvs'))
  const placeOf = (path: ByteString) => resolve(workingDirectory, byteStringToUtf8(path))
  const additions: Omit<HostedStore, keyof DiskStore> & Pick<HostedStore, 'addIndirectRoot'> = {
    followLinks: (path) => followLinks(storeDir, placeOf(path)),
    addIndirectRoot: (link, path) => addRoot(store, placeOf(link), path),
    unregisteredPaths: () =>
      readdirSync(layout.store, 'latin1')
        .map((name) => `${storeDir}/${name}`)
        .filter((path) => path !== `${storeDir}/.links` && !store.isValidPath(path)),
    inspect: (path): Promise<NarSummary> => inspectPath(store.realPath(path), []),
    canonicalise: (path) => canonicalise(store.realPath(path)),
    addFiles: (source, name, options: { method: 'flat' | 'recursive'; algorithm: HashAlgorithm }) =>
      addPath(store, utf8ToByteString(placeOf(source)), name, options),
    buildLog: async (derivation) => {
      const log = archive.read(derivation)
      return log === null ? null : (await buffer(log)).toString('latin1')
    },
    realise,
  }
  return Object.assign(hosted(store), additions)
}

/** A view of the store that can be given more methods without changing it. */
function hosted(store: DiskStore): DiskStore {
  return Object.setPrototypeOf({}, store) as DiskStore
}

/** Nix's `followLinksToStorePath`: links are followed until one leads into the store. */
function followLinks(storeDir: ByteString, given: string): ByteString {
  let path = given
  const inStore = () => utf8ToByteString(path).startsWith(`${storeDir}/`)
  while (!inStore() && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    path = resolve(dirname(path), readlinkSync(path))
  if (!inStore()) throw new StoreError(`path '${utf8ToByteString(path)}' is not in the Nix store`)
  const found = storePathOf(storeDir, utf8ToByteString(path))
  parseStorePath(storeDir, found)
  return found
}
