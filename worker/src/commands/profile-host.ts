import type { ByteString } from '@snowglobe/shared/bytes'
import type { Profile } from '../store/profile'
import type { Settings } from './settings'
import type { HostedStore, StoreCommandSurroundings } from './store-host'

/** Where a machine has profiles. Paths are absolute. */
export interface ProfilePlaces {
  /** The user's own profiles. */
  own: ByteString
  /** Those of the store, which others may have, too. */
  store: ByteString
  /** What `~/.nix-profile` leads to: the profile that is meant where none is named. */
  default: ByteString
}

/** What commands that work on profiles need of where they run. */
export interface ProfileSurroundings extends Pick<
  StoreCommandSurroundings,
  'workingDirectory' | 'writeOutput' | 'writeError' | 'configuredSettings'
> {
  /** Throws an Error that says what is wrong. */
  openStore(settings: Settings): Promise<ProfileStore>
}

/** A store whose profiles lie anywhere on the machine. */
export interface ProfileStore extends HostedStore {
  /** Where profiles are. `~/.nix-profile` is made where it is not there. */
  profilePlaces(settings: Settings): ProfilePlaces
  /** The links below a directory that could be profiles; none where it cannot be read. */
  profileLinks(directory: ByteString): ByteString[]
  profileAt(place: ByteString): Profile
  /** Changes a profile apart from all who change it at the same time. Gives what it is then. */
  changeProfileAt(place: ByteString, change: (profile: Profile) => Profile): Promise<Profile>
  /** Makes `~/.nix-profile` lead to a profile. */
  switchProfile(settings: Settings, place: ByteString): void
}
