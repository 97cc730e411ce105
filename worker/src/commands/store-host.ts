import type { ByteString } from '@snowglobe/shared/bytes'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import type { PathInfo, Store } from '../store/store'
import type { Settings } from './settings'

/** The hash and size of a NAR. */
export interface NarSummary {
  /** SHA-256, raw. */
  narHash: Uint8Array
  narSize: number
}

/**
 * A store, and what a command needs of the machine that it is on. Paths of files may begin at the
 * working directory.
 */
export interface HostedStore extends Store {
  /**
   * The store path that a path of this machine means or leads to by links, like `./result`.
   *
   * @throws StoreError if it leads to none
   */
  followLinks(path: ByteString): ByteString
  /** Links a path from outside the store and makes that a root. Throws if something else is there. */
  addIndirectRoot(link: ByteString, path: ByteString): Promise<void>
  /** What lies in the store directory without being registered. */
  unregisteredPaths(): ByteString[]
  /** Hashes the files of a path as they are now, whether or not it is valid. */
  inspect(path: ByteString): Promise<NarSummary>
  /** Gives the files of a path that is not registered yet the modes and times that the store has. */
  canonicalise(path: ByteString): Promise<void>
  /** Registers paths whose files are in the store directory already. */
  register(infos: readonly PathInfo[]): Promise<void>
  /** Copies files of this machine into the store. Gives the path. */
  addFiles(
    source: ByteString,
    name: ByteString,
    options: { method: 'flat' | 'recursive'; algorithm: HashAlgorithm },
  ): Promise<ByteString>
  /** The log of a derivation's build, or null. */
  buildLog(derivation: ByteString): Promise<ByteString | null>
  /** Makes equal files one. */
  optimise(): Promise<{ filesLinked: number; bytesFreed: number }>
  /**
   * Makes paths valid: substitutes them, or builds derivations. Of a derivation `outputs` are wanted, all
   * if there are none. Gives the exit status; what failed has been told. Without `showPlan: false` it is
   * told before what will be done.
   */
  realise(
    wanted: readonly { path: ByteString; outputs: readonly ByteString[] }[],
    options: { mode: 'normal' | 'check' | 'repair'; dryRun: boolean; showPlan?: boolean },
  ): Promise<number>
  close(): void
}

/** What `nix-store` needs of where it runs. Text is byte strings; paths may begin at the working directory. */
export interface StoreCommandSurroundings {
  readonly workingDirectory: ByteString
  /** What is configured for every command. Throws UsageError and StoreError. */
  configuredSettings(): Settings
  openStore(settings: Settings): Promise<HostedStore>
  readStandardInput(): Promise<Uint8Array>
  writeOutput(text: ByteString): void
  writeBytes(bytes: Uint8Array): void
  writeError(text: ByteString): void
  /** Writes the NAR of files that need not be in a store. */
  dumpFiles(path: ByteString, write: (piece: Uint8Array) => void): void
  /** Writes the files of a NAR where nothing is yet. */
  restoreFiles(path: ByteString, nar: Uint8Array): Promise<void>
  writeFile(path: ByteString, text: ByteString, mode: number): void
  randomBytes(count: number): Uint8Array
}
