/**
 * Snippets: all that a link says of what the page shows. Text here is ordinary text (UTF-16).
 *
 * A link holds `s1.` and the base-64 (of URLs) of raw deflate, with a preset dictionary, of JSON. The
 * dictionary belongs to `s1`: links live for ever, so another one needs another number.
 */
import { deflateSync, Inflate } from 'fflate'
import * as v from 'valibot'
import { decodeBase64Url, encodeBase64Url } from './base64'
import { checkStorePathName } from './store-path-name'

export interface SnippetFile {
  /** Relative to the workspace, like `lib/default.nix`. */
  path: string
  text: string
}

export interface Snippet {
  /** The workspace is mounted at `/home/nix/<name>`; enters the names of store paths. */
  name: string
  files: SnippetFile[]
  /** The path of the file that is evaluated. */
  entry: string
  /** builtins.currentSystem, like `x86_64-linux`. */
  system: string
  /** The package collection that `<nixpkgs>` means, or `none`. */
  channel: string
  /** The store path that the channel stood for when it was chosen; elsewhere it may be another. */
  channelPath?: string
}

/** A link or a snippet that cannot be used. The message is for people. */
export class SnippetError extends Error {
  override name = 'SnippetError'
}

const prefix = 's1.'
/** Characters in a link: what browsers and chat programs still carry. */
const maxEncoded = 1024 * 1024
/** Bytes of all texts; a small link can unpack to a thousand times its size. */
const maxDecoded = 4 * 1024 * 1024
const maxFiles = 500

/** Frequent words of snippets, the most frequent last: deflate finds near things cheaper. */
const dictionary = new TextEncoder().encode(
  'mkIf mkOption types.str config options modules fetchurl fetchFromGitHub { url = "https://' +
    'sha256 = "sha256-outputHash = outputHashAlgo = outputHashMode = "recursive";\n' +
    'meta = with lib; { description = "license = licenses.mit; platforms = platforms.all; };\n' +
    '{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable"; outputs = { self, nixpkgs }: {\n' +
    'packages.x86_64-linux.default = nixpkgs.legacyPackages.${system}.callPackage ./package.nix { };\n' +
    "installPhase = ''\n    mkdir -p $out/bin\n    cp -r  $out/share\n  '';\nbuildPhase = ''\n" +
    'nativeBuildInputs = [ buildInputs = [ pkg-config cmake passthru overrideAttrs (old: {\n' +
    'stdenv.mkDerivation rec {\n  pname = "version = "1.0.0";\n  src = ./.;\n' +
    "pkgs.runCommand \"hello\" { } ''\n  echo hello > $out\n''\npkgs.writeShellScriptBin \"" +
    '{ pkgs ? import <nixpkgs> { }, lib ? pkgs.lib }:\nlet\n  inherit (builtins) map filter ' +
    "foldl' attrNames attrValues mapAttrs listToAttrs concatStringsSep toString toJSON fromJSON " +
    'readFile genList elemAt length head tail isString trace throw assert if then else rec with or ' +
    'null true false builtins.toFile "hello.txt" "Hello, world!\\n"\\n\\n  \\n    \\n      ' +
    'derivation {\\n  name = \\"hello\\";\\n  system = builtins.currentSystem;\\n  ' +
    'builder = \\"/bin/sh\\";\\n  args = [ \\"-c\\" \\"echo Hello > $out\\" ];\\n}\\nin\\nlet\\n  ' +
    'default.nix","text":"flake.nix","text":"package.nix","text":"README.md","text":"' +
    '"entry":"default.nix","system":"aarch64-linux","channel":"starter"}' +
    '{"name":"snippet","entry":"default.nix","system":"x86_64-linux","channel":"none",' +
    '"files":[{"path":"default.nix","text":"',
)

const schema = v.object({
  name: v.string(),
  entry: v.string(),
  system: v.string(),
  channel: v.string(),
  channelPath: v.optional(v.string()),
  files: v.array(v.object({ path: v.string(), text: v.string() })),
})

/**
 * A snippet as text that needs no escaping in a URL. Throws SnippetError if it is not a valid one, or too large for
 * `decodeSnippet`.
 */
export function encodeSnippet(snippet: Snippet): string {
  checkSnippet(snippet)
  const { name, entry, system, channel, channelPath, files } = snippet
  const json = JSON.stringify({
    name,
    entry,
    system,
    channel,
    ...(channelPath === undefined ? {} : { channelPath }),
    files: files.map(({ path, text }) => ({ path, text })),
  })
  const bytes = new TextEncoder().encode(json)
  if (bytes.length > maxDecoded)
    throw new SnippetError(`it has ${bytes.length} bytes, at most ${maxDecoded} fit into a link`)
  const encoded = prefix + encodeBase64Url(deflateSync(bytes, { level: 9, dictionary }))
  if (encoded.length > maxEncoded)
    throw new SnippetError(
      `the link would have ${encoded.length} characters, at most ${maxEncoded} are allowed`,
    )
  return encoded
}

