import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Advice } from './repository.mjs'
import { run } from './steps.mjs'

/** Debian packages that Snowglobe uses, with the program by which each is recognised. */
const programs = {
  bubblewrap: 'bwrap',
  'busybox-static': 'busybox',
  chromium: 'chromium',
  mercurial: 'hg',
  'nix-bin': 'nix-instantiate',
}

/** What `npm start` wants: without it everything but building works. */
export const builderPackages = ['bubblewrap', 'busybox-static']

/** What `npm test` cannot do without: a builder, and a browser for the journeys. */
export const testPackages = [...builderPackages, 'chromium']

/** The real Nix to compare with, and Mercurial. Tests that need them are skipped without, each with a line that says so. */
export const optionalPackages = ['nix-bin', 'mercurial']

/** Of these packages those that are not installed. */
export function missingPackages(packages) {
  return packages.filter((name) => !isProgram(programs[name]))
}

function isProgram(name) {
  const directories = (process.env.PATH ?? '').split(delimiter)
  return directories.some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The line a person types to install these packages. */
export function installCommand(packages) {
  return `sudo apt-get install ${packages.join(' ')}`
}

/**
 * Installs those of the packages that are missing, where that is possible without asking: as root, with
 * apt. Throws Advice where it is not.
 */
export async function installSystemPackages(packages, say) {
  const missing = missingPackages(packages)
  if (missing.length === 0) return 'up to date'
  const advice = existsSync('/usr/bin/apt-get')
    ? `Run: ${installCommand(missing)}`
    : `Install ${missing.join(', ')} with your system's package manager (Debian's names).`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Advice(`Not installed: ${missing.join(', ')}.`, advice)
  }
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    advice,
  }
  const apt = (...args) => run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], options)
  say('reading package lists')
  await apt('update')
  say(`installing ${missing.join(', ')}`)
  await apt('install', '--yes', '--no-install-recommends', ...missing)
  const still = missingPackages(missing)
  if (still.length > 0) throw new Advice(`apt installed no ${still.join(', ')}.`, advice)
  return `installed ${missing.join(', ')}`
}
