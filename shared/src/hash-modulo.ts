/**
 * How a derivation gets its output paths: its hash "modulo" the way its fixed-output inputs are
 * obtained (https://nix.dev/manual/nix/latest/store/derivation/outputs/input-address).
 */
import { decodeBase16, encodeBase16 } from './base16'
import { decodeBase32, encodeBase32 } from './base32'
import type { ByteString } from './bytes'
import {
  copyDerivation,
  DerivationError,
  derivationKind,
  derivationReferences,
  type Derivation,
  type DerivationKind,
  type DerivationOutput,
} from './derivation'
import { DerivationTerm, formatDerivation, formatInputs } from './derivation-aterm'
import { compressHash, hashBytes, parseHash, parseHashAlgorithm, type Hash } from './hash'
import type { RecentTexts } from './recent-texts'
import {
  checkStorePathName,
  makeFixedOutputPath,
  makeGitPath,
  makeOutputPath,
  makeTextPath,
  outputPathName,
  parseStorePath,
} from './store-path'

/**
 * What a derivation counts as when it is an input of another: one base-16 hash; for a fixed-output
 * derivation a hash for each output, which does not depend on how it is built; or null if its output
 * paths are not known before it is built (`deferred`), so that those of its dependents are not either.
 */
export type DerivationHash = string | ReadonlyMap<ByteString, string> | null

export interface HashModuloContext {
  storeDir: ByteString
  /** The derivation in a `.drv` file. Throws if it is not there. */
  readDerivation(path: ByteString): Derivation
  /** By path of the `.drv` file. Filled by the functions here; keep it as long as the store. */
  cache: Map<ByteString, DerivationHash>
  /** What `finishDerivation` has made in this store, which several contexts may share. */
  finished?: FinishedDerivations
}

/** By their names and texts without outputs, what derivations are when they are finished. */
export type FinishedDerivations = RecentTexts<{
  /** By output name; null if they are not known before it is built. */
  paths: ReadonlyMap<ByteString, ByteString> | null
  file: DerivationFile
  asInput: DerivationHash
}>

/** A fresh context without anything in its cache. */
export function hashModuloContext(
  storeDir: ByteString,
  readDerivation: (path: ByteString) => Derivation,
): HashModuloContext {
  return { storeDir, readDerivation, cache: new Map() }
}

/**
 * What a finished derivation counts as when it is an input of another. Reads its inputs that are not
 * in the cache yet, however deep they lie. Throws DerivationError.
 */
export function hashDerivationModulo(
  derivation: Derivation,
  context: HashModuloContext,
): DerivationHash {
  const own = hashWithoutInputs(derivation)
  if (own !== undefined) return own
  hashInputs(derivation, context)
  return hashWithInputs(derivation, context, false)
}

/**
 * The hash from which a derivation's input-addressed output paths are made: that of its text with
 * blank output paths. Base-16, or null if it is deferred. Throws DerivationError.
 */
function hashForOutputPaths(derivation: Derivation, context: HashModuloContext): string | null {
  hashInputs(derivation, context)
  return hashWithInputs(derivation, context, true)
}

/** The hash of a derivation for which its inputs do not matter; undefined for any other. */
function hashWithoutInputs(derivation: Derivation): DerivationHash | undefined {
  const kind = derivationKind(derivation)
  if (kind === 'input-addressed') return undefined
  if (kind !== 'fixed') return null
  const hashes = new Map<ByteString, string>()
  for (const [name, output] of derivation.outputs) {
    const text = `fixed:out:${output.hashAlgorithm}:${output.hash}:${output.path}`
    hashes.set(name, encodeBase16(hashBytes('sha256', text)))
  }
  return hashes
}

/** Hashes a derivation whose inputs are in the cache. */
function hashWithInputs(
  derivation: Derivation,
  context: HashModuloContext,
  maskOutputs: boolean,
): string | null {
  const inputs = inputsByHash(derivation, context)
  return inputs === null ? null : hashOf(new DerivationTerm(derivation).text(inputs, maskOutputs))
}

