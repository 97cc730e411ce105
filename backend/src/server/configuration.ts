/** Everything that an operator can set. docs/how-to/operate-a-server.md says what each is for. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { ChannelSource } from '../channels/channel-library'
import { isChannelUrl } from '../channels/channel-url'
import { servedCacheFromEnvironment, type ServedCache } from '../cache/served-cache'
import {
  substitutionSettingsFromEnvironment,
  type SubstitutionSettings,
} from '../cache/substitution-settings'
import { fetchSettingsFromEnvironment, type FetchSettings } from '../fetch/fetch-settings'
import { launcherKinds, type LauncherKind } from '../sandbox/find-launcher'
import { defaultLimits, limitsFromEnvironment, type Limits } from '../sandbox/limits'
import { defaultPublicLimits, type PublicLimits } from './public-limits'

export interface Configuration {
  /** 0 lets the system choose. */
  port: number
  host: string
  /** Where everything is kept. */
  dataDirectory: string
  /** Names of this server beside localhost and its own address, as browsers send them in Host. */
  allowedHosts: string[]
  /** How many proxies stand in front, each of which adds to X-Forwarded-For. */
  proxies: number
  /** Of one build. */
  limits: Limits
  /** Of visitors. */
  publicLimits: PublicLimits
  /** Whether the kernel's control groups keep limits, where they can be used. */
  controlGroups: boolean
  /** What may make sandboxes, the first that works. */
  launchers: readonly LauncherKind[]
  /** Whether programs of another processor are run by QEMU, where it is installed. */
  emulation: boolean
  /** Builds at a time. */
  jobs: number
  /** NIX_BUILD_CORES of a build. */
  cores: number
  /** Package collections that tabs may evaluate from. */
  channels: ChannelSource[]
  /** What is got from the network for builds. */
  fetch: FetchSettings
  /** Binary caches that paths are taken from. */
  substitution: SubstitutionSettings
  /** The binary cache that this server is. */
  cache: ServedCache
  /** Who knows one of these may push and administer. */
  tokens: readonly string[]
  /** Who may send paths and have them built. */
  push: 'anybody' | 'tokens'
  /** Whether each request is logged: null is not at all. */
  requestLog: 'json' | null
}

type Environment = Readonly<Record<string, string | undefined>>

const shortestToken = 16

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
    allowedHosts: words(text('SNOWGLOBE_ALLOWED_HOSTS', '')).map((host) => host.toLowerCase()),
    proxies: wholeNumber(environment, 'SNOWGLOBE_PROXIES', 0, 0, 16),
    limits: limitsFromEnvironment({ ...defaultLimits }, environment),
    publicLimits: limitsFromEnvironment({ ...defaultPublicLimits }, environment),
    controlGroups: text('SNOWGLOBE_CONTROL_GROUPS', 'on') !== 'off',
    launchers: launchers(text('SNOWGLOBE_LAUNCHER', 'any')),
    emulation: text('SNOWGLOBE_EMULATION', 'on') !== 'off',
    jobs: wholeNumber(environment, 'SNOWGLOBE_JOBS', processors, 1, 512),
    cores: wholeNumber(environment, 'SNOWGLOBE_CORES', processors, 1, 1024),
    channels: entriesOf(text('SNOWGLOBE_NIXPKGS', '')).map((entry) =>
      channelSource(entry, repository),
    ),
    fetch: fetchSettingsFromEnvironment(environment),
    substitution: substitutionSettingsFromEnvironment(environment),
    cache: servedCacheFromEnvironment(environment),
    tokens: tokens(words(text('SNOWGLOBE_TOKENS', ''))),
    push: oneOf('SNOWGLOBE_PUSH', text('SNOWGLOBE_PUSH', 'anybody'), ['anybody', 'tokens']),
    requestLog:
      oneOf('SNOWGLOBE_REQUEST_LOG', text('SNOWGLOBE_REQUEST_LOG', 'off'), ['json', 'off']) ===
      'json'
        ? 'json'
        : null,
  }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function tokens(given: string[]): string[] {
  for (const token of given)
    if (token.length < shortestToken)
      throw new Error(`every one of SNOWGLOBE_TOKENS must have ${shortestToken} characters or more`)
  return given
}

function oneOf<Choice extends string>(name: string, text: string, choices: Choice[]): Choice {
  const choice = choices.find((choice) => choice === text)
  if (choice !== undefined) return choice
  throw new Error(`${name} must be one of ${choices.join(', ')}, but is "${text}"`)
}

function launchers(text: string): readonly LauncherKind[] {
  const kind = oneOf('SNOWGLOBE_LAUNCHER', text, ['any', ...launcherKinds])
  return kind === 'any' ? launcherKinds : [kind]
}

/** The entries of a list that colons or line breaks part; those of addresses, also before a port, do not. */
function entriesOf(list: string): string[] {
  return list.split(/\n|(?<!(?:^|[\n:=])channel):(?!\/\/|\d+\/)/).filter((entry) => entry !== '')
}

/** `name=path`, `path`, or an address instead of the path. */
function channelSource(entry: string, repository: string): ChannelSource {
  const [, name, path] = /^(?:([^/=]+)=)?(.*)$/s.exec(entry)!
  return { name: name ?? null, path: isChannelUrl(path!) ? path! : resolve(repository, path!) }
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
