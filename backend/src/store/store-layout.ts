import { join } from 'node:path'

/** Where the parts of a store lie on this machine. */
export interface StoreLayout {
  /** The store directory. */
  store: string
  /** Nix's state: database, roots, profiles (`/nix/var/nix`). */
  state: string
  /** Our own, on the file system of the store. */
  work: string
}

/** The layout of a chroot store, as `nix-store --store DIRECTORY` has it. */
export function chrootLayout(directory: string): StoreLayout {
  return {
    store: join(directory, 'nix/store'),
    state: join(directory, 'nix/var/nix'),
    work: join(directory, 'nix/var/snowglobe'),
  }
}
