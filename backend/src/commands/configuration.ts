/** The settings that this machine and its user give every command. Source: nix.conf(5), "Description". */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { readConfigurations } from '@snowglobe/worker/commands/nix-conf'
import type { Settings } from '@snowglobe/worker/commands/settings'

type Environment = Readonly<Record<string, string | undefined>>

const systemDirectory = '/etc/nix'

/**
 * The machine's `nix.conf`, the user's, and NIX_CONFIG; of several the last counts. Throws UsageError and
 * StoreError.
 */
export function configuredSettings(environment: Environment): Settings {
  const system = join(environment['NIX_CONF_DIR'] || systemDirectory, 'nix.conf')
  const found = [system, ...userFiles(environment).reverse()].flatMap((path) => {
    const text = contents(path)
    return text === null ? [] : [{ path: utf8ToByteString(path), text }]
  })
  const given = environment['NIX_CONFIG']
  if (given !== undefined) found.push({ path: 'NIX_CONFIG', text: utf8ToByteString(given) })
  return readConfigurations(found, {
    include: (name, from) => {
      const path = resolve(dirname(byteStringToUtf8(from)), byteStringToUtf8(name))
      // As Nix: what is there but cannot be read says nothing.
      return {
        path: utf8ToByteString(path),
        text: existsSync(path) ? (contents(path) ?? '') : null,
      }
    },
    isFixed: (name) =>
      (name === 'nix-path' || name === 'extra-nix-path') && environment['NIX_PATH'] !== undefined,
  })
}

/** The first counts most. */
function userFiles(environment: Environment): string[] {
  const given = environment['NIX_USER_CONF_FILES']
  if (given !== undefined) return given.split(':').filter((path) => path !== '')
  const home = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] ?? homedir(), '.config')
  const shared = environment['XDG_CONFIG_DIRS'] || '/etc/xdg'
  return [home, ...shared.split(':')].map((directory) => join(directory, 'nix/nix.conf'))
}

function contents(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
