/** `nix-collect-garbage`. Source: Nix manual, "nix-collect-garbage". */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { GenerationSelection } from '../store/profile'
import { versionLine, warnOfUnknownSettings } from './announce'
import { eachArgument, expandLetters, parseBytes, takeCommonFlag, UsageError } from './command-line'
import { describeError } from './describe-error'
import { parseAge } from './generation-selection'
import { deleteSelected } from './profile-generations'
import type { ProfileStore, ProfileSurroundings } from './profile-host'
import type { Settings } from './settings'
import { deleteGarbage, keepSettings, lookForGarbage } from './store-maintenance'

const usage = `Usage: nix-collect-garbage [OPTION…]

Deletes what no root keeps, as nix-store --gc does, and old generations of profiles before.

  -d, --delete-old         delete all generations but the current ones, of all profiles
  --delete-older-than Nd   only those that were not current any more N days ago
  --dry-run                only say what would be deleted
  --max-freed BYTES        stop when so much is freed
  --store STORE            another store: a directory, or local?root=DIRECTORY
  --option NAME VALUE      set a setting of Nix
`

interface Arguments {
  /** Generations to be deleted before. */
  generations: GenerationSelection | null
  dryRun: boolean
  maxFreed: number | undefined
  show: 'help' | 'version' | null
  settings: Settings
}

function understand(args: readonly ByteString[], settings: Settings): Arguments {
  const given: Arguments = {
    generations: null,
    dryRun: false,
    maxFreed: undefined,
    show: null,
    settings,
  }
  for (const { word: flag, next } of eachArgument(args.flatMap(expandLetters))) {
    if (flag === '--help') given.show ??= 'help'
    else if (flag === '--version') given.show ??= 'version'
    else if (flag === '--delete-old' || flag === '-d') given.generations ??= { kind: 'old' }
    else if (flag === '--delete-older-than') given.generations = parseAge(next())
    else if (flag === '--dry-run') given.dryRun = true
    else if (flag === '--max-freed') given.maxFreed = parseBytes(next())
    else if (!flag.startsWith('-')) throw new UsageError(`unexpected argument '${flag}'`)
    else if (!takeCommonFlag(flag, next, settings)) {
      throw new UsageError(`unrecognised flag '${flag}'`)
    }
  }
  if (given.maxFreed !== undefined && given.dryRun) {
    throw new UsageError('options --max-freed and --dry-run cannot be combined')
  }
  return given
}

/** Runs the command. Gives its exit status. */
export async function nixCollectGarbage(
  args: readonly ByteString[],
  surroundings: ProfileSurroundings,
): Promise<number> {
  let store: ProfileStore | null = null
  try {
    const { settings, show, generations, dryRun, maxFreed } = understand(
      args,
      surroundings.configuredSettings(),
    )
    if (show !== null) {
      const version = versionLine('nix-collect-garbage')
      surroundings.writeOutput(show === 'help' ? usage : version)
      return 0
    }
    warnOfUnknownSettings(settings, surroundings)
    store = await surroundings.openStore(settings)
    if (generations !== null) {
      const places = store.profilePlaces(settings)
      const parent = places.default.slice(0, places.default.lastIndexOf('/'))
      // What lies in several of them is visited once: a second time there would be nothing to do.
      const links = [places.own, places.store, parent].flatMap((directory) =>
        store!.profileLinks(directory),
      )
      for (const place of new Set(links)) {
        surroundings.writeError(`removing old generations of profile ${place}\n`)
        await deleteSelected({ store, surroundings, place, dryRun }, generations)
      }
    }
    const keep = keepSettings(settings)
    if (dryRun) {
      surroundings.writeError('finding garbage collector roots...\n')
      const roots = await store.roots()
      surroundings.writeError('determining live/dead paths...\n')
      const { dead } = await lookForGarbage(store, roots, keep)
      surroundings.writeOutput(`${dead.length} store paths would be deleted\n`)
    } else await deleteGarbage({ store, surroundings }, { ...keep, maxFreed })
    return 0
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-collect-garbage'))
    return 1
  } finally {
    store?.close()
  }
}
