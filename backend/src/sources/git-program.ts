/** Git as it is run: with whose settings, for which repositories, within which limits. */
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import { runProgram } from './run-program'

/** What an invocation of Git gets beside its arguments. */
export interface GitInvocation {
  input?: Uint8Array | string
  environment?: Readonly<Record<string, string>>
  /** Gives also what it says on standard error. */
  withErrors?: boolean
  /** Bytes that it prints at most, where they are known. */
  maxOutput?: number
}

export interface GitProgram {
  /** Runs it and gives what it prints. Throws HostError. */
  run(args: readonly string[], more?: GitInvocation): Promise<Buffer>
  /** Throws HostError where the repository at a URL is none that is fetched here. */
  checkUrl(url: ByteString): void
  /** Bytes that the files of one revision may have together. */
  readonly maxTreeBytes: number
  /** Ends what is done beside Git. */
  readonly signal?: AbortSignal | undefined
  /** Runs a command on another machine, by SSH. Absent where nobody's keys may be used. */
  ssh?(args: readonly string[]): Promise<Buffer>
}

/** Lends Git for as long as something is done with it. */
export interface GitService {
  use<Result>(work: (program: GitProgram) => Promise<Result>, signal?: AbortSignal): Promise<Result>
}

/** A person's own Git with what is configured for it, for all that the person can reach. */
export const ownGit: GitService = {
  use: (work, signal) =>
    work({
      run: (args, { environment, ...more } = {}) =>
        runProgram('git', args, {
          ...more,
          environment: { ...process.env, GIT_TERMINAL_PROMPT: '0', ...environment },
          ...(signal === undefined ? {} : { signal }),
        }),
      checkUrl: () => {},
      maxTreeBytes: Infinity,
      signal,
      ssh: (args) => {
        const options = (process.env.NIX_SSHOPTS ?? '').split(/\s+/).filter((one) => one !== '')
        return runProgram('ssh', [...options, ...args], signal === undefined ? {} : { signal })
      },
    }),
}
