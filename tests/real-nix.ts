import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** What `nix --version` says, or null where Nix is not installed and comparisons are skipped. */
export const nixVersion = versionOfNix()

function versionOfNix(): string | null {
  try {
    return execFileSync('nix', ['--version'], { encoding: 'utf8' }).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The reason that a skipped comparison gives. */
export const withoutNix = 'nix is not installed: nothing to compare with'

/** The environment in which a command of Nix keeps everything it writes below one directory. */
export function storeEnvironment(directory: string): NodeJS.ProcessEnv {
  const home = join(directory, 'home')
  mkdirSync(home, { recursive: true })
  return {
    PATH: process.env.PATH,
    HOME: home,
    NIX_STORE_DIR: join(directory, 'store'),
    NIX_STATE_DIR: join(directory, 'state'),
    NIX_LOG_DIR: join(directory, 'log'),
    NIX_CONF_DIR: join(directory, 'conf'),
  }
}

/** The static shell of this machine that builders of real Nix have as `/bin/sh`. */
export const busybox = '/bin/busybox'

/** Whether builds can be compared with those of real Nix, and else the reason. */
export const canCompareBuilds = nixVersion !== null && existsSync(busybox)
export const withoutBuilds = nixVersion === null ? withoutNix : `there is no ${busybox}`

/**
 * Settings, as arguments, with which real Nix builds as Snowglobe does: sandboxed, with a static `/bin/sh`,
 * as one user; and those of `more`, which may be others.
 */
export function buildSettings(more: Record<string, string> = {}): string[] {
  return options({
    'build-users-group': '',
    sandbox: 'true',
    'sandbox-paths': `/bin/sh=${busybox}`,
    ...more,
  })
}

/** Removes a directory with stores in it: their paths are closed even to their owner. */
export function removeStores(directory: string): void {
  spawnSync('chmod', ['-R', 'u+w', directory])
  spawnSync('rm', ['-rf', directory])
}

function options(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['--option', name, value])
}

/** An output as real Nix has it. */
export interface RealOutput {
  path: string
  /** `sha256:` and base-32. */
  narHash: string
}

/** A binary cache that real Nix is told to use, and the key that it is to trust. */
export interface Cache {
  address: string
  publicKey: string
}

/**
 * A store of real Nix's own below `directory`, whose paths are nevertheless those of /nix/store. It
 * builds everything itself: it knows no cache.
 */
export class RealStore {
  constructor(private readonly directory: string) {}

  /** Builds a file's derivation. */
  build(file: string): RealOutput {
    const path = this.run('nix-build', ...options({ substituters: '' }), '--no-out-link', file)
    return { path, narHash: this.run('nix-store', '--query', '--hash', path) }
  }

  /** Fetches a path from a cache, checking its signature. */
  fetch(path: string, cache: Cache): void {
    const settings = options({
      substituters: cache.address,
      'trusted-public-keys': cache.publicKey,
      'require-sigs': 'true',
    })
    this.run('nix-store', ...settings, '--realise', path)
  }

  private run(command: string, ...args: string[]): string {
    const store = ['--store', join(this.directory, 'root')]
    const env = { ...process.env, HOME: this.directory, NIX_CONF_DIR: this.directory }
    return execFileSync(command, [...store, ...buildSettings(), ...args], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  }
}
