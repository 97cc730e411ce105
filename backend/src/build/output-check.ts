/** What a builder has left, on its way into the store. */
import { createHash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { decodeBase16 } from '@snowglobe/shared/base16'
import type { ByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import { outputKind, type Derivation, type DerivationOutput } from '@snowglobe/shared/derivation'
import { formatHash, parseHashAlgorithm, type Hash } from '@snowglobe/shared/hash'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError } from '@snowglobe/worker/store/store'
import { pathBytes } from '../store/byte-path'
import { canonicalise } from '../store/canonicalise'
import type { PreparedPath } from '../store/disk-store'
import { dumpPath, inspectPath } from '../store/dump-path'
import { BuildError } from './build-error'

interface OutputContext {
  storeDir: ByteString
  drvPath: ByteString
  derivation: Derivation
  /** Where the files of an output lie before they are in the store. */
  sourceOf: (path: ByteString) => string
  /** What the builder could have seen, and with it could refer to. */
  inputs: Iterable<ByteString>
}

/**
 * Makes all outputs ready for the store: checked, canonical, durable, hashed and scanned for
 * references. Throws BuildError for an output that is missing or not what the derivation says.
 */
export async function prepareOutputs(context: OutputContext): Promise<PreparedPath[]> {
  const { storeDir, drvPath, derivation, sourceOf } = context
  const hashPart = (path: ByteString) => parseStorePath(storeDir, path).hashPart
  const candidates = new Map<string, ByteString>()
  for (const path of context.inputs) candidates.set(hashPart(path), path)
  for (const { path } of derivation.outputs.values()) candidates.set(hashPart(path), path)

  for (const [name, { path }] of derivation.outputs)
    if (lstatSync(sourceOf(path), { throwIfNoEntry: false }) === undefined)
      throw rejected(
        drvPath,
        `builder for '${drvPath}' failed to produce output path for output '${name}' at '${path}'`,
      )

  const prepared: PreparedPath[] = []
  for (const output of derivation.outputs.values()) {
    const source = sourceOf(output.path)
    try {
      prepared.push(await prepareOutput(drvPath, output, source, candidates))
    } catch (error) {
      // Such an error names files where they lie on this machine, not where the builder saw them.
      if (!(error instanceof StoreError)) throw error
      throw rejected(drvPath, error.message.replaceAll(pathBytes(source), output.path))
    }
  }
  return prepared
}

async function prepareOutput(
  drvPath: ByteString,
  output: DerivationOutput,
  source: string,
  candidates: ReadonlyMap<string, ByteString>,
): Promise<PreparedPath> {
  const { path } = output
  const fixed = outputKind(output) === 'fixed'
  const flat = fixed && !output.hashAlgorithm.startsWith('r:')
  if (flat) checkFlat(drvPath, path, source)
  await canonicalise(source)
  const { narHash, narSize, found } = await inspectPath(source, candidates.keys(), { sync: true })
  const references = [...found].map((part) => candidates.get(part)!).sort()
  const contentAddress = fixed ? await checkHash(drvPath, output, source) : null
  if (fixed && references.length > 0)
    throw rejected(
      drvPath,
      `fixed-output derivation '${drvPath}' must not reference store paths but ` +
        `${references.length} such references were found:\n  ${references.join('\n  ')}`,
    )
  return {
    source,
    info: {
      path,
      narHash,
      narSize,
      references,
      deriver: drvPath,
      contentAddress,
      signatures: [],
      registrationTime: Math.floor(Date.now() / 1000),
      ultimate: true,
    },
  }
}

function checkFlat(drvPath: ByteString, path: ByteString, source: string): void {
  const status = lstatSync(source)
  if (!status.isFile() || (status.mode & 0o100) !== 0)
    throw rejected(
      drvPath,
      `output path '${path}' should be a non-executable regular file ` +
        'since recursive hashing is not enabled (outputHashMode=flat)',
    )
}

/** Gives the content address of a fixed output that has the hash it should have. */
async function checkHash(
  drvPath: ByteString,
  output: DerivationOutput,
  source: string,
): Promise<string> {
  const recursive = output.hashAlgorithm.startsWith('r:')
  const algorithm = parseHashAlgorithm(output.hashAlgorithm.replace(/^r:/, ''))
  const hash = createHash(algorithm)
  if (recursive) {
    for (const piece of dumpPath(source, { reuseBuffer: true })) {
      hash.update(piece)
      await setImmediate()
    }
  } else hash.update(readFileSync(source))
  const got: Hash = { algorithm, bytes: new Uint8Array(hash.digest()) }
  const specified: Hash = { algorithm, bytes: decodeBase16(output.hash) }
  if (!Buffer.from(got.bytes).equals(specified.bytes))
    throw rejected(
      drvPath,
      `hash mismatch in fixed-output derivation '${drvPath}':\n` +
        `         specified: ${formatHash(specified, 'sri')}\n` +
        `            got:    ${formatHash(got, 'sri')}`,
    )
  return formatContentAddress({ method: recursive ? 'recursive' : 'flat', hash: got })
}

function rejected(derivation: ByteString, message: string): BuildError {
  return new BuildError({ kind: 'output-rejected', derivation, message })
}
