/** The surroundings of `nix-store` on this machine. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  byteStringToBytes,
  byteStringToUtf8,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import type { Settings } from '@snowglobe/worker/commands/settings'
import type { HostedStore, StoreCommandSurroundings } from '@snowglobe/worker/commands/store-host'
import { pathBuffer } from '../store/byte-path'
import { DiskStore } from '../store/disk-store'
import { dumpPath } from '../store/dump-path'
import type { CommandProcess } from './command-process'
import { configuredSettings } from './configuration'
import { hostedStore } from './hosted-disk-store'
import { realiseIn } from './realise'
import { storeLocation, type StoreLocation } from './store-location'

export function storeSurroundings(of: CommandProcess): StoreCommandSurroundings {
  const place = (path: ByteString) => resolve(of.workingDirectory, byteStringToUtf8(path))
  return {
    workingDirectory: utf8ToByteString(of.workingDirectory),
    configuredSettings: () => configuredSettings(of.environment),
    openStore: async (settings) => (await openCommandStore(of, settings)).store,
    readStandardInput: () => of.readStandardInput(),
    writeOutput: (text) => of.write(1, text),
    writeBytes: (bytes) => of.writeBytes(bytes),
    writeError: (text) => of.write(2, text),
    dumpFiles: (path, take) => {
      for (const piece of dumpPath(place(path), { reuseBuffer: true })) take(piece)
    },
    restoreFiles: async (path, nar) => restoreFiles(readNar(nar), utf8ToByteString(place(path))),
    writeFile: (path, contents, mode) =>
      writeFileSync(place(path), byteStringToBytes(contents), { mode, flush: true }),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  }
}

/** Opens the store that a command means. Throws an Error that says what is wrong. */
export async function openCommandStore(
  of: Pick<CommandProcess, 'environment' | 'workingDirectory' | 'write'>,
  settings: Settings,
): Promise<{ store: HostedStore; disk: DiskStore; location: StoreLocation }> {
  const say = (message: ByteString) => of.write(2, message)
  const location = storeLocation(of.environment, settings)
  const { layout, storeDir, sync } = location
  const disk = await DiskStore.openAt(layout, storeDir, {
    sync,
    report: (message) => say(`${utf8ToByteString(message)}\n`),
  })
  const realise = realiseIn(disk, location, settings, say)
  return { store: hostedStore(disk, location, of.workingDirectory, realise), disk, location }
}

/** Writes files as anybody would, with the modes that the user's mask leaves. */
function restoreFiles(node: NarNode, path: ByteString): void {
  const place = pathBuffer(path)
  if (node.type === 'symlink') symlinkSync(pathBuffer(node.target), place)
  else if (node.type === 'regular') {
    writeFileSync(place, node.contents, { flag: 'wx', mode: node.executable ? 0o777 : 0o666 })
  } else {
    mkdirSync(place)
    for (const [name, entry] of node.entries) restoreFiles(entry, `${path}/${name}`)
  }
}
