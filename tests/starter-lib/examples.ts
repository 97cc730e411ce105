import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  readDocumentation,
  type Documented,
} from '../../worker/src/intelligence/library-documentation'

export const library = join(import.meta.dirname, '../../pkgs/lib')

/** A file of the library, and what its doc comments say. */
export interface LibraryFile {
  /** Relative to `pkgs/lib`. */
  path: string
  documented: Documented[]
}

/** Every file of the library that documents something. */
export function libraryFiles(): LibraryFile[] {
  return readdirSync(library, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.nix'))
    .sort()
    .map((path) => ({
      path: relative(library, join(library, path)),
      documented: readDocumentation(readFileSync(join(library, path), 'utf8')),
    }))
    .filter(({ documented }) => documented.length > 0)
}
