import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import {
  formatContentAddress,
  parseContentAddress,
  pathOfContentAddress,
  type ContentAddress,
} from '@snowglobe/shared/content-address'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { formatHash, hashBytes, type Hash, type HashAlgorithm } from '@snowglobe/shared/hash'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError, type PathInfo, type StoreEntry } from './store'

/** How bytes are hashed: a platform may have something quicker than the model. */
export type Digest = (algorithm: HashAlgorithm, bytes: Uint8Array) => Uint8Array

const derivationExtension = '.drv'

/**
 * Checks what can be known of an entry by itself, and completes its information: the NAR is
 * well-formed and has the hash that is claimed, references are store paths, and a content-addressed
 * path is the one that its contents make. Whether the references are valid is the store's to check.
 *
 * @throws StoreError naming the path and what is wrong with it
 */
export function checkEntry(
  storeDir: ByteString,
  entry: StoreEntry,
  digest: Digest = hashBytes,
): PathInfo {
  const { info, nar } = entry
  const name = nameOf(storeDir, info.path, `cannot add '${info.path}'`)
  for (const reference of info.references) {
    nameOf(storeDir, reference, `'${info.path}' has a reference that is wrong`)
  }
  const references = [...new Set(info.references)].sort()

  let contents: NarNode
  try {
    contents = readNar(nar)
  } catch (error) {
    throw new StoreError(`the contents of '${info.path}' are no NAR: ${messageOf(error)}`)
  }
  const narHash = digest('sha256', nar)
  if (info.narHash !== undefined && !equalBytes(info.narHash, narHash)) {
    throw new StoreError(
      `NAR hash mismatch in '${info.path}': specified ${formatNarHash(info.narHash)}, got ` +
        formatNarHash(narHash),
    )
  }
  const contentAddress = info.contentAddress ?? null
  if (contentAddress !== null) {
    checkContentAddress(storeDir, info.path, name, references, contentAddress, {
      contents,
      digest: (algorithm) => {
        if (algorithm === 'sha256') return narHash
        return digest(algorithm, nar)
      },
      digestFile: digest,
    })
  }
  return {
    path: info.path,
    narHash,
    narSize: nar.length,
    references,
    deriver: info.deriver ?? null,
    contentAddress,
    signatures: [...(info.signatures ?? [])],
    registrationTime: Math.floor(Date.now() / 1000),
    ultimate: info.ultimate ?? false,
  }
}

/**
 * Checks that every reference of the paths to be added is valid or added with them.
 *
 * @throws StoreError naming the first path whose reference is missing, and the reference
 */
export function checkReferences(
  added: ReadonlyMap<ByteString, PathInfo>,
  isValid: (path: ByteString) => boolean,
): void {
  for (const { path, references } of added.values()) {
    const missing = references.find((reference) => !added.has(reference) && !isValid(reference))
    if (missing !== undefined) {
      throw new StoreError(`cannot add '${path}': its reference '${missing}' is not valid`)
    }
  }
}

/**
 * The outputs of the derivation in a path's contents, by name; none of a path that is no `.drv`, and not
 * those whose paths are known only once they are built.
 *
 * @throws StoreError where a `.drv` holds no derivation
 */
export function outputsOfEntry(
  storeDir: ByteString,
  { info, nar }: StoreEntry,
): Map<ByteString, ByteString> {
  const outputs = new Map<ByteString, ByteString>()
  if (!info.path.endsWith(derivationExtension)) return outputs
  const contents = readNar(nar)
  if (contents.type !== 'regular') return outputs
  return parseOutputs(storeDir, info.path, bytesToByteString(contents.contents))
}

/** The same of the text of a `.drv`. */
export function parseOutputs(
  storeDir: ByteString,
  path: ByteString,
  text: ByteString,
): Map<ByteString, ByteString> {
  const name = parseStorePath(storeDir, path).name.slice(0, -derivationExtension.length)
  const outputs = new Map<ByteString, ByteString>()
  try {
    for (const [output, { path }] of parseDerivation(text, name).outputs) {
      if (path !== '') outputs.set(output, path)
    }
  } catch (error) {
    throw new StoreError(`'${path}' is no derivation: ${messageOf(error)}`)
  }
  return outputs
}

/** `sha256:` and base-32, as NAR hashes are written for people and in narinfos. */
export function formatNarHash(bytes: Uint8Array): string {
  return formatHash({ algorithm: 'sha256', bytes }, 'nix32', true)
}

interface CheckedContents {
  contents: NarNode
  /** Of the NAR. */
  digest: (algorithm: HashAlgorithm) => Uint8Array
  digestFile: Digest
}

function checkContentAddress(
  storeDir: ByteString,
  path: ByteString,
  name: ByteString,
  references: ByteString[],
  text: string,
  given: CheckedContents,
): void {
  let address: ContentAddress
  try {
    address = parseContentAddress(text)
  } catch (error) {
    throw new StoreError(`'${path}' has a content address that is wrong: ${messageOf(error)}`)
  }
  if (references.includes(path)) {
    throw new StoreError(
      `'${path}' refers to itself, so that it cannot be checked against its content address: add ` +
        'it as a built output, signed by a trusted key',
    )
  }
  const actual = { ...address, hash: hashOfContents(path, address, given) }
  if (!equalBytes(actual.hash.bytes, address.hash.bytes)) {
    throw new StoreError(
      `'${path}' is not what its content address says: specified ${text}, got ` +
        formatContentAddress(actual),
    )
  }
  let made: ByteString
  try {
    made = pathOfContentAddress(storeDir, address, name, references)
  } catch (error) {
    throw new StoreError(`'${path}' cannot have the content address ${text}: ${messageOf(error)}`)
  }
  if (made !== path) {
    throw new StoreError(`'${path}' is not the path of its contents: they make '${made}'`)
  }
}

function hashOfContents(
  path: ByteString,
  address: ContentAddress,
  { contents, digest, digestFile }: CheckedContents,
): Hash {
  const { algorithm } = address.hash
  if (address.method === 'recursive') return { algorithm, bytes: digest(algorithm) }
  if (contents.type !== 'regular' || contents.executable) {
    throw new StoreError(
      `'${path}' cannot have a content address of one file's bytes: it is not a regular, ` +
        'non-executable file',
    )
  }
  return { algorithm, bytes: digestFile(algorithm, contents.contents) }
}

function nameOf(storeDir: ByteString, path: ByteString, what: string): ByteString {
  try {
    return parseStorePath(storeDir, path).name
  } catch (error) {
    throw new StoreError(`${what}: ${messageOf(error)}`)
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
