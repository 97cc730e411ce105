/** The surroundings of a command that runs in a terminal of this machine. */
import { readFileSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import process from 'node:process'
import {
  byteStringToUtf8,
  bytesToByteString,
  byteStringToBytes,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import type { CommandBuilder } from '@snowglobe/worker/commands/command-builder'
import {
  BuildNeeded,
  type CommandSurroundings,
  type HostSettings,
} from '@snowglobe/worker/commands/command-host'
import type { Settings } from '@snowglobe/worker/commands/settings'
import type { Host } from '@snowglobe/worker/evaluator/host'
import { fileSystemHost } from '@snowglobe/worker/node/file-system-host'
import { DiskSyntaxCache, syntaxCacheFile } from '@snowglobe/worker/node/syntax-cache'
import type { DiskStore } from '../store/disk-store'
import { hostSystem } from './host-system'
import { storeLocation, type StoreLocation } from './store-location'

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

/** The same for commands that build. */
export function buildingSurroundings(): CommandSurroundings {
  const surroundings = hostSurroundings()
  return {
    ...surroundings,
    openBuilder: async (given) => {
      const location = locationOf(given.settings)
      const [store, { HostBuilder }] = await Promise.all([
        openStore(location),
        import('./host-builder'),
      ])
      return new HostBuilder(store, location, given, surroundings.writeError, () => store.close())
    },
  }
}

function locationOf(settings: Settings): StoreLocation {
  const store = settings.text('store')
  return storeLocation(process.env, store === undefined ? undefined : byteStringToUtf8(store))
}

async function openStore({ layout, storeDir }: StoreLocation): Promise<DiskStore> {
  // Only commands that write need the store's code: the others start faster without it.
  const { DiskStore } = await import('../store/disk-store')
  return DiskStore.openAt(layout, storeDir)
}

function makeHost(given: HostSettings, workingDirectory: ByteString) {
  const { settings, builder } = given
  const location = locationOf(settings)
  const { layout, storeDir } = location
  let told = 0
  let heard = 0
  return fileSystemHost({
    storeDir,
    realStoreDir: layout.store,
    searchPath: [...given.searchPath, ...searchPathOf(process.env.NIX_PATH ?? '')],
    system: settings.text('eval-system') || settings.text('system') || hostSystem(),
    workingDirectory,
    environment: process.env,
    syntaxCache: syntaxCache(),
    message: (kind, text, terminal) => {
      // An evaluation that is run again after a build says again what it has said.
      if (++heard <= told) return
      told = heard
      write(2, `${terminal ?? `${kind}: ${text}`}\n`)
    },
    write: given.readOnly
      ? null
      : async (entries) => {
          if (builder !== undefined) return builder.add(entries)
          const store = await openStore(location)
          try {
            await store.add(entries)
          } finally {
            store.close()
          }
        },
    ...(builder === undefined
      ? {}
      : {
          realise: realiseWith(builder, () => (heard = 0)),
        }),
  })
}

/** Evaluation gets outputs that are there; else it is run again when they are. */
function realiseWith(builder: CommandBuilder, again: () => void): NonNullable<Host['realise']> {
  return (needed) => {
    const wanted = needed.map(({ derivation, output }) => ({ drvPath: derivation, output }))
    const paths = wanted.map((one) => builder.validOutput(one))
    if (paths.every((path) => path !== null)) return paths
    again()
    throw new BuildNeeded(wanted)
  }
}

let cache: DiskSyntaxCache | null = null

/** The user's cache of syntax trees. What was parsed is added when the process ends. */
function syntaxCache(): DiskSyntaxCache {
  if (cache === null) {
    const home = process.env.XDG_CACHE_HOME || `${process.env.HOME ?? homedir()}/.cache`
    const opened = new DiskSyntaxCache(syntaxCacheFile(home))
    process.once('exit', () => opened.close())
    cache = opened
  }
  return cache
}

/** The entries of NIX_PATH. Colons part them, but for those of URLs. */
function searchPathOf(text: string): ByteString[] {
  return text === '' ? [] : utf8ToByteString(text).split(/:(?!\/\/)/)
}

/** Writes all of it, however slowly the reader reads. */
export function write(descriptor: number, text: ByteString): void {
  writeBytes(descriptor, byteStringToBytes(text))
}

export function writeBytes(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}
