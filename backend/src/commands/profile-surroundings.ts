/** The surroundings of commands that work on profiles of this machine. */
import { accessSync, constants, existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import type {
  ProfilePlaces,
  ProfileStore,
  ProfileSurroundings,
} from '@snowglobe/worker/commands/profile-host'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { readProfile } from '../store/disk-profiles'
import { replaceLink } from '../store/disk-roots'
import type { CommandProcess } from './command-process'
import { configuredSettings } from './configuration'
import type { StoreLocation } from './store-location'
import { openCommandStore } from './store-surroundings'

/** What is used of a process. */
export type ProfileProcess = Pick<CommandProcess, 'environment' | 'workingDirectory' | 'write'>

export function profileSurroundings(of: ProfileProcess): ProfileSurroundings {
  return {
    workingDirectory: utf8ToByteString(of.workingDirectory),
    writeOutput: (text) => of.write(1, text),
    writeError: (text) => of.write(2, text),
    configuredSettings: () => configuredSettings(of.environment),
    openStore: (settings) => openProfileStore(of, settings),
  }
}

async function openProfileStore(of: ProfileProcess, settings: Settings): Promise<ProfileStore> {
  const { store, disk, location } = await openCommandStore(of, settings)
  const home = of.environment['HOME'] ?? homedir()
  const additions: Pick<
    ProfileStore,
    'profilePlaces' | 'profileLinks' | 'profileAt' | 'changeProfileAt' | 'switchProfile'
  > = {
    profilePlaces: (given) => findPlaces(location, of.environment, home, given),
    profileLinks: (directory) => profileLinks(byteStringToUtf8(directory)).map(utf8ToByteString),
    profileAt: (place) => readProfile(byteStringToUtf8(place)),
    changeProfileAt: (place, change) => disk.changeProfileAt(byteStringToUtf8(place), change),
    switchProfile: (given, place) =>
      switchLink(profileLink(of.environment, home, given), byteStringToUtf8(place)),
  }
  return Object.assign(store, additions)
}

type Environment = ProfileProcess['environment']

function stateHome(environment: Environment, home: string): string {
  return join(environment['XDG_STATE_HOME'] ?? join(home, '.local/state'), 'nix')
}

function profileLink(environment: Environment, home: string, settings: Settings): string {
  return settings.boolean('use-xdg-base-directories', false)
    ? join(stateHome(environment, home), 'profile')
    : join(home, '.nix-profile')
}

/** Nix's own places, in the state directory of the store that is used. */
function findPlaces(
  { layout }: StoreLocation,
  environment: Environment,
  home: string,
  settings: Settings,
): ProfilePlaces {
  const isRoot = process.getuid?.() === 0
  const own = isRoot
    ? join(layout.state, 'profiles/per-user/root')
    : join(stateHome(environment, home), 'profiles')
  const link = profileLink(environment, home, settings)
  let place = link
  try {
    makeDirectory(own)
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined)
      switchLink(link, join(own, 'profile'))
    place = resolve(dirname(link), readlinkSync(link))
  } catch {
    // As Nix: without a home that can be written the link is all that is known.
  }
  return {
    own: utf8ToByteString(own),
    store: utf8ToByteString(join(layout.state, 'profiles')),
    default: utf8ToByteString(place),
  }
}

/** Makes a link, relative where it leads to its own directory. */
function switchLink(link: string, target: string): void {
  replaceLink(link, dirname(link) === dirname(target) ? basename(target) : target)
}

/** What Nix takes for profiles: links with `link` in their target, which their user may change. */
function profileLinks(directory: string): string[] {
  if (!existsSync(directory) || !isAllowed(directory, constants.R_OK)) return []
  const canWrite = isAllowed(directory, constants.W_OK)
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const place = join(directory, entry.name)
    if (entry.isDirectory()) return profileLinks(place)
    const isProfile =
      canWrite && entry.isSymbolicLink() && basename(readlinkSync(place)).includes('link')
    return isProfile ? [place] : []
  })
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
