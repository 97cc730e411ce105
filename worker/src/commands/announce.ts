/** What every command says in the same words. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { nixVersion } from '../evaluator/nix-version'
import type { Settings } from './settings'

/** What `--version` prints. */
export function versionLine(command: string): ByteString {
  return `${command} (Snowglobe, Nix) ${nixVersion}\n`
}

/** Tells of settings that were given a value, and that nothing has. */
export function warnOfUnknownSettings(
  { unknown }: Settings,
  surroundings: { writeError(text: ByteString): void },
): void {
  for (const name of unknown) surroundings.writeError(`warning: unknown setting '${name}'\n`)
}

/** Tells that nothing keeps what was made. */
export function warnOfGarbage(surroundings: { writeError(text: ByteString): void }): void {
  surroundings.writeError(
    "warning: you did not specify '--add-root'; the result might be removed by the garbage " +
      'collector\n',
  )
}
