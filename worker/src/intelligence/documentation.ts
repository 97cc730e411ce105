/** All that is told of builtins, of functions written in Nix and of packages: one file beside each pack, loaded when somebody looks for something. */
import type { LibraryFunction } from './library-functions'
import type { DocumentedBuiltin, PackageDocumentation } from './package-documentation'

export type { DocumentedBuiltin, LibraryFunction, PackageDocumentation }
export type { Example } from './library-documentation'
export type { PackageLicense } from './package-documentation'

export interface Documentation {
  /** The tree that it is about. Files are named from there. */
  storePath: string
  /** In the order of their names, as all of these. */
  builtins: DocumentedBuiltin[]
  /** Functions of `lib`, and those of the collection that make packages. */
  functions: LibraryFunction[]
  packages: PackageDocumentation[]
}
