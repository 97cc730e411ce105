import { existsSync } from 'node:fs'
import { aptMirrors } from './apt-mirrors'

/** What is set about getting things from the network on behalf of builds and evaluations. */
export interface FetchSettings {
  /** Whether anything is fetched for anybody; binary caches are set by themselves. */
  enabled: boolean
  /** Whether builders of fixed outputs that fetch by themselves get a way out, through a proxy. */
  builders: boolean
  /** For a person's own commands: any host, and files, as Nix. */
  own: boolean
  /** What may be connected to beyond the open Internet: hosts, addresses, networks. */
  allowed: readonly string[]
  /** The operator's mirrors, by site as in `mirror://SITE/…`. */
  mirrors: ReadonlyMap<string, readonly string[]>
  /** `hashed-mirrors`: servers of files by their hash. */
  hashedMirrors: readonly string[]
  /** Bytes that one download may have. */
  maxBytes: number
  /** Nix's `filetransfer-retry-attempts`. */
  attempts: number
  /** Nix's `stalled-download-timeout`, in milliseconds. */
  stallMilliseconds: number
  /** What one download may take with all retries, in milliseconds: who sends slowly ends then. */
  timeoutMilliseconds: number
  /** Nix's `http-connections`. */
  connectionsPerServer: number
  /** Nix's `ssl-cert-file`; null for Node's own certificates. */
  certificates: string | null
  /** Nix's `netrc-file`, for a person's own commands; null for none. */
  netrc: string | null
}

/** What a server that strangers use does if nothing is set. */
export const defaultFetchSettings: FetchSettings = {
  enabled: true,
  builders: true,
  own: false,
  allowed: [],
  mirrors: new Map(),
  hashedMirrors: ['https://tarballs.nixos.org'],
  maxBytes: 2 * 2 ** 30,
  attempts: 4,
  stallMilliseconds: 30_000,
  timeoutMilliseconds: 15 * 60_000,
  connectionsPerServer: 25,
  certificates: null,
  netrc: null,
}

type Environment = Readonly<Record<string, string | undefined>>

/** What the environment of a server asks for. Throws an Error that names the variable. */
export function fetchSettingsFromEnvironment(environment: Environment): FetchSettings {
  const words = (name: string, otherwise: readonly string[]) =>
    environment[name]?.split(/[\s,]+/).filter((word) => word !== '') ?? otherwise
  const isOn = (name: string) => environment[name] !== 'off'
  return {
    ...defaultFetchSettings,
    enabled: isOn('SNOWGLOBE_FETCH'),
    builders: isOn('SNOWGLOBE_FETCH') && isOn('SNOWGLOBE_FETCH_BUILDERS'),
    allowed: words('SNOWGLOBE_FETCH_ALLOW', []),
    mirrors: mirrorsOf(words('SNOWGLOBE_MIRRORS', [])),
    certificates: certificatesFromEnvironment(environment),
    hashedMirrors: words('SNOWGLOBE_HASHED_MIRRORS', defaultFetchSettings.hashedMirrors),
  }
}

/** The file of certificates to trust that Nix would take. */
export function certificatesFromEnvironment(environment: Environment): string | null {
  const files = [environment['NIX_SSL_CERT_FILE'], environment['SSL_CERT_FILE']]
  return files.find((file) => file !== undefined && existsSync(file)) ?? null
}

/** `SITE=URL` each; where nothing is said of Debian, what apt has is asked. */
function mirrorsOf(entries: readonly string[]): Map<string, string[]> {
  const mirrors = new Map<string, string[]>()
  for (const entry of entries) {
    const [, site, url] = /^([A-Za-z0-9-]+)=(https?:\/\/.+)$/.exec(entry) ?? []
    if (site === undefined || url === undefined || !URL.canParse(url))
      throw new Error(`SNOWGLOBE_MIRRORS has SITE=URL entries, but "${entry}" is none`)
    mirrors.set(site, [...(mirrors.get(site) ?? []), url])
  }
  for (const [site, urls] of aptMirrors()) if (!mirrors.has(site)) mirrors.set(site, urls)
  return mirrors
}
