import type { Readable } from 'node:stream'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { ForeignSystem } from './foreign-format'
import type { LimitReached, Limits } from './limits'
import type { ResourceGroups } from './resource-group'
import type { Architecture } from './seccomp'
import type { BuildUser } from './work-directories'

/** What runs in a sandbox and what it sees. Strings that the builder gets are byte strings. */
export interface SandboxRequest {
  builder: ByteString
  args: readonly ByteString[]
  /** The whole environment, in order. */
  environment: readonly (readonly [ByteString, ByteString])[]
  /** The store directory inside, `/nix/store`. */
  storeDir: ByteString
  /** Store paths the builder may see. */
  inputs: readonly ByteString[]
  /** Where on this machine the files of the inputs lie, by the names that they have in the store. */
  inputDirectory: string
  /** A static shell of this machine, mounted as /bin/sh. */
  shell: string
  /** What the builder is a program of, where that is not this machine's own system. */
  system?: string
  /** Where the builder starts, if not in `/build`. */
  directory?: string
  /** More files of `/etc`, by path below it. Text, not byte strings. */
  etc?: Readonly<Record<string, string>>
  /**
   * The only way out, where the launcher has `network`: connections to 127.0.0.1:`proxyPort` inside
   * are handed on to a Unix socket of this machine, which the builder's user must be able to reach.
   */
  network?: { proxySocket: string; proxyPort: number }
  /** Somebody types: the terminal is standard input as well. Only where the launcher has `terminals`. */
  terminal?: { columns: number; rows: number }
}

/** How a sandbox ended. */
export type SandboxExit =
  | {
      kind: 'exited'
      /** 128 and the signal where one ended it. */
      exitCode: number
      signal?: number
      /** The builder could not be executed at all: "executing '/x': No such file or directory". */
      notExecuted?: string
    }
  | { kind: 'limit'; limit: LimitReached }
  | { kind: 'killed' }
  /** The sandbox itself could not be set up; `reason` is for the operator. */
  | { kind: 'setup-failed'; reason: string }

export interface RunningSandbox {
  /** Standard output and error of the builder in the order of writing; ends with the sandbox. */
  log: Readable
  /** Tells when no process of the sandbox is left. Never rejects. */
  exit: Promise<SandboxExit>
  /** Kills every process in the sandbox. */
  kill(): void
  /** Kills it because of a limit that its keeper watches (like log bytes). */
  stopAtLimit(limit: LimitReached): void
  /** Tells that the builder has written something: for the limit on silence. */
  noteOutput(): void
  /** For who asked for a terminal. */
  terminal?: SandboxTerminal
}

/** A terminal from the side of who types. */
export interface SandboxTerminal {
  write(bytes: Buffer): void
  resize(columns: number, rows: number): void
}

/** The directories of one build, and later its sandbox. */
export interface Workspace {
  /** Whose files these are on this machine; null for whoever runs the server. */
  readonly user: BuildUser | null
  /** Where the builder's build directory lies on this machine. */
  readonly buildDirectory: string
  /** Where the builder sees it; `/build` in a sandbox. */
  readonly buildDirectoryInside: ByteString
  /** Writes a file into `/build`, owned by the builder. `name` has no slash. */
  writeBuildFile(name: string, contents: Uint8Array): Promise<void>
  launch(request: SandboxRequest, limits: Limits): Promise<RunningSandbox>
  /** Where on this machine the files lie that the builder made at this store path. */
  outputSource(path: ByteString): string
  /** Removes what the builder has made of its outputs, and leaves the build directory. */
  discardOutputs(): Promise<void>
  /** Removes all that is left. */
  remove(): Promise<void>
}

/** Starts sandboxes. One at a time may run in each slot. */
export interface Launcher {
  /** Like "bubblewrap 0.8.0". */
  readonly name: string
  /** For the operator: who builders are on this machine, and how their limits are kept. */
  readonly details: string
  /** Whether a sandbox can have a way out, and whether somebody can type in it. */
  readonly network: boolean
  readonly terminals: boolean
  /**
   * Runs programs of another system from now on, with this shell, in sandboxes that ask for it. Where
   * that is impossible, the launcher does not have this.
   */
  addForeignSystem?(foreign: ForeignSystem, shell: string): void
  /** Slots count from 0. */
  createWorkspace(slot: number): Promise<Workspace>
}

export interface LauncherOptions {
  /** A directory that is only used for builds; made if it is not there. */
  directory: string
  architecture: Architecture
  resourceGroups: ResourceGroups
  /** Null means: whoever runs the server. */
  userOfSlot: (slot: number) => BuildUser | null
  /** Whether builders are not told what is mounted, where the launcher can do that. */
  hidesMounts: boolean
}
