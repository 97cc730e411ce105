/** Builders that are part of Nix (`builtin:NAME`): they run here, not in a sandbox. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { writeBusyboxSeed } from '../seed/busybox'
import type { DiskStore } from '../store/disk-store'
import { BuildError } from './build-error'
import { buildEnvironment } from './build-environment'
import type { FixedOutputFetcher, Transfer } from './substitution'

export interface BuiltinContext {
  drvPath: ByteString
  derivation: Derivation
  store: DiskStore
  /** Where each output is to be put, as a store path. */
  outputs: ReadonlyMap<ByteString, ByteString>
  /** All that may be read. */
  inputs: ReadonlySet<ByteString>
  /** Where the files at such a path lie before they are in the store. */
  sourceOf: (path: ByteString) => string
  fetcher: FixedOutputFetcher | null
  transfer: Transfer
  /** Writes a line of log. */
  say: (text: ByteString) => void
}

export const builtinBuilders: ReadonlyMap<string, (context: BuiltinContext) => Promise<void>> =
  new Map([
    ['builtin:fetchurl', fetchUrl],
    ['builtin:buildenv', buildEnvironment],
    ['builtin:busybox-seed', makeBusyboxSeed],
  ])

/** What the collection is bootstrapped from: a server has it from the start, a command makes it. */
function makeBusyboxSeed({ derivation, outputs, sourceOf }: BuiltinContext): Promise<void> {
  return writeBusyboxSeed(sourceOf(outputs.get('out') ?? ''), derivation.system)
}

async function fetchUrl(context: BuiltinContext): Promise<void> {
  const { drvPath, derivation, fetcher, transfer } = context
  const fail = (why: string) => {
    throw new BuildError(
      { kind: 'builder-failed', derivation: drvPath, message: `builder for '${drvPath}' ${why}` },
      // As Nix: what failed because of a network may succeed the next time.
      'other',
    )
  }
  if (derivationKind(derivation) !== 'fixed')
    fail("failed: 'builtin:fetchurl' must be a fixed-output or impure derivation")
  if (fetcher === null)
    throw new BuildError({
      kind: 'refused',
      derivation: drvPath,
      message:
        `'${drvPath}' is built by 'builtin:fetchurl', which needs a network, and fetching is ` +
        'switched off here; add its output to the store by other means',
    })
  const target = context.sourceOf(context.outputs.get('out') ?? '')
  try {
    if (!(await fetcher.fetch(derivation, target, transfer)))
      fail("failed: 'builtin:fetchurl' needs a 'url'")
  } catch (error) {
    if (error instanceof BuildError) throw error
    fail(`failed: ${(error as Error).message}`)
  }
}
