/** What may be done to the generations of a profile, as `nix-env` says it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  deleteGenerations,
  selectGenerations,
  switchGeneration,
  type GenerationSelection,
  type Profile,
} from '../store/profile'
import type { ProfileStore, ProfileSurroundings } from './profile-host'

/** A profile to be worked on. */
export interface ProfileTask {
  store: ProfileStore
  surroundings: Pick<ProfileSurroundings, 'writeOutput' | 'writeError'>
  /** The profile's link; absolute. */
  place: ByteString
  /** Only say what would be done. */
  dryRun: boolean
}

/** The generations with the times at which they were made, a line each. */
export function describeGenerations({ current, generations }: Profile): ByteString {
  return generations
    .map(({ number, created }) => {
      const time = new Date(created * 1000)
      const two = (part: number) => String(part).padStart(2, '0')
      const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())]
      const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two)
      const mark = number === current ? '(current)' : ''
      return `${String(number).padStart(4)}   ${date.join('-')} ${clock.join(':')}   ${mark}\n`
    })
    .join('')
}

/** Makes another generation current; the one before where no number is given. Throws ProfileError. */
export async function switchTo(task: ProfileTask, number: number | null): Promise<void> {
  await change(task, (profile) => {
    const switched = switchGeneration(profile, number)
    const [from, to] = [profile.current ?? 0, switched.current]
    task.surroundings.writeError(`switching profile from version ${from} to ${to}\n`)
    return switched
  })
}

/** Deletes generations. Throws ProfileError. */
export async function deleteSelected(
  task: ProfileTask,
  selection: GenerationSelection,
): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const what = task.dryRun ? 'would remove' : 'removing'
  await change(task, (profile) => {
    for (const number of selectGenerations(profile, selection, now, task.place)) {
      task.surroundings.writeError(`${what} profile version ${number}\n`)
    }
    return deleteGenerations(profile, selection, now)
  })
}

async function change(
  { store, place, dryRun }: ProfileTask,
  how: (profile: Profile) => Profile,
): Promise<void> {
  if (dryRun) how(store.profileAt(place))
  else await store.changeProfileAt(place, how)
}
