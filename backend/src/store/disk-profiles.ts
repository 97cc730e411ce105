/** Profiles as Nix has them on disk: `name` is a link to `name-3-link`, which is one to the store. */
import { existsSync, lstatSync, lutimesSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { emptyProfile, type Generation, type Profile } from '@snowglobe/worker/store/profile'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { pathBytes } from './byte-path'
import { replaceLink } from './disk-roots'
import { lockBeside } from './file-lock'

/** The profile whose link lies at a path; one without generations if there is none. */
export function readProfile(path: string): Profile {
  const directory = dirname(path)
  if (!existsSync(directory)) return emptyProfile
  const generations: Generation[] = []
  for (const name of readdirSync(directory)) {
    const number = generationNumber(basename(path), name)
    if (number === null) continue
    const link = join(directory, name)
    generations.push({
      number,
      path: pathBytes(readlinkSync(link)),
      created: Math.floor(lstatSync(link).mtimeMs / 1000),
    })
  }
  generations.sort((one, other) => one.number - other.number)
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  const current = isLink ? generationNumber(basename(path), basename(readlinkSync(path))) : null
  return { current, generations }
}

function generationNumber(profile: string, name: string): number | null {
  const match = /^-(\d+)-link$/.exec(name.startsWith(profile) ? name.slice(profile.length) : '')
  return match === null ? null : Number(match[1])
}

/**
 * Changes a profile under Nix's lock on it.
 *
 * @param check is asked of the new generations before anything is written; what it throws is passed on
 * @param added told of each new generation's link, before it is made
 */
export async function changeProfileAt(
  path: string,
  change: (profile: Profile) => Profile,
  check: (added: readonly Generation[]) => Promise<void>,
  added: (link: string) => void,
): Promise<Profile> {
  makeDirectory(dirname(path))
  const lock = await lockBeside(path)
  try {
    const before = readProfile(path)
    const after = change(before)
    const link = (number: number) => `${path}-${number}-link`
    const known = new Set(before.generations.map(({ number }) => number))
    await check(after.generations.filter(({ number }) => !known.has(number)))
    for (const { number, path: target, created } of after.generations) {
      if (known.delete(number)) continue
      added(link(number))
      replaceLink(link(number), Buffer.from(target, 'latin1').toString())
      lutimesSync(link(number), created, created)
    }
    if (after.current !== null && after.current !== before.current)
      replaceLink(path, basename(link(after.current)))
    // Last, so that the profile never leads nowhere.
    for (const number of known) rmSync(link(number))
    return after
  } finally {
    lock.release()
  }
}

/** All profiles below a directory, by their places relative to it. */
export function findProfiles(directory: string): Map<string, Profile> {
  const found = new Map<string, Profile>()
  const visit = (inside: string) => {
    for (const entry of readdirSync(join(directory, inside), { withFileTypes: true })) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (entry.isDirectory()) visit(name)
      else if (entry.isSymbolicLink() && !/-\d+-link$/.test(entry.name)) {
        const profile = readProfile(join(directory, name))
        if (profile.generations.length > 0) found.set(name, profile)
      }
    }
  }
  visit('')
  return found
}
