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
