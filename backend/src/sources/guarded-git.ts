/** Git, as it is kept from everything but the proxy. */
import type { GuardedKind } from './guarded-program'

export const guardedGit: GuardedKind = {
  program: 'git',
  missing: 'this server has no Git; fetch an archive of it (fetchTarball)',
  guard: (proxy, _, { stallMilliseconds, certificates }) => ({
    settings: [
      'http.proxyAuthMethod=basic',
      'http.lowSpeedLimit=1',
      `http.lowSpeedTime=${Math.ceil(stallMilliseconds / 1000)}`,
      // Packs stay packs, so that there are few files, and no program goes on behind.
      'fetch.unpackLimit=1',
      'gc.auto=0',
      'maintenance.auto=false',
      'pack.threads=1',
      'core.packedGitLimit=512m',
      // Only signatures of OpenSSH are asked for; others are not even looked at.
      'gpg.program=false',
      'gpg.x509.program=false',
    ].flatMap((setting) => ['-c', setting]),
    environment: {
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'http:https',
      GIT_PROTOCOL_FROM_USER: '0',
      http_proxy: proxy,
      https_proxy: proxy,
      all_proxy: proxy,
      ...(certificates === null ? {} : { GIT_SSL_CAINFO: certificates }),
    },
  }),
}
