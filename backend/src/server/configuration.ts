import { availableParallelism } from 'node:os'
import { delimiter, resolve } from 'node:path'
import { servedCacheFromEnvironment, type ServedCache } from '../cache/served-cache'
import {
  substitutionSettingsFromEnvironment,
  type SubstitutionSettings,
} from '../cache/substitution-settings'
import type { ChannelSource } from '../channels/channel-library'
import { fetchSettingsFromEnvironment, type FetchSettings } from '../fetch/fetch-settings'
import { launcherKinds, type LauncherKind } from '../sandbox/find-launcher'
import { limitsFromEnvironment, type Limits } from '../sandbox/limits'

export interface Configuration {
  /** 0 lets the system choose. */
  port: number
  host: string
  /** Where everything is kept. */
  dataDirectory: string
  /** Names of this server beside localhost and its own address, as browsers send them in Host. */
  allowedHosts: string[]
  limits: Limits
  /** Whether the kernel's control groups keep limits, where they can be used. */
  controlGroups: boolean
  /** What may make sandboxes, the first that works. */
  launchers: readonly LauncherKind[]
  /** Builds at a time. */
  jobs: number
  /** NIX_BUILD_CORES of a build. */
  cores: number
  /** Builds that may wait. */
  queueLength: number
  /** Of one upload. */
  uploadBytes: number
  /** Package collections that tabs may evaluate from. */
  channels: ChannelSource[]
  /** What is fetched for builds and evaluations, and from whom. */
  fetch: FetchSettings
  /** Binary caches that are asked. */
  substitution: SubstitutionSettings
  /** The binary cache that this server is. */
  cache: ServedCache
}

type Environment = Readonly<Record<string, string | undefined>>

/** What the environment asks for. Throws an Error that names the variable where it makes no sense. */
export function configurationFromEnvironment(
  environment: Environment,
  repository: string,
): Configuration {
  const processors = availableParallelism()
  const text = (name: string, otherwise: string) => environment[name] || otherwise
  return {
    port: wholeNumber(environment, 'PORT', 8080, 0, 65535),
    host: text('HOST', '127.0.0.1'),
    dataDirectory: resolve(repository, text('SNOWGLOBE_DATA', '.data')),
    allowedHosts: text('SNOWGLOBE_ALLOWED_HOSTS', '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    limits: limitsFromEnvironment(environment),
    controlGroups: text('SNOWGLOBE_CONTROL_GROUPS', 'on') !== 'off',
    launchers: launchers(text('SNOWGLOBE_LAUNCHER', 'any')),
    jobs: wholeNumber(environment, 'SNOWGLOBE_JOBS', processors, 1, 512),
    cores: wholeNumber(environment, 'SNOWGLOBE_CORES', processors, 1, 1024),
    queueLength: wholeNumber(environment, 'SNOWGLOBE_QUEUE_LENGTH', 100, 1, 100_000),
    uploadBytes: wholeNumber(environment, 'SNOWGLOBE_UPLOAD_BYTES', 2 ** 28, 1, 2 ** 31),
    channels: text('SNOWGLOBE_NIXPKGS', '')
      .split(delimiter)
      .filter((entry) => entry !== '')
      .map((entry) => channelSource(entry, repository)),
    fetch: fetchSettingsFromEnvironment(environment),
    substitution: substitutionSettingsFromEnvironment(environment),
    cache: servedCacheFromEnvironment(environment),
  }
}

function launchers(text: string): readonly LauncherKind[] {
  if (text === 'any') return launcherKinds
  const kind = launcherKinds.find((kind) => kind === text)
  if (kind !== undefined) return [kind]
  const names = ['any', ...launcherKinds].join(', ')
  throw new Error(`SNOWGLOBE_LAUNCHER must be one of ${names}, but is "${text}"`)
}

/** `name=path` or `path`, as in NIX_PATH. */
function channelSource(entry: string, repository: string): ChannelSource {
  const [, name, path] = /^(?:([^/=]+)=)?(.*)$/s.exec(entry)!
  return { name: name ?? null, path: resolve(repository, path!) }
}

function wholeNumber(
  environment: Environment,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = environment[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`${name} must be a whole number from ${least} to ${most}, but is "${text}"`)
  return value
}
