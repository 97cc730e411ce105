/**
 * What a builder gets to reach the network by: the socket of a proxy, the environment variables and
 * the files of /etc that tell programs of it.
 */
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type { ByteString } from '@snowglobe/shared/bytes'
import { ConnectionRules, type ConnectionRulesOptions } from './connection-rules'
import { defaultEgressLimits, EgressProxy, type EgressLimits } from './egress-proxy'

/** Where the proxy listens inside; nothing else does, so any number will do. */
const proxyPort = 3128

/** Ports that servers of files and repositories use; at others it would be a way to do mischief. */
const fetchPorts = new Set([80, 443, 8080, 8443])

/** One builder's way out. */
export interface Egress {
  network: { proxySocket: string; proxyPort: number }
  /** To be set where the derivation does not set them itself. */
  environment: readonly (readonly [ByteString, ByteString])[]
  /** Files of /etc, by path below it. */
  etc: Readonly<Record<string, string>>
  /** Ends it, with all connections. */
  close(): Promise<void>
}

/**
 * Opens one for a builder that is this user on this machine (null: our own). `say` hears of what was
 * refused.
 */
export type OpenEgress = (
  user: { uid: number; gid: number } | null,
  say: (message: string) => void,
) => Promise<Egress>

const address = `http://127.0.0.1:${proxyPort}`

/** Programs do not agree on the names: curl knows the small ones only, others the large ones only. */
const environment = [
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy'].flatMap((name) => [
    [name, address] as const,
    [name.toUpperCase(), address] as const,
  ]),
  // Node looks at them only where it is told to.
  ['NODE_USE_ENV_PROXY', '1'] as const,
]

/**
 * The files that Nix gives to fixed-output derivations beside the usual ones. There is no server of
 * names inside: the proxy knows them.
 */
const etc = {
  'resolv.conf': 'nameserver 127.0.0.1\noptions attempts:1 timeout:1\n',
  'nsswitch.conf': 'hosts: files dns\nservices: files\n',
  services: [
    ['ftp', 21, 'tcp'],
    ['ssh', 22, 'tcp'],
    ['domain', 53, 'tcp'],
    ['domain', 53, 'udp'],
    ['http', 80, 'tcp'],
    ['https', 443, 'tcp'],
    ['rsync', 873, 'tcp'],
    ['svn', 3690, 'tcp'],
    ['git', 9418, 'tcp'],
  ]
    .map(([name, port, protocol]) => `${name}\t${port}/${protocol}\n`)
    .join(''),
}

/** Where most systems have the certificates of authorities, and Nix looks last. */
const usualCertificates = '/etc/ssl/certs/ca-certificates.crt'

/** Opens ways out under the same rules for all builders. */
export class BuilderEgress {
  private readonly rules: ConnectionRules

  /** Throws an Error where the rules make no sense. */
  constructor(
    connections: ConnectionRulesOptions,
    private readonly limits: EgressLimits = defaultEgressLimits,
    /** The file of certificates to trust; null for this machine's, or Node's where it has none. */
    private readonly certificates: string | null = null,
  ) {
    this.rules = new ConnectionRules({
      isPortAllowed: (port) => fetchPorts.has(port),
      ...connections,
    })
  }

  readonly open: OpenEgress = async (user, say) => {
    // The names of sockets may have 107 bytes only: the build's own directory may lie too deep.
    const directory = await mkdtemp(join(tmpdir(), 'snowglobe-proxy-'))
    const socket = join(directory, 'socket')
    const proxy = new EgressProxy(this.rules, this.limits, say)
    const close = async () => {
      await proxy.close()
      await rm(directory, { recursive: true, force: true })
    }
    try {
      const certificates = await this.trusted()
      await proxy.listen(socket)
      await chmod(socket, 0o600)
      if (user !== null)
        for (const path of [socket, directory]) await chown(path, user.uid, user.gid)
      return {
        network: { proxySocket: socket, proxyPort },
        environment,
        etc: { ...etc, 'ssl/certs/ca-certificates.crt': certificates },
        close,
      }
    } catch (error) {
      await close().catch(() => {})
      throw error
    }
  }

  /** Read anew for each: it is renewed while a server runs. */
  private trusted(): Promise<string> {
    if (this.certificates !== null) return readFile(this.certificates, 'utf8')
    return readFile(usualCertificates, 'utf8').catch(() => rootCertificates.join('\n'))
  }
}
