/** The files that come with Nix itself: `<nix/fetchurl.nix>`. */
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import type { StoredTree } from '../language/file-tree'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'
import { HostError } from './host'

/** The directory in which evaluations find them. */
export const builtinDirectory: ByteString = '/builtin'

/**
 * Downloads a file in a build that every Nix does by itself, without tools. Its attributes, also
 * those without effect, decide the hashes of derivations.
 */
const fetchurl: ByteString = `{
  url,
  name ? baseNameOf (toString url),
  hash ? "",
  sha512 ? "",
  sha256 ? "",
  sha1 ? "",
  md5 ? "",
  # Of several hashes the first of hash, sha512, sha1, md5 and sha256 counts.
  outputHash ? builtins.head (builtins.filter (text: text != "") [ hash sha512 sha1 md5 ] ++ [ sha256 ]),
  outputHashAlgo ?
    if hash != "" then ""
    else if sha512 != "" then "sha512"
    else if sha1 != "" then "sha1"
    else if md5 != "" then "md5"
    else "sha256",
  executable ? false,
  unpack ? false,
  impure ? false,
  system ? "",
}:

let
  contents = if impure then { __impure = true; } else { inherit outputHash outputHashAlgo; };
in
derivation (contents // {
  inherit executable name unpack url;
  builder = "builtin:fetchurl";
  impureEnvVars = [ "http_proxy" "https_proxy" "ftp_proxy" "all_proxy" "no_proxy" ];
  outputHashMode = if executable || unpack then "recursive" else "flat";
  preferLocalBuild = true;
  system = "builtin";
  urls = [ url ];
})
`

const builtinFiles: ReadonlyMap<ByteString, Uint8Array> = new Map([
  [`${builtinDirectory}/fetchurl.nix`, byteStringToBytes(fetchurl)],
])

/** A host's files with Nix's own at `/builtin`, which hides what the host has there. */
export function withBuiltinFiles(files: SourceAccessor): SourceAccessor {
  return new BuiltinFiles(files)
}

class BuiltinFiles implements SourceAccessor {
  constructor(private readonly beneath: SourceAccessor) {}

  status(path: ByteString): FileStatus | null {
    if (!isBuiltin(path)) return this.beneath.status(path)
    if (path === builtinDirectory) return { type: 'directory', executable: false, size: 0 }
    const contents = builtinFiles.get(path)
    if (contents === undefined) return null
    return { type: 'regular', executable: false, size: contents.length }
  }

  readFile(path: ByteString): Uint8Array {
    if (!isBuiltin(path)) return this.beneath.readFile(path)
    const contents = builtinFiles.get(path)
    if (contents === undefined) throw new HostError(`path '${path}' does not exist`)
    return contents
  }

  identity(path: ByteString): object | null {
    if (!isBuiltin(path)) return this.beneath.identity?.(path) ?? null
    return builtinFiles.get(path) ?? null
  }

  syntax(path: ByteString): StoredTree | null {
    return isBuiltin(path) ? null : (this.beneath.syntax?.(path) ?? null)
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    if (!isBuiltin(path)) return this.beneath.readDirectory(path)
    if (path !== builtinDirectory) throw new HostError(`'${path}' is not a directory`)
    const names = new Map<ByteString, FileType>()
    for (const file of builtinFiles.keys()) names.set(file.slice(path.length + 1), 'regular')
    return names
  }

  readLink(path: ByteString): ByteString {
    if (!isBuiltin(path)) return this.beneath.readLink(path)
    throw new HostError(`'${path}' is not a symbolic link`)
  }
}

function isBuiltin(path: ByteString): boolean {
  return (
    path.startsWith(builtinDirectory) &&
    (path.length === builtinDirectory.length || path[builtinDirectory.length] === '/')
  )
}
