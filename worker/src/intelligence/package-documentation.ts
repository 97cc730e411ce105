/** What a package collection says of its packages and of its functions that make some: for search and documentation. */
import type { BuiltinDocumentation } from '../evaluator/builtin-documentation'
import type { LibraryFunction } from './library-functions'
import { readDocumentation, readHeadComment } from './library-documentation'

/** A builtin, and where `lib` passes it on. */
export interface DocumentedBuiltin extends BuiltinDocumentation {
  /** Like `lib.head` and `lib.lists.head`. */
  inLib: string[]
}

/** A licence as `meta.license` tells of it. */
export interface PackageLicense {
  name: string
  /** Its identifier in SPDX's list; null where it has none. */
  spdxId: string | null
  url: string | null
  free: boolean
}

export interface PackageDocumentation {
  /** The attribute of the collection, like `lua5_4`. */
  name: string
  /** `pname` or the name without its version, like `lua`. */
  pname: string
  /** '' where there is none. */
  version: string
  /** One line; '' where nobody wrote one. */
  description: string
  longDescription: string
  homepage: string | null
  /** The program that `nix run` would run. */
  mainProgram: string | null
  licenses: PackageLicense[]
  platforms: string[]
  outputs: string[]
  /** Where it is written; null where that is not known. */
  file: string | null
  line: number
}

/** A collection as `collectionExpression` evaluates to it, strictly. */
export interface CollectionFacts {
  packages: (Omit<PackageDocumentation, 'file' | 'line'> & { position: string | null })[]
  /** Names of functions: `runCommand`, `dockerTools.buildImage`. */
  functions: string[]
  /** Names in `lib`, and in its groups, that builtins have as well: `head`, `lists.head`. */
  builtins: string[]
}

/** Sets of a collection that hold functions. */
const groups = ['dockerTools', 'testers']

/**
 * A Nix expression for what the collection that `collection` evaluates to says of its packages: a set as
 * `CollectionFacts`, for JSON. What cannot be evaluated is left out.
 */
export function collectionExpression(collection: string): string {
  return `
    let
      pkgs = ${collection};
      try = default: value: let tried = builtins.tryEval (builtins.deepSeq value value); in if tried.success then tried.value else default;
      names = builtins.attrNames pkgs;
      is = check: name: try false (check pkgs.\${name});
      isPackage = value: builtins.isAttrs value && value.type or null == "derivation";
      isFunction = value: builtins.isFunction value || builtins.isAttrs value && value ? __functor;
      builtinsIn = set: path: map (name: path + name)
        (builtins.filter (name: builtins ? \${name} && try false (isFunction set.\${name})) (builtins.attrNames set));
      license = value:
        if builtins.isString value then { name = value; spdxId = null; url = null; free = true; }
        else {
          name = value.fullName or value.shortName or "";
          spdxId = value.spdxId or null;
          url = value.url or null;
          free = value.free or true;
        };
      describe = name:
        let
          package = pkgs.\${name};
          meta = package.meta or { };
          get = default: attribute: try default (meta.\${attribute} or default);
          parsed = builtins.parseDrvName package.name;
          licenses = meta.license or [ ];
        in
        {
          inherit name;
          pname = package.pname or parsed.name;
          version = package.version or parsed.version;
          description = get "" "description";
          longDescription = get "" "longDescription";
          homepage = let homepage = get null "homepage"; in if builtins.isList homepage then builtins.head homepage else homepage;
          mainProgram = get null "mainProgram";
          licenses = try [ ] (map license (if builtins.isList licenses then licenses else [ licenses ]));
          platforms = builtins.filter builtins.isString (get [ ] "platforms");
          outputs = try [ "out" ] (package.outputs or [ "out" ]);
          position =
            let at = builtins.unsafeGetAttrPos "description" meta; in
            get (if at == null then null else "\${at.file}:\${toString at.line}") "position";
        };
    in
    {
      packages = map describe (builtins.filter (is isPackage) names);
      functions = builtins.filter (is isFunction) names ++ builtins.concatMap
        (group: map (name: group + "." + name)
          (builtins.filter (name: try false (isFunction pkgs.\${group}.\${name}))
            (builtins.attrNames (removeAttrs (pkgs.\${group} or { }) [ "override" "overrideDerivation" ]))))
        [ ${groups.map((name) => `"${name}"`).join(' ')} ];
      builtins = builtinsIn pkgs.lib "" ++ builtins.concatMap
        (name: if try false (builtins.isAttrs pkgs.lib.\${name}) then builtinsIn pkgs.lib.\${name} "\${name}." else [ ])
        (builtins.attrNames pkgs.lib);
    }`
}

/**
 * The builtins with the names by which `lib` has them too, which are those that are none of its own
 * `functions`.
 */
export function describeBuiltins(
  { builtins: shared }: CollectionFacts,
  builtins: Iterable<BuiltinDocumentation>,
  functions: readonly LibraryFunction[],
): DocumentedBuiltin[] {
  const own = new Set(functions.flatMap(({ names }) => names))
  const passedOn = shared.map((path) => `lib.${path}`).filter((name) => !own.has(name))
  return [...builtins].map((builtin) => ({
    ...builtin,
    inLib: passedOn.filter((name) => name.endsWith(`.${builtin.name}`)),
  }))
}

/** The packages of a collection, each with its place, in the order of their names. */
export function describePackages({ packages }: CollectionFacts): PackageDocumentation[] {
  return packages.map(({ position, longDescription, description, ...rest }) => {
    const place = position === null ? null : /^(.*):(\d+)$/.exec(position)
    return {
      ...rest,
      description: description.trim(),
      longDescription: longDescription.trim(),
      file: place?.[1] ?? null,
      line: Number(place?.[2] ?? 0),
    }
  })
}

/**
 * The functions of a collection that have a doc comment in one of `files`, which `read` reads, or of which one of
 * these consists. They are found by their names: a collection puts its attributes together from many files.
 */
export function describeFunctions(
  { functions }: CollectionFacts,
  files: readonly string[],
  read: (file: string) => string,
): LibraryFunction[] {
  const wanted = new Map(functions.map((path) => [path.slice(path.lastIndexOf('.') + 1), path]))
  const found = new Map<string, LibraryFunction>()
  for (const file of files) {
    const source = read(file)
    for (const entry of [readHeadComment(source), ...readDocumentation(source)]) {
      if (entry === null) continue
      const name = entry.name.slice(entry.name.lastIndexOf('.') + 1)
      const path = wanted.get(name)
      if (path === undefined || found.has(path)) continue
      const names = [...new Set([`pkgs.${path === name ? entry.name : path}`, `pkgs.${path}`])]
      found.set(path, { ...entry, name: path, names, file })
    }
  }
  return functions.flatMap((name) => found.get(name) ?? [])
}
