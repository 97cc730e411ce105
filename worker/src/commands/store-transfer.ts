/** The operations of `nix-store` by which paths come into a store and out of it. */
import { decodeBase16, encodeBase16 } from '@snowglobe/shared/base16'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { secretKeyOf } from '@snowglobe/shared/ed25519'
import { exportChunks, readExportStream, type ExportedPath } from '@snowglobe/shared/export-stream'
import { parseHash, parseHashAlgorithm, type HashAlgorithm } from '@snowglobe/shared/hash'
import { formatNamedBytes } from '@snowglobe/shared/signature'
import { makeFixedOutputPath } from '@snowglobe/shared/store-path'
import { equalBytes, formatNarHash } from '../store/check-entry'
import { StoreError, type PathInfo } from '../store/store'
import { noArguments, onlyFlags, UsageError } from './command-line'
import type { StoreArguments } from './store-arguments'
import type { StoreCommandSurroundings } from './store-host'
import type { StoreCommand } from './store-maintenance'
import { validInfo } from './store-query'

/** `--add`: copies files into the store, as a source that is mentioned in an expression. */
export async function addSources(command: StoreCommand): Promise<number> {
  onlyFlags(command.given, [])
  return addEach(command, command.given.args, 'recursive', 'sha256')
}

/** `--add-fixed`: puts a file there that a fixed-output derivation would fetch. */
export async function addFixed(command: StoreCommand): Promise<number> {
  const flags = onlyFlags(command.given, ['--recursive'])
  const [name, ...files] = command.given.args
  if (name === undefined) throw new UsageError('first argument must be hash algorithm')
  return addEach(
    command,
    files,
    flags.has('--recursive') ? 'recursive' : 'flat',
    parseHashAlgorithm(name),
  )
}

async function addEach(
  { store, surroundings }: StoreCommand,
  files: readonly ByteString[],
  method: 'flat' | 'recursive',
  algorithm: HashAlgorithm,
): Promise<number> {
  for (const file of files) {
    const name = file.slice(file.replace(/\/$/, '').lastIndexOf('/') + 1).replace(/\/$/, '')
    const path = await store.addFiles(file, name, { method, algorithm })
    surroundings.writeOutput(`${path}\n`)
  }
  return 0
}

/** `--print-fixed-path`: where a fixed output would be. */
export function printFixedPath({ given, store, surroundings }: StoreCommand): number {
  const flags = onlyFlags(given, ['--recursive'])
  const [algorithm, hash, name] = given.args
  if (
    given.args.length !== 3 ||
    algorithm === undefined ||
    hash === undefined ||
    name === undefined
  ) {
    throw new UsageError("'--print-fixed-path' requires three arguments")
  }
  const method = flags.has('--recursive') ? 'recursive' : 'flat'
  const parsed = parseHash(hash, parseHashAlgorithm(algorithm))
  surroundings.writeOutput(`${makeFixedOutputPath(store.storeDir, method, parsed, name)}\n`)
  return 0
}

/** `--dump`: files as a NAR. */
export function dump(given: StoreArguments, surroundings: StoreCommandSurroundings): number {
  onlyFlags(given, [])
  const path = onlyArgument(given)
  surroundings.dumpFiles(path, (piece) => surroundings.writeBytes(piece))
  return 0
}

/** `--restore`: the files of a NAR on standard input. */
export async function restore(
  given: StoreArguments,
  surroundings: StoreCommandSurroundings,
): Promise<number> {
  onlyFlags(given, [])
  const path = onlyArgument(given)
  await surroundings.restoreFiles(path, await surroundings.readStandardInput())
  return 0
}

function onlyArgument({ args }: StoreArguments): ByteString {
  const [path] = args
  if (args.length !== 1 || path === undefined) throw new UsageError('only one argument allowed')
  return path
}

/** `--export`: paths (not their closure) as one stream. */
export async function exportPaths({ given, store, surroundings }: StoreCommand): Promise<number> {
  onlyFlags(given, [])
  const paths = given.args.map((path) => store.followLinks(path))
  const sorted = (await store.graph()).sorted(paths)
  // Path by path: each is in memory only while it is written.
  for (const path of sorted) {
    const { narHash, references, deriver } = await validInfo(store, path)
    const nar = await store.narFromPath(path)
    const found = await store.inspect(path)
    if (!equalBytes(found.narHash, narHash)) {
      throw new StoreError(
        `hash of path '${path}' has changed from '${formatNarHash(narHash)}' to ` +
          `'${formatNarHash(found.narHash)}'!`,
      )
    }
    writeExported(surroundings, { path, references, deriver, nar })
  }
  surroundings.writeBytes(new Uint8Array(8))
  return 0
}

