/**
 * Git on behalf of strangers. It reaches only what they may reach, through a proxy that connects to what
 * it has checked; it knows nothing of this machine's settings and keys; and what it takes is limited.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { ConnectionRules, type ConnectionRulesOptions } from '../fetch/connection-rules'
import { EgressProxy } from '../fetch/egress-proxy'
import type { GitProgram, GitService } from './git-program'
import { isMissingProgram, runProgram, type ProgramLimits } from './run-program'

export interface GuardedGitOptions {
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

/** Names of files: more than the largest repositories have. */
const maxOutput = 64 * 2 ** 20
/** Git unpacks a file and what it is made from in memory. */
const memoryBytes = 4 * 2 ** 30
/** What it writes of its own, beside packs and their indexes. */
const smallFiles = 16 * 2 ** 20
const connectionsAtOnce = 16

export class GuardedGit implements GitService {
  private readonly rules: ConnectionRules

  /** Throws an Error where the rules make no sense. */
  constructor(private readonly options: GuardedGitOptions) {
    this.rules = new ConnectionRules(options.connections)
  }

  async use<Result>(
    work: (program: GitProgram) => Promise<Result>,
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
    try {
      return await work(this.program(await proxy.listenLocally(), end))
    } catch (error) {
      if (timeout.aborted) {
        const seconds = Math.round(timeoutMilliseconds / 1000)
        throw new HostError(`fetching a repository took longer than ${seconds} seconds`)
      }
      if (isMissingProgram(error, 'git')) {
        throw new HostError('this server has no Git; fetch an archive of it (fetchTarball)')
      }
      // Git says no more than that the proxy has refused; the proxy says why.
      if (error instanceof HostError && refusals.length > 0) {
        throw new HostError(utf8ToByteString(refusals.join('\n')))
      }
      throw error
    } finally {
      await proxy.close()
    }
  }

  private program(proxy: string, signal: AbortSignal): GitProgram {
    const { maxTreeBytes, certificates } = this.options
    const ours = {
      PATH: process.env.PATH,
      HOME: '/var/empty',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'http:https',
      GIT_PROTOCOL_FROM_USER: '0',
      http_proxy: proxy,
      https_proxy: proxy,
      all_proxy: proxy,
      ...(certificates === null ? {} : { GIT_SSL_CAINFO: certificates }),
    }
    return {
      run: (args, { environment, ...more } = {}) =>
        runProgram('git', [...this.settings(), ...args], {
          maxOutput,
          ...more,
          environment: { ...ours, ...environment },
          limits: this.limits(),
          signal,
        }),
      checkUrl,
      maxTreeBytes,
      signal,
    }
  }

  private settings(): string[] {
    const seconds = Math.ceil(this.options.stallMilliseconds / 1000)
    return [
      'http.proxyAuthMethod=basic',
      'http.lowSpeedLimit=1',
      `http.lowSpeedTime=${seconds}`,
      // Packs stay packs, so that there are few files, and no program goes on behind.
      'fetch.unpackLimit=1',
      'gc.auto=0',
      'maintenance.auto=false',
      'pack.threads=1',
      'core.packedGitLimit=512m',
      // Only signatures of OpenSSH are asked for; others are not even looked at.
      'gpg.program=false',
      'gpg.x509.program=false',
    ].flatMap((setting) => ['-c', setting])
  }

  private limits(): ProgramLimits {
    const { maxBytes, timeoutMilliseconds } = this.options
    const fileBytes = smallFiles + 2 * maxBytes
    return { memoryBytes, fileBytes, cpuSeconds: timeoutMilliseconds / 1000 }
  }
}

function checkUrl(url: ByteString): void {
  if (!/^https?:\/\//i.test(url)) {
    throw new HostError(`'${url}' is not fetched here: repositories are, by 'https:' or 'http:'`)
  }
}
