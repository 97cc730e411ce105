/**
 * What a builder has left, on its way into the store: checked, canonical, durable, hashed, searched
 * for references, and put where its path is (https://nix.dev/manual/nix/latest/store/building).
 */
import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, type Stats } from 'node:fs'
import { cp, rename } from 'node:fs/promises'
import { decodeBase16 } from '@snowglobe/shared/base16'
import type { ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress, type ContentAddress } from '@snowglobe/shared/content-address'
import {
  DerivationError,
  outputKind,
  type Derivation,
  type DerivationOutput,
} from '@snowglobe/shared/derivation'
import { formatHash, parseHashAlgorithm, type Hash } from '@snowglobe/shared/hash'
import {
  makeFixedOutputPath,
  makeTextPath,
  outputPathName,
  parseStorePath,
} from '@snowglobe/shared/store-path'
import { hashPartLength } from '@snowglobe/shared/store-path-name'
import { StoreError, type PathInfo } from '@snowglobe/worker/store/store'
import { pathBytes } from '../store/byte-path'
import { canonicalise } from '../store/canonicalise'
import type { PreparedPath } from '../store/disk-additions'
import { dumpPath, inspectPath } from '../store/dump-path'
import { removeTree } from '../store/remove-tree'
import type { BuildError } from './build-error'
import type { DerivationAttributes } from './derivation-attributes'
import { rejected } from './rejected'
import { rewriteTree } from './rewrite-tree'
import { hashModuloSelf } from './self-references'

export interface OutputsOfBuilder {
  storeDir: ByteString
  drvPath: ByteString
  derivation: Derivation
  attributes: DerivationAttributes
  /** By output, the path that the builder was told. */
  scratch: ReadonlyMap<ByteString, ByteString>
  /** Where the files at such a path lie before they are in the store. */
  sourceOf: (path: ByteString) => string
  /** Outputs that are valid already and stay as they are, by name. */
  valid: ReadonlyMap<ByteString, ByteString>
  /** What the builder could have seen, and with it could refer to. */
  inputs: Iterable<ByteString>
}

export interface PreparedOutputs {
  /** New ones by name, ready to be moved. */
  prepared: Map<ByteString, PreparedPath>
  /** A fixed output that has another hash: registered under the path that it makes, then thrown. */
  mismatch: BuildError | null
}

interface Scanned {
  source: string
  status: Stats
  /** As the builder wrote them: to scratch paths. */
  references: ByteString[]
  narHash: Uint8Array
  narSize: number
}

/** Makes new outputs ready for the store. Throws BuildError for one that the store cannot take. */
export async function prepareOutputs(context: OutputsOfBuilder): Promise<PreparedOutputs> {
  const scanned = new Map<ByteString, Scanned>()
  const candidates = referenceable(context)
  for (const [name, path] of context.scratch) {
    if (context.valid.has(name)) continue
    const source = context.sourceOf(path)
    const found = await told(context, source, path, () => scan(context, name, source, candidates))
    scanned.set(name, found)
  }
  /** Hash parts that the builder was told, and those that outputs have in the end. */
  const rewrites = new Map<string, string>()
  for (const [name, path] of context.valid) addRewrite(context, rewrites, name, path)
  const result: PreparedOutputs = { prepared: new Map(), mismatch: null }
  for (const name of dependenciesFirst(context, scanned)) {
    const output = scanned.get(name)!
    const path = context.scratch.get(name)!
    await told(context, output.source, path, () => prepare(context, name, output, rewrites, result))
    addRewrite(context, rewrites, name, result.prepared.get(name)!.info.path)
  }
  return result
}

/** Errors of the store name files where they lie here, not where the builder saw them. */
async function told<Result>(
  { drvPath }: OutputsOfBuilder,
  source: string,
  path: ByteString,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG')
      throw rejected(
        drvPath,
        `path '${path}' holds names that are longer together than the 4095 bytes that a path may have`,
      )
    if (!(error instanceof StoreError) && !(error instanceof DerivationError)) throw error
    throw rejected(drvPath, error.message.replaceAll(pathBytes(source), path))
  }
}

function referenceable({ storeDir, inputs, scratch }: OutputsOfBuilder): Map<string, ByteString> {
  const candidates = new Map<string, ByteString>()
  const start = storeDir.length + 1
  // They are valid: their form was looked at when they came into the store.
  for (const path of inputs) candidates.set(path.slice(start, start + hashPartLength), path)
  for (const path of scratch.values()) candidates.set(parseStorePath(storeDir, path).hashPart, path)
  return candidates
}

