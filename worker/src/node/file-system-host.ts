/** The host of evaluations on a machine: its file system, its environment, a store on disk. */
import { homedir } from 'node:os'
import { existsSync, readFileSync } from 'node:fs'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { CommandHost } from '../commands/command-host'
import type { SyntaxCache } from '../language/file-tree'
import { canonicalPath } from '../language/canonical-path'
import type { Host } from '../evaluator/host'
import { isElsewhere } from '../evaluator/search-path'
import { MountAccessor } from '../store/mount-accessor'
import { OverlayEvalStore } from '../store/overlay-eval-store'
import type { StoreEntry } from '../store/store'
import { execute } from './execute'
import { FileSystemAccessor } from './file-system-accessor'
import { SubtreeAccessor } from './subtree-accessor'

export interface FileSystemHostOptions {
  /** What paths speak of: `/nix/store`. */
  storeDir: ByteString
  /** Where those files lie on this machine. */
  realStoreDir: string
  /** Entries like `name=path` or `path`, in order. */
  searchPath: readonly ByteString[]
  system: ByteString
  workingDirectory: ByteString
  environment: Readonly<Record<string, string | undefined>>
  message: Host['message']
  /** Where syntax trees are kept from one command to the next, if they are. */
  syntaxCache?: SyntaxCache
  /** Writes what was added, all or nothing; null in read-only mode. */
  write: ((entries: StoreEntry[]) => Promise<void>) | null
  /** Gives the paths of outputs; see Host. Absent where nothing can be built. */
  realise?: NonNullable<Host['realise']>
  /** Fetches from elsewhere; see Host. */
  fetch?: NonNullable<Host['fetch']>
  /** Gets closures from binary caches; see Host. */
  fetchClosure?: NonNullable<Host['fetchClosure']>
  /** What paths that were in the store before refer to; nothing where it is not said. */
  references?: (path: ByteString) => readonly ByteString[]
}

/** Makes a host for one command. */
export function fileSystemHost(options: FileSystemHostOptions): CommandHost {
  const { storeDir, realStoreDir, workingDirectory } = options
  const real = (path: ByteString) =>
    `${realStoreDir}/${Buffer.from(path.slice(storeDir.length + 1), 'latin1').toString()}`
  const store = new OverlayEvalStore({
    storeDir,
    isKnown: (path) => existsSync(real(path)),
    readDerivationText: (path) => readFileSync(real(path), 'latin1'),
    ...(options.references && { references: options.references }),
  })
  const disk = new FileSystemAccessor()
  const files = new MountAccessor([
    { at: '/', files: disk },
    {
      at: storeDir,
      files: store.filesOver(new SubtreeAccessor(disk, utf8ToByteString(realStoreDir))),
    },
  ])
  const absolute = (path: ByteString) =>
    isElsewhere(path)
      ? path
      : canonicalPath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)
  return {
    files,
    store,
    system: options.system,
    nixPath: options.searchPath.map((entry) => {
      const equals = entry.indexOf('=')
      return equals < 0
        ? { prefix: '', path: absolute(entry) }
        : { prefix: entry.slice(0, equals), path: absolute(entry.slice(equals + 1)) }
    }),
    homeDirectory: utf8ToByteString(options.environment.HOME ?? homedir()),
    environmentVariable: (name) =>
      utf8ToByteString(options.environment[Buffer.from(name, 'latin1').toString()] ?? ''),
    currentTime: () => Math.floor(Date.now() / 1000),
    message: options.message,
    ...(options.syntaxCache && { syntaxCache: options.syntaxCache }),
    ...(options.realise === undefined ? {} : { realise: options.realise }),
    ...(options.fetch && { fetch: options.fetch }),
    ...(options.fetchClosure && { fetchClosure: options.fetchClosure }),
    execute,
    async flush() {
      if (options.write === null) return
      const added = store.takeAdded()
      if (added.length > 0) await options.write(added)
    },
  }
}
