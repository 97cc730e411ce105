/** Which store a command on this machine uses: Nix's own rules. */
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Settings } from '@snowglobe/worker/commands/settings'
import { chrootLayout, type StoreLayout } from '../store/store-layout'

export interface StoreLocation {
  layout: StoreLayout
  /** What paths speak of. */
  storeDir: ByteString
  /** Where logs of builds are kept. */
  logDirectory: string
  /** Nix's setting `fsync-store-paths`. */
  sync: boolean
}

type Place = Omit<StoreLocation, 'sync'>

type Environment = Readonly<Record<string, string | undefined>>

/** A `--store` that means no store on this machine's disk. */
export class UnknownStoreError extends Error {
  override name = 'UnknownStoreError'
}

/**
 * The store that `--store` names (a directory, `local` with or without `root`, `auto`), else what
 * the environment says: NIX_STORE_DIR and NIX_STATE_DIR if set, else `/nix` if it can be written,
 * else the chroot store `~/.local/share/nix/root`. Source: Nix manual, "Local Store" and "auto".
 * Throws UnknownStoreError.
 */
export function storeLocation(environment: Environment, settings: Settings): StoreLocation {
  return {
    ...placeOfStore(environment, settings),
    sync: settings.boolean('fsync-store-paths', false),
  }
}

function placeOfStore(environment: Environment, settings: Settings): Place {
  const store = byteStringToUtf8(settings.text('store') ?? 'auto')
  const [, name = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(store)!
  const parameters = new URLSearchParams(query)
  const root = parameters.get('root')
  if (name === 'local' || name === 'auto' || name === '') {
    if (root !== null) return chrootLocation(root, environment)
    const state = parameters.get('state') ?? environment.NIX_STATE_DIR
    const given = environment.NIX_STORE_DIR !== undefined || state !== undefined
    if (name === 'local' || given || isWritable('/nix')) return ownLocation(environment, state)
    const data = environment.XDG_DATA_HOME ?? join(homedir(), '.local/share')
    return chrootLocation(join(data, 'nix/root'), environment)
  }
  if (name.startsWith('local://')) return chrootLocation(name.slice('local://'.length), environment)
  if (name.startsWith('/') || name.startsWith('.')) return chrootLocation(name, environment)
  throw new UnknownStoreError(`don't know how to open Nix store '${store}'`)
}

function ownLocation(environment: Environment, state = '/nix/var/nix'): Place {
  const directory = environment.NIX_STORE_DIR ?? '/nix/store'
  return {
    layout: { store: directory, state, work: join(state, 'snowglobe') },
    storeDir: utf8ToByteString(directory),
    logDirectory: environment.NIX_LOG_DIR ?? '/nix/var/log/nix',
  }
}

function chrootLocation(root: string, environment: Environment): Place {
  const directory = resolve(root)
  return {
    layout: chrootLayout(directory),
    storeDir: utf8ToByteString(environment.NIX_STORE_DIR ?? '/nix/store'),
    logDirectory: join(directory, 'nix/var/log/nix'),
  }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