function addRewrite(
  { storeDir, scratch }: OutputsOfBuilder,
  rewrites: Map<string, string>,
  name: ByteString,
  path: ByteString,
): void {
  const told = scratch.get(name)
  if (told === undefined || told === path) return
  rewrites.set(parseStorePath(storeDir, told).hashPart, parseStorePath(storeDir, path).hashPart)
}

async function scan(
  { drvPath, scratch, attributes, derivation }: OutputsOfBuilder,
  name: ByteString,
  source: string,
  candidates: ReadonlyMap<string, ByteString>,
): Promise<Scanned> {
  const path = scratch.get(name)
  const status = lstatSync(source, { throwIfNoEntry: false })
  if (status === undefined)
    throw rejected(
      drvPath,
      `builder for '${drvPath}' failed to produce output path for output '${name}' at '${path}'`,
    )
  if (!status.isSymbolicLink() && (status.mode & 0o022) !== 0)
    throw rejected(
      drvPath,
      `suspicious ownership or permission on '${path}' for output '${name}'; rejecting this build output`,
    )
  await canonicalise(source)
  if (outputKind(derivation.outputs.get(name)!) === 'fixed') await copyAnew(source)
  const hashParts = attributes.discardsReferences(name) ? [] : candidates.keys()
  const { narHash, narSize, found } = await inspectPath(source, hashParts, { sync: true })
  const references = [...found].map((part) => candidates.get(part)!).sort()
  return { source, status, references, narHash, narSize }
}

/**
 * Gives an output files that nobody can have open: a builder with a network might have given
 * somebody a descriptor, to change the file after its hash was checked (CVE-2024-27297).
 */
async function copyAnew(source: string): Promise<void> {
  const fresh = `${source}.fresh`
  // The builder is gone, but may have left something of this name (CVE-2026-39860).
  await removeTree(fresh)
  await cp(source, fresh, { recursive: true, verbatimSymlinks: true, errorOnExist: true })
  await canonicalise(fresh)
  await removeTree(source)
  await rename(fresh, source)
}

/** Names of outputs, each behind those that it refers to. Throws BuildError where that is a cycle. */
function dependenciesFirst(
  { drvPath, scratch }: OutputsOfBuilder,
  scanned: ReadonlyMap<ByteString, Scanned>,
): ByteString[] {
  const sorted: ByteString[] = []
  const visited = new Set<ByteString>()
  const open = new Set<ByteString>()
  const visit = (name: ByteString, parent: ByteString): void => {
    if (open.has(name))
      throw rejected(
        drvPath,
        `cycle detected in build of '${drvPath}' in the references of output '${name}' from output '${parent}'`,
      )
    if (visited.has(name)) return
    visited.add(name)
    open.add(name)
    const references = new Set(scanned.get(name)!.references)
    for (const other of [...scanned.keys()].sort())
      if (other !== name && references.has(scratch.get(other)!)) visit(other, name)
    sorted.push(name)
    open.delete(name)
  }
  for (const name of [...scanned.keys()].sort()) visit(name, name)
  return sorted
}

async function prepare(
  context: OutputsOfBuilder,
  name: ByteString,
  scanned: Scanned,
  rewrites: Map<string, string>,
  result: PreparedOutputs,
): Promise<void> {
  const output = context.derivation.outputs.get(name)!
  const kind = outputKind(output)
  const facts =
    kind === 'input-addressed'
      ? await inputAddressed(context, name, output.path, scanned, rewrites)
      : await contentAddressed(context, name, output, scanned, rewrites, result)
  const info: PathInfo = {
    ...facts,
    deriver: context.drvPath,
    signatures: [],
    registrationTime: Math.floor(Date.now() / 1000),
    ultimate: true,
  }
  result.prepared.set(name, { source: scanned.source, info })
}

type Facts = Pick<PathInfo, 'path' | 'narHash' | 'narSize' | 'references' | 'contentAddress'>