function hashOf(text: ByteString): string {
  return encodeBase16(hashBytes('sha256', text))
}

/**
 * The input derivations as `DerivationTerm.text` takes them, standing under what they count as, which
 * is in the cache; null if the derivation is deferred.
 */
function inputsByHash(derivation: Derivation, { cache }: HashModuloContext): ByteString | null {
  const inputs = new Map<string, Set<ByteString>>()
  const add = (hash: string, output: ByteString) => {
    const outputs = inputs.get(hash)
    if (outputs === undefined) inputs.set(hash, new Set([output]))
    else outputs.add(output)
  }
  // What those are built of shows only when the derivations have been built.
  if (derivation.dynamicInputs !== undefined) return null
  for (const [path, outputs] of derivation.inputDerivations) {
    const hash = cache.get(path)!
    if (hash === null) return null
    for (const output of outputs) {
      if (typeof hash === 'string') {
        add(hash, output)
        continue
      }
      const outputHash = hash.get(output)
      if (outputHash === undefined)
        throw new DerivationError(
          `derivation '${derivation.name}' needs output '${output}' of '${path}', which has none of that name`,
        )
      add(outputHash, 'out')
    }
  }
  return formatInputs(inputs)
}

interface Frame {
  path: ByteString
  derivation: Derivation
  /** Inputs that have not been looked at. */
  remaining: Iterator<ByteString>
}

/**
 * Sees to it that all inputs of a derivation are in the cache. With a stack of its own: chains of
 * derivations are longer than the native stack is deep.
 */
function hashInputs(root: Derivation, context: HashModuloContext): void {
  const { cache } = context
  for (const input of root.inputDerivations.keys()) {
    if (cache.has(input)) continue
    const stack: Frame[] = []
    const open = new Set<ByteString>()
    const enter = (path: ByteString) => {
      if (open.has(path)) throw new DerivationError(`derivation '${path}' depends on itself`)
      const derivation = context.readDerivation(path)
      const own = hashWithoutInputs(derivation)
      if (own !== undefined) {
        cache.set(path, own)
        return
      }
      open.add(path)
      stack.push({ path, derivation, remaining: derivation.inputDerivations.keys() })
    }
    enter(input)
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.remaining.next()
      if (next.done !== true) {
        if (!cache.has(next.value)) enter(next.value)
        continue
      }
      cache.set(frame.path, hashWithInputs(frame.derivation, context, false))
      open.delete(frame.path)
      stack.pop()
    }
  }
}

/**
 * A derivation with its output paths. Give each output the fields that say what it is: all blank for
 * an input-addressed one, algorithm and hash for a fixed one, the algorithm for a floating one, the
 * algorithm and `impure` for an impure one. The environment gets a variable for each output: its
 * path, a placeholder if that is known only after building, '' if the derivation is deferred.
 * Throws DerivationError and StorePathError.
 */
export function fillOutputPaths(derivation: Derivation, context: HashModuloContext): Derivation {
  const filled = copyDerivation(derivation)
  fill(filled, derivationKind(derivation), context)
  return filled
}

function fill(filled: Derivation, kind: DerivationKind, context: HashModuloContext): void {
  if (kind === 'floating' || kind === 'impure') {
    for (const name of filled.outputs.keys()) filled.environment.set(name, hashPlaceholder(name))
    return
  }
  for (const [name, output] of filled.outputs) {
    output.path = ''
    // Blank variables are part of what is hashed.
    filled.environment.set(name, '')
  }
  const paths = computeOutputPaths(filled, kind === 'fixed', context)
  if (paths !== null) setPaths(filled, paths)
}

function setPaths(derivation: Derivation, paths: ReadonlyMap<ByteString, ByteString>): void {
  for (const [name, path] of paths) {
    derivation.outputs.get(name)!.path = path
    derivation.environment.set(name, path)
  }
}