/** One path of a stream without the stream's end. */
function writeExported(surroundings: StoreCommandSurroundings, path: ExportedPath): void {
  const pieces = [...exportChunks([path])]
  for (const piece of pieces.slice(0, -1)) surroundings.writeBytes(piece)
}

/** `--import`. The paths of the stream are believed, as Nix does for who may change the store. */
export async function importPaths({ given, store, surroundings }: StoreCommand): Promise<number> {
  onlyFlags(given, [])
  noArguments(given)
  const stream = await surroundings.readStandardInput()
  const entries = [...readExportStream(store.storeDir, stream)].map(
    ({ path, references, deriver, nar }) => ({ info: { path, references, deriver }, nar }),
  )
  await store.add(entries)
  for (const { info } of entries) surroundings.writeOutput(`${info.path}\n`)
  return 0
}

/** `--dump-db`: what is registered, in the form that `--load-db` reads. */
export async function dumpDatabase({ given, store, surroundings }: StoreCommand): Promise<number> {
  onlyFlags(given, [])
  const infos =
    given.args.length === 0
      ? await store.allPathInfos()
      : await Promise.all(given.args.map((path) => validInfo(store, store.followLinks(path))))
  for (const { path, narHash, narSize, deriver, references } of infos) {
    const lines = [path, encodeBase16(narHash), narSize, deriver ?? '', references.length]
    surroundings.writeOutput([...lines, ...references].map((line) => `${line}\n`).join(''))
  }
  return 0
}

/** `--load-db`. */
export async function loadDatabase(command: StoreCommand): Promise<number> {
  onlyFlags(command.given, [])
  noArguments(command.given)
  return register(command, { again: true, hashGiven: true, canonicalise: false })
}

/** `--register-validity`. */
export async function registerValidity(command: StoreCommand): Promise<number> {
  const flags = onlyFlags(command.given, ['--reregister', '--hash-given'])
  noArguments(command.given)
  return register(command, {
    again: flags.has('--reregister'),
    hashGiven: flags.has('--hash-given'),
    canonicalise: true,
  })
}

async function register(
  { store, surroundings }: StoreCommand,
  options: { again: boolean; hashGiven: boolean; canonicalise: boolean },
): Promise<number> {
  const text = bytesToByteString(await surroundings.readStandardInput())
  const infos: PathInfo[] = []
  for (const info of readRegistrations(text, options.hashGiven)) {
    if (!options.again && (await store.queryPathInfo(info.path)) !== null) continue
    if (options.canonicalise) await store.canonicalise(info.path)
    const summary = options.hashGiven ? {} : await store.inspect(info.path)
    infos.push({ ...info, ...summary })
  }
  await store.register(infos)
  return 0
}

/** The paths of a text that `--dump-db` wrote; without hashes and sizes if `hashGiven` is false. */
function* readRegistrations(text: ByteString, hashGiven: boolean): Generator<PathInfo> {
  const lines = text.split('\n')
  let at = 0
  const next = () => {
    const line = lines[at++]
    if (line === undefined) throw new StoreError('the registration ends too early')
    return line
  }
  const number = () => {
    const line = next()
    if (!/^\d+$/.test(line)) throw new StoreError(`number expected, but got '${line}'`)
    return Number(line)
  }
  while (at < lines.length && lines[at] !== '') {
    const path = next()
    const narHash = hashGiven ? decodeBase16(next(), 32) : new Uint8Array(32)
    const narSize = hashGiven ? number() : 0
    const deriver = next()
    const references = Array.from({ length: number() }, next).sort()
    yield {
      path,
      narHash,
      narSize,
      references,
      deriver: deriver === '' ? null : deriver,
      contentAddress: null,
      signatures: [],
      registrationTime: Math.floor(Date.now() / 1000),
      ultimate: false,
    }
  }
}

/** `--generate-binary-cache-key`. */
export function generateKey(given: StoreArguments, surroundings: StoreCommandSurroundings): number {
  onlyFlags(given, [])
  const [name, secretFile, publicFile] = given.args
  if (given.args.length !== 3 || name === undefined)
    throw new UsageError('three arguments expected')
  const secret = secretKeyOf(name, surroundings.randomBytes(32))
  const write = (file: ByteString | undefined, bytes: Uint8Array, mode: number) => {
    const text = formatNamedBytes({ name, bytes })
    surroundings.writeFile(file ?? '', text, mode)
  }
  write(publicFile, secret.bytes.slice(32), 0o666)
  write(secretFile, secret.bytes, 0o600)
  return 0
}

/** The words of standard input, where `--stdin` asks for them. */
export function wordsOf(input: Uint8Array): ByteString[] {
  return bytesToByteString(input)
    .split(/\s+/)
    .filter((word) => word !== '')
}