async function inputAddressed(
  context: OutputsOfBuilder,
  name: ByteString,
  path: ByteString,
  scanned: Scanned,
  rewrites: Map<string, string>,
): Promise<Facts> {
  addRewrite(context, rewrites, name, path)
  const references = rewritten(context, scanned.references, rewrites).sort()
  const facts = { path, references, contentAddress: null }
  if (!(await rewriteTree(scanned.source, rewrites)))
    return { ...facts, narHash: scanned.narHash, narSize: scanned.narSize }
  const { narHash, narSize } = await inspectPath(scanned.source, [], { sync: true })
  return { ...facts, narHash, narSize }
}

async function contentAddressed(
  context: OutputsOfBuilder,
  name: ByteString,
  output: DerivationOutput,
  scanned: Scanned,
  rewrites: Map<string, string>,
  result: PreparedOutputs,
): Promise<Facts> {
  const { storeDir, drvPath, derivation } = context
  const { source } = scanned
  const scratch = context.scratch.get(name)!
  const [, method = '', algorithmName = ''] = /^(?:(.*):)?(.*)$/s.exec(output.hashAlgorithm)!
  const recursive = method === 'r'
  if (!recursive) checkFlat(drvPath, scratch, scanned.status, method)
  await rewriteTree(source, rewrites)
  const hashPart = parseStorePath(storeDir, scratch).hashPart
  const algorithm = parseHashAlgorithm(algorithmName)
  const refersToItself = scanned.references.includes(scratch)
  const bytes = recursive
    ? await hashModuloSelf(dumpPath(source), algorithm, refersToItself ? hashPart : null)
    : new Uint8Array(createHash(algorithm).update(readFileSync(source)).digest())
  const hash: Hash = { algorithm, bytes }
  const others = rewritten(
    context,
    scanned.references.filter((reference) => reference !== scratch),
    rewrites,
  )
  if (outputKind(output) === 'fixed') {
    result.mismatch = mismatchOf(drvPath, output, hash)
    const found = scanned.references
    if (found.length > 0)
      throw rejected(
        drvPath,
        `fixed-output derivation '${drvPath}' must not reference store paths but ` +
          `${found.length} such references were found:\n  ${found.join('\n  ')}`,
      )
  }
  const pathName = outputPathName(derivation.name, name)
  const path =
    method === 'text'
      ? makeTextPath(storeDir, pathName, hash, others)
      : makeFixedOutputPath(
          storeDir,
          recursive ? 'recursive' : 'flat',
          hash,
          pathName,
          others,
          refersToItself,
        )
  let { narHash, narSize } = scanned
  addRewrite(context, rewrites, name, path)
  if (scratch !== path || rewrites.size > 0) {
    if (refersToItself) await rewriteTree(source, rewrites)
    ;({ narHash, narSize } = await inspectPath(source, [], { sync: true }))
  }
  const address: ContentAddress = {
    method: method === 'text' ? 'text' : recursive ? 'recursive' : 'flat',
    hash,
  }
  return {
    path,
    narHash,
    narSize,
    references: [...others, ...(refersToItself ? [path] : [])].sort(),
    contentAddress: formatContentAddress(address),
  }
}

/** Paths as they are in the end. */
function rewritten(
  { storeDir }: OutputsOfBuilder,
  paths: readonly ByteString[],
  rewrites: ReadonlyMap<string, string>,
): ByteString[] {
  return paths.map((path) => {
    const { hashPart, name } = parseStorePath(storeDir, path)
    const now = rewrites.get(hashPart)
    return now === undefined ? path : `${storeDir}/${now}-${name}`
  })
}

function checkFlat(drvPath: ByteString, path: ByteString, status: Stats, method: string): void {
  if (status.isFile() && (status.mode & 0o100) === 0) return
  throw rejected(
    drvPath,
    `output path '${path}' should be a non-executable regular file since recursive hashing is not enabled ` +
      `(outputHashMode=${method === '' ? 'flat' : method})`,
  )
}

function mismatchOf(drvPath: ByteString, output: DerivationOutput, got: Hash): BuildError | null {
  const specified: Hash = { algorithm: got.algorithm, bytes: decodeBase16(output.hash) }
  if (Buffer.from(got.bytes).equals(specified.bytes)) return null
  return rejected(
    drvPath,
    `hash mismatch in fixed-output derivation '${drvPath}':\n` +
      `  specified: ${formatHash(specified, 'sri')}\n` +
      `     got:    ${formatHash(got, 'sri')}`,
    'hash-mismatch',
  )
}