/** Paths by output name, or null if the derivation is deferred. */
function computeOutputPaths(
  derivation: Derivation,
  fixed: boolean,
  context: HashModuloContext,
): Map<ByteString, ByteString> | null {
  const { storeDir } = context
  if (fixed) {
    const paths = new Map<ByteString, ByteString>()
    for (const [name, output] of derivation.outputs)
      paths.set(name, fixedOutputPath(storeDir, outputPathName(derivation.name, name), output))
    return paths
  }
  const base16 = hashForOutputPaths(derivation, context)
  if (base16 === null) return null
  const hash: Hash = { algorithm: 'sha256', bytes: decodeBase16(base16) }
  return outputPaths(storeDir, derivation, hash)
}

/** The paths of input-addressed outputs, which the derivation's hash decides. */
function outputPaths(
  storeDir: ByteString,
  derivation: Derivation,
  hash: Hash,
): Map<ByteString, ByteString> {
  const paths = new Map<ByteString, ByteString>()
  for (const name of derivation.outputs.keys())
    paths.set(name, makeOutputPath(storeDir, name, hash, derivation.name))
  return paths
}

/** The path of a fixed output, from its algorithm and hash. `name` is the path's own. */
function fixedOutputPath(
  storeDir: ByteString,
  name: ByteString,
  output: DerivationOutput,
): ByteString {
  const [, method, algorithmName] = /^(?:(.*):)?(.*)$/s.exec(output.hashAlgorithm)!
  const hash = parseHash(output.hash, parseHashAlgorithm(algorithmName!))
  // Nix reads other encodings too, but what is hashed has this one.
  if (encodeBase16(hash.bytes) !== output.hash)
    throw new DerivationError(`the hash '${output.hash}' of '${name}' is not in base-16`)
  if (method === 'text') return makeTextPath(storeDir, name, hash, [])
  if (method === 'git') return makeGitPath(storeDir, hash, name)
  if (method !== undefined && method !== 'r')
    throw new DerivationError(`output of '${name}' has an unknown hash method '${method}'`)
  return makeFixedOutputPath(storeDir, method === 'r' ? 'recursive' : 'flat', hash, name)
}

/**
 * Recomputes every output path of a derivation and the environment variables that hold them, and
 * checks that its inputs are store paths and its output names can be part of one. Throws
 * DerivationError (StorePathError, HashError) that names the wrong one.
 */
export function verifyOutputPaths(derivation: Derivation, context: HashModuloContext): void {
  const { storeDir } = context
  for (const path of derivation.inputSources) parseStorePath(storeDir, path)
  for (const path of derivation.inputDerivations.keys())
    if (!parseStorePath(storeDir, path).name.endsWith('.drv'))
      throw new DerivationError(`input '${path}' of '${derivation.name}' is not a derivation`)
  for (const name of derivation.outputs.keys())
    checkStorePathName(outputPathName(derivation.name, name))
  const kind = derivationKind(derivation)
  if (kind === 'floating' || kind === 'impure') return
  const paths = computeOutputPaths(derivation, kind === 'fixed', context)
  for (const [name, output] of derivation.outputs) {
    const expected = paths?.get(name)
    if (expected === undefined) {
      if (output.path === '') continue
      throw new DerivationError(
        `derivation '${derivation.name}' has incorrect output '${output.path}', should be deferred`,
      )
    }
    if (output.path === '')
      throw new DerivationError(
        `derivation '${derivation.name}' has incorrect deferred output '${name}', should be '${expected}'`,
      )
    if (output.path !== expected)
      throw new DerivationError(
        `derivation '${derivation.name}' has incorrect output '${output.path}', should be '${expected}'`,
      )
    const variable = derivation.environment.get(name)
    if (variable !== expected)
      throw new DerivationError(
        `derivation '${derivation.name}' has incorrect environment variable '${name}', ` +
          `should be '${expected}' but is ${variable === undefined ? 'not present' : `actually '${variable}'`}`,
      )
  }
}

/** Where a derivation's `.drv` lies, and what is in it. */
export function derivationPath(
  storeDir: ByteString,
  derivation: Derivation,
): { path: ByteString; contents: ByteString } {
  const contents = formatDerivation(derivation)
  return { path: fileOf(storeDir, derivation, contents).path, contents }
}