/** The snippet in such a text. Throws SnippetError that says what is wrong with it. */
export function decodeSnippet(text: string): Snippet {
  if (!text.startsWith(prefix)) {
    const version = /^s(\d+)\./.exec(text)
    throw new SnippetError(
      version
        ? `the link is of version ${version[1]!}, this page knows version 1: reload the page to get a newer one`
        : 'the link holds no snippet: it should begin with s1.',
    )
  }
  if (text.length > maxEncoded)
    throw new SnippetError(
      `the link has ${text.length} characters, at most ${maxEncoded} are allowed`,
    )
  const snippet = parseJson(unpack(text.slice(prefix.length)))
  checkSnippet(snippet)
  return snippet
}

function unpack(encoded: string): Uint8Array {
  let packed: Uint8Array
  try {
    packed = decodeBase64Url(encoded)
  } catch (error) {
    throw new SnippetError(`the link is damaged: ${(error as Error).message}`)
  }
  return inflate(packed)
}

/** Inflates piece by piece, so that a bomb is noticed before it has gone off. */
function inflate(packed: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = []
  let size = 0
  let ended = false
  const inflater = new Inflate({ dictionary }, (piece, final) => {
    size += piece.length
    if (size > maxDecoded)
      throw new SnippetError(`the link unpacks to more than ${maxDecoded} bytes, which is too much`)
    pieces.push(piece)
    ended = final
  })
  const step = 1024
  try {
    for (let start = 0; start < packed.length || start === 0; start += step)
      inflater.push(packed.subarray(start, start + step), start + step >= packed.length)
  } catch (error) {
    if (error instanceof SnippetError) throw error
    throw new SnippetError('the link is damaged: its end may be missing')
  }
  if (!ended) throw new SnippetError('the link is damaged: its end is missing')
  const result = new Uint8Array(size)
  let position = 0
  for (const piece of pieces) {
    result.set(piece, position)
    position += piece.length
  }
  return result
}

function parseJson(bytes: Uint8Array): Snippet {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new SnippetError('the link is damaged: what it unpacks to is not a snippet')
  }
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issue = result.issues[0]
  throw new SnippetError(
    `the link is damaged: ${v.getDotPath(issue) ?? 'the snippet'}: ${issue.message}`,
  )
}

/** Throws SnippetError if a snippet cannot be a workspace: wrong names, no files, no entry. */
export function checkSnippet(snippet: Snippet): void {
  try {
    checkStorePathName(snippet.name)
  } catch (error) {
    throw new SnippetError(`the snippet's name is not valid: ${(error as Error).message}`)
  }
  checkWord('system', snippet.system)
  checkWord('channel', snippet.channel)
  if (snippet.channelPath !== undefined && !channelPath.test(snippet.channelPath))
    throw new SnippetError(
      `'${snippet.channelPath.slice(0, 100)}' cannot be the store path of a channel`,
    )
  if (snippet.files.length > maxFiles)
    throw new SnippetError(
      `the snippet has ${snippet.files.length} files, at most ${maxFiles} are allowed`,
    )
  const paths = new Set<string>()
  for (const { path } of snippet.files) {
    checkPath(path)
    if (paths.has(path)) throw new SnippetError(`the snippet has the file '${path}' twice`)
    paths.add(path)
  }
  for (const path of paths)
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      if (paths.has(path.slice(0, slash)))
        throw new SnippetError(`'${path.slice(0, slash)}' cannot be a file and a directory`)
  if (!paths.has(snippet.entry))
    throw new SnippetError(`the snippet's entry '${snippet.entry}' is not one of its files`)
}

/** What systems and channels may be called. */
export const snippetWord = /^[0-9a-zA-Z][0-9a-zA-Z._-]{0,63}$/

const channelPath = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-source$/

function checkWord(what: string, word: string): void {
  if (!snippetWord.test(word))
    throw new SnippetError(`the snippet's ${what} '${word}' is not valid`)
}

function checkPath(path: string): void {
  const parts = path.split('/')
  if (path.length > 1000 || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new SnippetError(`'${path}' cannot be the path of a file`)
  if (/[\0-\x1f\x7f]/.test(path))
    throw new SnippetError(`the path ${JSON.stringify(path)} has control characters`)
}
