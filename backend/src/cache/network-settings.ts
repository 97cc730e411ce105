import { join } from 'node:path'
import process from 'node:process'
import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { aptMirrors } from '../fetch/apt-mirrors'
import {
  certificatesFromEnvironment,
  defaultFetchSettings,
  type FetchSettings,
} from '../fetch/fetch-settings'
import { defaultSubstitutionSettings, type SubstitutionSettings } from './substitution-settings'

/** What a command's flags and options (`--option substituters …`) ask for, in Nix's terms. */
export function networkSettings(settings: Settings): {
  fetch: FetchSettings
  substitution: SubstitutionSettings
} {
  const defaults = defaultSubstitutionSettings
  const list = (name: string, otherwise: readonly string[]) =>
    settings.list(name, otherwise).map((word) => byteStringToUtf8(word))
  return {
    fetch: {
      ...defaultFetchSettings,
      own: true,
      mirrors: aptMirrors(),
      certificates: settings.text('ssl-cert-file') ?? certificatesFromEnvironment(process.env),
      netrc: settings.text('netrc-file') ?? join(process.env.NIX_CONF_DIR || '/etc/nix', 'netrc'),
      hashedMirrors: list('hashed-mirrors', []),
      maxBytes: Number.MAX_SAFE_INTEGER,
      attempts: settings.number(
        'filetransfer-retry-attempts',
        settings.number('download-attempts', 5),
      ),
      stallMilliseconds: settings.number('stalled-download-timeout', 300) * 1000,
      timeoutMilliseconds: Infinity,
      connectionsPerServer: settings.number('http-connections', 25) || 1000,
    },
    substitution: {
      substitute: settings.boolean('substitute', defaults.substitute),
      substituters: list('substituters', defaults.substituters),
      trustedPublicKeys: list('trusted-public-keys', defaults.trustedPublicKeys),
      requireSignatures: settings.boolean('require-sigs', defaults.requireSignatures),
      jobs: settings.number('max-substitution-jobs', defaults.jobs),
      positiveSeconds: settings.number('narinfo-cache-positive-ttl', 30 * 86400),
      negativeSeconds: settings.number('narinfo-cache-negative-ttl', defaults.negativeSeconds),
      maxNarBytes: Number.MAX_SAFE_INTEGER,
    },
  }
}
