import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
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

/** Settings with which real Nix builds as Snowglobe does: sandboxed, with a static `/bin/sh`, alone. */
const buildSettings = [
  ['build-users-group', ''],
  ['sandbox', 'true'],
  ['sandbox-paths', '/bin/sh=/bin/busybox'],
  ['substituters', ''],
].flatMap(([name, value]) => ['--option', name!, value!])

/** An output as real Nix has it. */
export interface RealOutput {
  path: string
  /** `sha256:` and base-32. */
  narHash: string
}

/**
 * Builds a file's derivation with real Nix, in a store of its own below `directory` whose paths are
 * nevertheless those of /nix/store.
 */
export function buildWithNix(file: string, directory: string): RealOutput {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, ['--store', join(directory, 'root'), ...buildSettings, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const path = run('nix-build', '--no-out-link', file)
  return { path, narHash: run('nix-store', '--query', '--hash', path) }
}
