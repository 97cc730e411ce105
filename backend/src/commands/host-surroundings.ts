/** The surroundings of a command that runs in a terminal of this machine. */
import { readFileSync, writeSync } from 'node:fs'
import process from 'node:process'
import {
  bytesToByteString,
  byteStringToBytes,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import type { CommandSurroundings, HostSettings } from '@snowglobe/worker/commands/command-host'
import { fileSystemHost } from '@snowglobe/worker/node/file-system-host'
import { hostSystem } from './host-system'
import { storeLocation } from './store-location'

/** The surroundings that the process has. */
export function hostSurroundings(): CommandSurroundings {
  const workingDirectory = utf8ToByteString(process.cwd())
  return {
    workingDirectory,
    readStandardInput: async () => bytesToByteString(readFileSync(0)),
    writeOutput: (text) => write(1, text),
    writeError: (text) => write(2, text),
    makeHost: async (settings) => makeHost(settings, workingDirectory),
  }
}

function makeHost(settings: HostSettings, workingDirectory: ByteString) {
  const { layout, storeDir } = storeLocation(process.env)
  return fileSystemHost({
    storeDir,
    realStoreDir: layout.store,
    searchPath: [...settings.searchPath, ...searchPathOf(process.env.NIX_PATH ?? '')],
    system:
      settings.settings.text('eval-system') || settings.settings.text('system') || hostSystem(),
    workingDirectory,
    environment: process.env,
    message: (kind, text, terminal) => write(2, `${terminal ?? `${kind}: ${text}`}\n`),
    write: settings.readOnly
      ? null
      : async (entries) => {
          // Only commands that write need the store's code: the others start faster without it.
          const { DiskStore } = await import('../store/disk-store')
          const store = await DiskStore.openAt(layout, storeDir)
          try {
            await store.add(entries)
          } finally {
            store.close()
          }
        },
  })
}

/** The entries of NIX_PATH. Colons part them, but for those of URLs. */
function searchPathOf(text: string): ByteString[] {
  return text === '' ? [] : utf8ToByteString(text).split(/:(?!\/\/)/)
}

/** Writes all of it, however slowly the reader reads. */
function write(descriptor: number, text: ByteString): void {
  const bytes = byteStringToBytes(text)
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}
