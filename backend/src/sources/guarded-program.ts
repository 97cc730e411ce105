/**
 * Programs that fetch repositories on behalf of strangers: with no way out but a proxy that connects to
 * nothing but what it has checked itself, with none of this machine's settings and keys, and an end to
 * their time, memory and files.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { ConnectionRules, type ConnectionRulesOptions } from '../fetch/connection-rules'
import { EgressProxy } from '../fetch/egress-proxy'
import type { RepositoryProgram, RepositoryService } from './repository-program'
import { isMissingProgram, runProgram, type ProgramLimits } from './run-program'

export interface GuardedProgramOptions {
  /** Whether anything is fetched at all. */
  enabled: boolean
  /** Whom to connect to beyond the open Internet. */
  connections: ConnectionRulesOptions
  /** Bytes that may come for one fetch, its submodules with it. */
  maxBytes: number
  /** Bytes that the files of one revision may have; they are held in memory. */
  maxTreeBytes: number
  /** How long one fetch may take, in milliseconds. */
  timeoutMilliseconds: number
  /** How long nothing may come, in milliseconds. */
  stallMilliseconds: number
  /** A file of certificates to trust in place of the system's. */
  certificates: string | null
}

/** A program, and how it is kept from everything but the proxy. */
export interface GuardedKind {
  program: string
  /** What is said where this machine does not have it. */
  missing: string
  /**
   * What comes before all other arguments, and what its environment is beside PATH.
   *
   * @param proxy the address with name and password
   * @param temporary a directory for what else it reads
   */
  guard(
    proxy: string,
    temporary: string,
    options: GuardedProgramOptions,
  ): { settings: string[]; environment: Record<string, string> }
}

/** Names of files: more than the largest repositories have. */
const maxOutput = 64 * 2 ** 20
/** A file, and what it is made from, are unpacked in memory. */
const memoryBytes = 4 * 2 ** 30
/** What is written beside what comes, like indexes. */
const smallFiles = 16 * 2 ** 20
const connectionsAtOnce = 16

export class GuardedProgram implements RepositoryService {
  private readonly rules: ConnectionRules

  /** Throws an Error where the rules make no sense. */
  constructor(
    private readonly kind: GuardedKind,
    private readonly options: GuardedProgramOptions,
  ) {
    this.rules = new ConnectionRules(options.connections)
  }

  async use<Result>(
    work: (program: RepositoryProgram) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const { enabled, maxBytes, timeoutMilliseconds, stallMilliseconds } = this.options
    if (!enabled) throw new HostError('fetching is switched off on this server')
    const refusals: string[] = []
    const limits = {
      bytes: maxBytes,
      connections: connectionsAtOnce,
      idleMilliseconds: stallMilliseconds,
    }
    const proxy = new EgressProxy(this.rules, limits, (message) => refusals.push(message))
    const timeout = AbortSignal.timeout(timeoutMilliseconds)
    const end = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    const temporary = mkdtempSync(join(tmpdir(), 'snowglobe-guarded-'))
    try {
      return await work(this.program(await proxy.listenLocally(), temporary, end))
    } catch (error) {
      if (timeout.aborted) {
        const seconds = Math.round(timeoutMilliseconds / 1000)
        throw new HostError(`fetching a repository took longer than ${seconds} seconds`)
      }
      if (isMissingProgram(error, this.kind.program)) throw new HostError(this.kind.missing)
      // The program says no more than that the proxy has refused; the proxy says why.
      if (error instanceof HostError && refusals.length > 0) {
        throw new HostError(utf8ToByteString(refusals.join('\n')))
      }
      throw error
    } finally {
      rmSync(temporary, { recursive: true, force: true })
      await proxy.close()
    }
  }

  private program(proxy: string, temporary: string, signal: AbortSignal): RepositoryProgram {
    const { kind, options } = this
    const guard = kind.guard(proxy, temporary, options)
    const ours = { PATH: process.env.PATH, HOME: '/var/empty', LC_ALL: 'C', ...guard.environment }
    return {
      run: (args, { environment, ...more } = {}) =>
        runProgram(kind.program, [...guard.settings, ...args], {
          maxOutput,
          ...more,
          environment: { ...ours, ...environment },
          limits: this.limits(),
          signal,
        }),
      checkUrl,
      maxTreeBytes: options.maxTreeBytes,
      signal,
    }
  }

  private limits(): ProgramLimits {
    const { maxBytes, timeoutMilliseconds } = this.options
    const fileBytes = smallFiles + 2 * maxBytes
    return { memoryBytes, fileBytes, cpuSeconds: timeoutMilliseconds / 1000 }
  }
}

/** Throws HostError that says why, and what to do, where a repository is not fetched for strangers. */
function checkUrl(url: ByteString): void {
  if (/^https?:\/\//i.test(url)) return
  const refuse = (why: string) => new HostError(`'${url}' is not fetched here: ${why}`)
  if (/^ssh:/i.test(url)) {
    const https = url.replace(/^ssh:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?/i, 'https://$1')
    throw refuse(
      'SSH wants a key. A browser has none of yours to give, and the keys of this server are ' +
        `nobody else's. Where everybody may read the repository, write '${https}'; else evaluate ` +
        'with the commands, on your own machine',
    )
  }
  if (/^file:/i.test(url)) {
    throw refuse(
      "it is a place on the machine that fetches, whose files are nobody else's. Repositories " +
        "are fetched, by 'https:' or 'http:'",
    )
  }
  throw refuse("repositories are, by 'https:' or 'http:'")
}
