/** The settings of Nix, as flags and `--option` know them. Source: Nix's `nix show-config`. */
import type { ByteString } from '@snowglobe/shared/bytes'

/** What a setting's value is. */
export type SettingType = 'boolean' | 'number' | 'text' | 'list' | 'lint'

const names: Record<SettingType, string> = {
  boolean: `
    abort-on-warn accept-flake-config allow-dirty allow-dirty-locks allow-import-from-derivation
    allow-new-privileges allow-symlinked-store allow-unsafe-native-code-during-evaluation
    always-allow-substitutes auto-allocate-uids auto-optimise-store builders-use-substitutes
    compress-build-log darwin-log-sandbox-violations debugger-on-trace debugger-on-warn
    eval-cache fallback filetransfer-retry-jitter filter-syscalls fsync-metadata
    fsync-store-paths http2 http3 ignore-try impersonate-linux-26 keep-build-log
    keep-derivations keep-env-derivations keep-failed keep-going keep-outputs
    nix-shell-always-looks-for-shell-nix preallocate-contents print-missing pure-eval
    require-drop-supplementary-groups require-sigs restrict-eval run-diff-hook sandbox-fallback
    show-trace substitute sync-before-registering trace-function-calls
    trace-import-from-derivation trace-verbose trust-tarballs-from-git-forges use-case-hack
    use-cgroups use-registries use-xdg-base-directories warn-dirty warn-short-path-literals
  `,
  number: `
    build-hook-kill-timeout connect-timeout cores download-attempts download-buffer-size
    download-speed eval-attrset-update-layer-rhs-threshold eval-profiler-frequency
    filetransfer-retry-attempts filetransfer-retry-delay filetransfer-retry-delay-rate-limited
    filetransfer-retry-max-delay gc-reserved-space http-connections id-count log-lines
    max-build-log-size max-call-depth max-free max-silent-time max-substitution-jobs min-free
    min-free-check-interval narinfo-cache-meta-ttl narinfo-cache-negative-ttl
    narinfo-cache-positive-ttl repeat stalled-download-timeout start-id tarball-ttl timeout
    warn-large-path-threshold
  `,
  text: `
    bash-prompt bash-prompt-prefix bash-prompt-suffix build-dir build-users-group builders
    commit-lock-file-summary diff-hook eval-profile-file eval-profiler eval-system
    external-builders flake-registry json-log-path max-jobs netrc-file post-build-hook
    pre-build-hook sandbox sandbox-build-dir sandbox-dev-shm-size ssl-cert-file store system
    upgrade-nix-store-path-url user-agent-suffix
  `,
  list: `
    access-tokens allowed-impure-host-deps allowed-uris allowed-users build-hook
    experimental-features extra-platforms hashed-mirrors ignored-acls impure-env nix-path
    plugin-files sandbox-paths secret-key-files substituters system-features trusted-public-keys
    trusted-substituters trusted-users
  `,
  lint: `
    lint-absolute-path-literals lint-short-path-literals lint-url-literals
  `,
}

/** Older names that still mean a setting. */
const aliases: Readonly<Record<string, string>> = {
  'binary-caches': 'substituters',
  'binary-cache-public-keys': 'trusted-public-keys',
  'build-cores': 'cores',
  'build-fallback': 'fallback',
  'build-max-jobs': 'max-jobs',
  'build-max-log-size': 'max-build-log-size',
  'build-max-silent-time': 'max-silent-time',
  'build-timeout': 'timeout',
  'build-use-chroot': 'sandbox',
  'build-use-sandbox': 'sandbox',
  'build-use-substitutes': 'substitute',
  'trusted-binary-caches': 'trusted-substituters',
}

const types = new Map<string, SettingType>(
  (Object.keys(names) as SettingType[]).flatMap((type) =>
    names[type]
      .trim()
      .split(/\s+/)
      .map((name): [string, SettingType] => [name, type]),
  ),
)

/** The values of settings that were given; of several for one setting the last counts. */
export class Settings {
  private readonly values = new Map<string, ByteString>()
  /** Lists that were only added to: what they are by default stays. */
  private readonly additions = new Set<string>()
  /** Names that no setting has. */
  readonly unknown: string[] = []

  /**
   * Sets a setting, or adds to a list (`extra-NAME`).
   *
   * @throws SettingError where the value is none of the setting's type
   */
  set(given: string, value: ByteString): void {
    const isExtra = given.startsWith('extra-') && settingType(given) === null
    const name = nameOf(isExtra ? given.slice('extra-'.length) : given)
    const type = settingType(name)
    if (type === null || (isExtra && type !== 'list')) {
      this.unknown.push(given)
      return
    }
    checkValue(name, type, value)
    const before = isExtra ? this.values.get(name) : undefined
    if (!isExtra) this.additions.delete(name)
    else if (before === undefined) this.additions.add(name)
    this.values.set(name, before === undefined ? value : `${before} ${value}`)
  }

  /** The value given, or undefined. */
  text(name: string): ByteString | undefined {
    return this.values.get(name)
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.values.get(name)
    return value === undefined ? otherwise : trueWords.has(value)
  }

  number(name: string, otherwise: number): number {
    const value = this.values.get(name)
    return value === undefined ? otherwise : wholeNumber(value)
  }

  /** The words given, after those of `defaults` unless others were given in their place. */
  list(name: string, defaults: readonly ByteString[] = []): ByteString[] {
    const value = this.values.get(name)
    const words = (value ?? '').split(/\s+/).filter((word) => word !== '')
    return value === undefined || this.additions.has(name) ? [...defaults, ...words] : words
  }
}

/** A value that a setting cannot have. */
export class SettingError extends Error {
  override name = 'SettingError'
}

/**
 * A whole number, which counts 1024s, or powers of that, where it ends in K, M, G or T. Throws SettingError
 * with Nix's message.
 */
export function wholeNumber(text: ByteString): number {
  const unit = /[a-z]$/i.exec(text)?.[0].toUpperCase() ?? ''
  const power = ['', 'K', 'M', 'G', 'T'].indexOf(unit)
  if (power < 0) throw new SettingError(`invalid unit specifier '${unit}'`)
  const digits = text.slice(0, text.length - unit.length)
  if (!/^\d+$/.test(digits)) throw new SettingError(`'${digits}' is not an integer`)
  return Number(digits) * 1024 ** power
}

/** The type of a setting, or null if there is none of this name. */
export function settingType(name: string): SettingType | null {
  return types.get(nameOf(name)) ?? null
}

function nameOf(name: string): string {
  return Object.hasOwn(aliases, name) ? aliases[name] : name
}

const trueWords = new Set(['true', 'yes', '1'])
const booleanWords = new Set([...trueWords, 'false', 'no', '0'])
const lintLevels = new Set(['ignore', 'warn', 'fatal'])

function checkValue(name: string, type: SettingType, value: ByteString): void {
  if (type === 'boolean' && !booleanWords.has(value)) {
    throw new SettingError(`Boolean setting '${name}' has invalid value '${value}'`)
  }
  if (type === 'number' && !/^\d+[KMGT]?$/i.test(value)) {
    throw new SettingError(`setting '${name}' has invalid value '${value}'`)
  }
  if (type === 'lint' && !lintLevels.has(value)) {
    throw new SettingError(
      `setting '${name}' has invalid value '${value}'; it is 'ignore', 'warn' or 'fatal'`,
    )
  }
}