/** The `.drv` file of a derivation; its text is what `formatDerivation` gives. */
export interface DerivationFile {
  path: ByteString
  /** Of the text. */
  hash: Hash
  /** In byte order. */
  references: readonly ByteString[]
}

/** The `.drv` file of a derivation that is complete. */
export function derivationFile(storeDir: ByteString, derivation: Derivation): DerivationFile {
  return fileOf(storeDir, derivation, formatDerivation(derivation))
}

function fileOf(storeDir: ByteString, derivation: Derivation, text: ByteString): DerivationFile {
  const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', text) }
  const references = derivationReferences(derivation)
  const path = makeTextPath(storeDir, `${derivation.name}.drv`, hash, references)
  return { path, hash, references }
}

/**
 * As `fillOutputPaths`, with the file that the derivation then has; it may be filled in itself. What
 * it counts as when it is an input goes to the cache: most become one, and their text is at hand.
 */
export function finishDerivation(
  unfilled: Derivation,
  context: HashModuloContext,
): { derivation: Derivation; file: DerivationFile } {
  const { storeDir, cache, finished } = context
  const derivation = unfilled
  const kind = derivationKind(derivation)
  if ((kind !== 'deferred' && kind !== 'fixed') || derivation.dynamicInputs !== undefined) {
    fill(derivation, kind, context)
    return { derivation, file: derivationFile(storeDir, derivation) }
  }
  for (const name of derivation.outputs.keys()) derivation.environment.set(name, '')
  const term = new DerivationTerm(derivation)
  const inputs = formatInputs(derivation.inputDerivations)
  // What its inputs are made of is in their paths; its own name is not in its text.
  const key = finished === undefined ? '' : `${derivation.name} ${term.text(inputs, true)}`
  const known = finished?.get(key)
  if (known !== undefined) {
    if (known.paths !== null) setPaths(derivation, known.paths)
    cache.set(known.file.path, known.asInput)
    return { derivation, file: known.file }
  }
  let paths: ReadonlyMap<ByteString, ByteString> | null = null
  let inputHashes: ByteString | null = null
  if (kind === 'fixed') paths = computeOutputPaths(derivation, true, context)
  else {
    hashInputs(derivation, context)
    inputHashes = inputsByHash(derivation, context)
    if (inputHashes !== null) {
      const text = term.text(inputHashes, true)
      const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', text) }
      paths = outputPaths(storeDir, derivation, hash)
    }
  }
  if (paths !== null) setPaths(derivation, paths)
  const file = fileOf(storeDir, derivation, term.text(inputs, false))
  let asInput = cache.get(file.path)
  if (asInput === undefined) {
    asInput = hashWithoutInputs(derivation)
    if (asInput === undefined)
      asInput = inputHashes === null ? null : hashOf(term.text(inputHashes, false))
    cache.set(file.path, asInput)
  }
  finished?.set(key, { paths, file, asInput })
  return { derivation, file }
}

/**
 * What stands for an output of a derivation that is itself an output of another: `placeholder` is
 * what stands for that one.
 */
export function dynamicPlaceholder(placeholder: ByteString, output: ByteString): ByteString {
  const hash = compressHash(decodeBase32(placeholder.slice(1)), 20)
  return (
    '/' + encodeBase32(hashBytes('sha256', `nix-computed-output:${encodeBase32(hash)}:${output}`))
  )
}

/** What stands for a derivation's own output path where that is not known yet (builtins.placeholder). */
export function hashPlaceholder(output: ByteString): ByteString {
  return '/' + encodeBase32(hashBytes('sha256', `nix-output:${output}`))
}

/**
 * What stands for the output path of another derivation that is known only when that is built.
 * Takes the parts of the other's `.drv` path; `derivationName` is without the extension.
 */
export function downstreamPlaceholder(
  hashPart: string,
  derivationName: ByteString,
  output: ByteString,
): ByteString {
  const text = `nix-upstream-output:${hashPart}:${outputPathName(derivationName, output)}`
  return '/' + encodeBase32(hashBytes('sha256', text))
}
