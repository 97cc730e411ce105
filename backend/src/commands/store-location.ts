/** Which store a command on this machine uses: Nix's own rules. */
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { chrootLayout, type StoreLayout } from '../store/store-layout'

export interface StoreLocation {
  layout: StoreLayout
  /** What paths speak of. */
  storeDir: ByteString
}

/**
 * NIX_STORE_DIR and NIX_STATE_DIR if set, else `/nix` if it can be written, else the chroot store
 * `~/.local/share/nix/root`. Source: Nix manual, "Local Store" and "auto".
 */
export function storeLocation(
  environment: Readonly<Record<string, string | undefined>>,
): StoreLocation {
  const store = environment.NIX_STORE_DIR
  const state = environment.NIX_STATE_DIR
  if (store !== undefined || state !== undefined || isWritable('/nix')) {
    const stateDirectory = state ?? '/nix/var/nix'
    const directory = store ?? '/nix/store'
    return {
      layout: { store: directory, state: stateDirectory, work: join(stateDirectory, 'snowglobe') },
      storeDir: utf8ToByteString(directory),
    }
  }
  const data = environment.XDG_DATA_HOME ?? join(homedir(), '.local/share')
  return { layout: chrootLayout(join(data, 'nix/root')), storeDir: '/nix/store' }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
