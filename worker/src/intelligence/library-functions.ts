/** All functions of a library of Nix, with where they are and what their doc comments say: for search and documentation. */
import { readDocumentation, type Documented } from './library-documentation'

/** A function of the library. */
export interface LibraryFunction extends Documented {
  /** The names by which it is reached, as `lib.lists.last` and `lib.last`: the one of its group first. */
  names: string[]
  /** The file that it stands in. */
  file: string
}

/** Where an attribute of the library stands. */
export interface AttributePosition {
  /** The attribute's path from the library, as `lists.last`. */
  path: string
  file: string
  line: number
}

/**
 * A Nix expression whose value is the list of `AttributePosition`s of the library that `library` evaluates
 * to: of its attributes, and of those of sets within, as far as `depth` levels of names.
 */
export function positionsExpression(library: string, depth = 3): string {
  return `
    let
      position = set: path: name:
        let pos = builtins.unsafeGetAttrPos name set; in
        if pos == null then [ ] else [ { inherit (pos) file line; path = path + name; } ];
      # Values that fail are there as well, but have nothing within.
      isSet = value: let try = builtins.tryEval (builtins.isAttrs value && !(value ? __functor) && !(value ? _type)); in try.success && try.value;
      within = depth: path: set: builtins.concatMap
        (name: position set path name
          ++ (if depth > 1 && isSet set.\${name} then within (depth - 1) (path + name + ".") set.\${name} else [ ]))
        (builtins.attrNames set);
    in
    within ${depth} "" (${library})`
}

/**
 * The documented functions at `positions`, in the order of their first names. What has no doc comment is left out.
 *
 * `read` gives a file's text. A name that another file only passes on, with `inherit (lib.lists) last`, belongs
 * to the function of that name in the group that it is inherited from.
 */
export function describeLibrary(
  positions: readonly AttributePosition[],
  read: (file: string) => string,
): LibraryFunction[] {
  const files = new Map<
    string,
    { documented: Map<number, Documented>; inherited: Map<number, string> }
  >()
  const fileAt = (file: string) => {
    let known = files.get(file)
    if (known === undefined) {
      const source = read(file)
      const documented = new Map(readDocumentation(source).map((entry) => [entry.line, entry]))
      known = { documented, inherited: readInherited(source) }
      files.set(file, known)
    }
    return known
  }
  // One function may be reached in several ways: as `lib.types.int`, and as `lib.types.types.int`.
  const byPlace = new Map<string, LibraryFunction>()
  const byPath = new Map<string, LibraryFunction>()
  for (const { path, file, line } of positions) {
    const documented = fileAt(file).documented.get(line)
    // What listToAttrs makes stands where its pairs were made, and is not called so.
    if (documented === undefined || !`.${path}`.endsWith(`.${documented.name}`)) continue
    const place = `${file}:${line}`
    const found = byPlace.get(place) ?? { ...documented, names: [], file }
    byPlace.set(place, found)
    byPath.set(path, found)
    found.names.push(`lib.${path}`)
    found.names.sort((a, b) => a.length - b.length)
  }
  for (const { path, file, line } of positions) {
    const group = fileAt(file).inherited.get(line)
    if (group !== undefined) byPath.get(`${group}.${path}`)?.names.push(`lib.${path}`)
  }
  return [...byPlace.values()].sort((a, b) => compare(a.names[0] ?? '', b.names[0] ?? ''))
}

/** Lines with a name of `inherit (lib.GROUP)`, and the group. */
function readInherited(source: string): Map<number, string> {
  const lines = new Map<number, string>()
  for (const match of source.matchAll(/inherit \(lib\.([\w.]+)\)([^;]*);/g)) {
    const [whole, group = '', names = ''] = match
    const first = source.slice(0, match.index + whole.length - names.length - 1).split('\n').length
    names.split('\n').forEach((line, i) => {
      if (line.trim() !== '') lines.set(first + i, group)
    })
  }
  return lines
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
