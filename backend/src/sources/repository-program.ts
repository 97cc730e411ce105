/** Git and Mercurial as they are run: with whose settings, for which repositories, within which limits. */
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import { runProgram } from './run-program'

/** What an invocation gets beside its arguments. */
export interface ProgramInvocation {
  input?: Uint8Array | string
  environment?: Readonly<Record<string, string>>
  /** Gives also what it says on standard error. */
  withErrors?: boolean
  /** Bytes that it prints at most, where they are known. */
  maxOutput?: number
}

export interface RepositoryProgram {
  /** Runs it and gives what it prints. Throws HostError. */
  run(args: readonly string[], more?: ProgramInvocation): Promise<Buffer>
  /** Throws HostError where the repository at a URL is none that is fetched here. */
  checkUrl(url: ByteString): void
  /** Bytes that the files of one revision may have together. */
  readonly maxTreeBytes: number
  /** Ends what is done beside it. */
  readonly signal?: AbortSignal | undefined
  /** Runs a command on another machine, by SSH. Absent where nobody's keys may be used. */
  ssh?(args: readonly string[]): Promise<Buffer>
}

/** Lends a program for as long as something is done with it. */
export interface RepositoryService {
  use<Result>(
    work: (program: RepositoryProgram) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>
}

/** A person's own Git with what is configured for it, for all that the person can reach. */
export const ownGit: RepositoryService = {
  use: (work, signal) =>
    work({
      ...ownProgram('git', { GIT_TERMINAL_PROMPT: '0' }, signal),
      ssh: (args) => {
        const options = (process.env.NIX_SSHOPTS ?? '').split(/\s+/).filter((one) => one !== '')
        return runProgram('ssh', [...options, ...args], signal === undefined ? {} : { signal })
      },
    }),
}

/** The same of Mercurial. What it prints is as if nothing were set. */
export const ownMercurial: RepositoryService = {
  use: (work, signal) => work(ownProgram('hg', { HGPLAIN: '' }, signal)),
}

function ownProgram(
  name: string,
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): RepositoryProgram {
  return {
    run: (args, { environment, ...more } = {}) =>
      runProgram(name, args, {
        ...more,
        environment: { ...process.env, ...settings, ...environment },
        ...(signal === undefined ? {} : { signal }),
      }),
    checkUrl: () => {},
    maxTreeBytes: Infinity,
    signal,
  }
}
