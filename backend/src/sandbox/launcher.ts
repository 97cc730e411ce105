import type { Readable } from 'node:stream'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { LimitReached, Limits } from './limits'

/** What runs in a sandbox and what it sees. Strings that the builder gets are byte strings. */
export interface SandboxRequest {
  builder: ByteString
  args: readonly ByteString[]
  /** The whole environment, in order. */
  environment: readonly (readonly [ByteString, ByteString])[]
  /** The store directory inside, `/nix/store`. */
  storeDir: ByteString
  /** Store paths the builder may see, and where their files lie on this machine. */
  inputs: readonly { path: ByteString; source: string }[]
  /** A static shell of this machine, mounted as /bin/sh. */
  shell: string
}

/** How a sandbox ended. */
export type SandboxExit =
  | { kind: 'exited'; exitCode: number }
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
}

/** The directories of one build, and later its sandbox. */
export interface Workspace {
  /** Writes a file into `/build`, owned by the builder. `name` has no slash. */
  writeBuildFile(name: string, contents: Uint8Array): Promise<void>
  launch(request: SandboxRequest, limits: Limits): Promise<RunningSandbox>
  /** Where on this machine the files lie that the builder made at this store path. */
  outputSource(path: ByteString): string
  /** Removes all that is left. */
  remove(): Promise<void>
}

/** Starts sandboxes. One at a time may run in each slot. */
export interface Launcher {
  /** Like "bubblewrap 0.8.0". */
  readonly name: string
  /** For the operator: who builders are on this machine, and how their limits are kept. */
  readonly details: string
  /** Slots count from 0. */
  createWorkspace(slot: number): Promise<Workspace>
}
