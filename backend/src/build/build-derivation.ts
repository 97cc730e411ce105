import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { encodeBase32 } from '@snowglobe/shared/base32'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { DerivationError, derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { outputPathName, parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError } from '@snowglobe/worker/store/store'
import type { Egress } from '../fetch/builder-egress'
import type { Launcher, Workspace } from '../sandbox/launcher'
import type { PreparedPath } from '../store/disk-additions'
import type { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import type { BuildContext } from './build-context'
import { BuildError } from './build-error'
import { checkExit } from './builder-exit'
import type { BuildJob } from './build-job'
import { builderSetting, type BuilderSetting } from './builder-environment'
import { builtinBuilders } from './builtin-builders'
import { compareOutputs, keepForComparison } from './compare-outputs'
import { keepBuildDirectory } from './keep-failed'
import { knownOutputs } from './known-outputs'
import { checkOutputs } from './output-checks'
import { ReferencesGraph } from './references-graph'
import { prepareOutputs, type PreparedOutputs } from './register-outputs'
import { runBuilder } from './run-builder'
import type { Transfer } from './substitution'

/**
 * Builds a derivation whose inputs are valid, and registers its outputs, all or none. Throws
 * BuildError; nothing is left behind then but the log (and, if that is wanted, the build directory).
 */
export async function buildDerivation(job: BuildJob, context: BuildContext): Promise<void> {
  const { drvPath } = job
  try {
    await new Build(job, context).run()
  } catch (error) {
    if (error instanceof BuildError) throw error
    if (error instanceof DerivationError || error instanceof StoreError)
      throw new BuildError(
        { kind: 'output-rejected', derivation: drvPath, message: error.message },
        'build-failed',
      )
    throw new BuildError({
      kind: 'internal',
      derivation: drvPath,
      message: `cannot build '${drvPath}': ${context.unexpected(error, `building ${drvPath}`)}`,
    })
  } finally {
    job.log.end()
  }
}

class Build {
  private readonly store: DiskStore
  private readonly inputs: Set<ByteString>
  /** Outputs that are valid already and stay as they are. */
  private readonly valid = new Map<ByteString, ByteString>()
  /** Where the builder is told to put each output. */
  private readonly scratch = new Map<ByteString, ByteString>()
  /** Hash parts of valid outputs, and those that the builder is told instead. */
  private readonly redirected = new Map<ByteString, ByteString>()

  constructor(
    private readonly job: BuildJob,
    private readonly context: BuildContext,
  ) {
    const { store } = context
    const { drvPath, derivation, mode } = job
    this.store = store
    this.inputs = store.closure(inputPaths(store, derivation))
    const isImpure = derivationKind(derivation) === 'impure'
    const known = isImpure ? new Map() : knownOutputs(store, drvPath, derivation)
    for (const name of derivation.outputs.keys()) {
      const path: ByteString = known.get(name) ?? this.fallbackPath(name)
      this.scratch.set(name, path)
      if (mode === 'normal' && store.isValidPath(path)) this.valid.set(name, path)
    }
  }

  async run(): Promise<void> {
    const isolated = this.isIsolated()
    if (!isolated) await this.keepAwayFromStore()
    const launcher = await this.context.launcher(isolated)
    const workspace = await launcher.createWorkspace(this.job.slot)
    let kept = false
    try {
      const outputs = await this.realise(workspace, launcher)
      if (this.job.mode !== 'normal') return await this.compare(outputs)
      await this.register(outputs)
    } catch (error) {
      if (error instanceof BuildError && this.context.settings.keepFailed) {
        const place = await keepBuildDirectory(workspace.buildDirectory, this.job.derivation.name)
        this.job.tell(`note: keeping build directory '${place}'`)
      }
      if (error instanceof BuildError && error.failure.kind !== 'cancelled')
        kept = (await this.context.keepWorkspace?.(this.job.drvPath, workspace)) ?? false
      throw error
    } finally {
      if (!kept) await workspace.remove()
    }
  }

  /**
   * Without a sandbox the builder writes into the store itself: where something valid lies it is told
   * of another path, and what it wrote is changed afterwards.
   */
  private async keepAwayFromStore(): Promise<void> {
    for (const [name, path] of this.scratch) {
      if (!this.store.isValidPath(path)) {
        await removeTree(this.store.realPath(path))
        continue
      }
      const other = this.fallbackPath(name)
      this.scratch.set(name, other)
      const hashPart = (of: ByteString) => parseStorePath(this.store.storeDir, of).hashPart
      this.redirected.set(hashPart(path), hashPart(other))
    }
  }

  private isIsolated(): boolean {
    const { derivation, attributes, drvPath } = this.job
    const { sandbox } = this.context.settings
    const asksForNone = attributes.boolean('__noChroot')
    if (sandbox === 'true' && asksForNone)
      throw new BuildError({
        kind: 'refused',
        derivation: drvPath,
        message:
          `derivation '${drvPath}' has '__noChroot' set, ` +
          "but that's not allowed when 'sandbox' is 'true'",
      })
    if (sandbox !== 'relaxed') return sandbox === 'true'
    const kind = derivationKind(derivation)
    return kind !== 'fixed' && kind !== 'impure' && !asksForNone
  }

  /** Of content-addressed outputs a path is known only afterwards: until then a random one. */
  private fallbackPath(output: ByteString): ByteString {
    const name = outputPathName(this.job.derivation.name, output)
    return `${this.store.storeDir}/${encodeBase32(new Uint8Array(randomBytes(20)))}-${name}`
  }

  private async realise(workspace: Workspace, launcher: Launcher): Promise<PreparedOutputs> {
    const { derivation } = this.job
    const builtin = builtinBuilders.get(derivation.builder)
    if (builtin === undefined) {
      const setting = this.setting(workspace)
      this.job.started()
      const egress = await this.openEgress(workspace, launcher)
      try {
        const { job, context, inputs } = this
        const exit = await runBuilder({ job, context, workspace, setting, inputs, egress })
        checkExit(exit, job, context)
      } finally {
        await egress?.close()
      }
    } else {
      this.job.started()
      await builtin({
        derivation,
        drvPath: this.job.drvPath,
        store: this.store,
        outputs: this.scratch,
        inputs: this.inputs,
        sourceOf: (path) => workspace.outputSource(path),
        fetcher: this.context.fetcher,
        transfer: this.transfer(),
        say: (text) => this.job.log.write(Buffer.from(`${text}\n`, 'latin1')),
      })
    }
    return this.prepare(workspace)
  }

  /** What fetches by itself has one way out of the sandbox. */
  private async openEgress(workspace: Workspace, launcher: Launcher): Promise<Egress | null> {
    const kind = derivationKind(this.job.derivation)
    const { openEgress } = this.context
    if (openEgress === undefined || (kind !== 'fixed' && kind !== 'impure')) return null
    const say = (message: string) => this.job.tell(utf8ToByteString(`warning: ${message}`))
    if (launcher.network) return openEgress(workspace.user, say)
    if (this.isIsolated())
      say(`'${this.job.drvPath}' is built without a network: ${launcher.name} cannot give it one`)
    return null
  }

  private transfer(): Transfer {
    const { signal, tell } = this.job
    return { signal, onMessage: tell }
  }

  private prepare(workspace: Workspace): Promise<PreparedOutputs> {
    const { drvPath, derivation, attributes } = this.job
    return prepareOutputs({
      storeDir: this.store.storeDir,
      drvPath,
      derivation,
      attributes,
      scratch: this.scratch,
      sourceOf: (path) => workspace.outputSource(path),
      valid: this.valid,
      inputs: this.inputs,
    })
  }

  private setting(workspace: Workspace): BuilderSetting {
    const { store, inputs } = this
    const { cores, environmentVariable } = this.context.settings
    return builderSetting(this.job.derivation, this.job.attributes, {
      cores,
      environmentVariable,
      buildDirectory: workspace.buildDirectoryInside,
      outputs: this.scratch,
      rewrite: (text) =>
        [...this.redirected].reduce((result, [from, to]) => result.replaceAll(from, to), text),
      graph: new ReferencesGraph(store, inputs),
    })
  }

  private async register({ prepared, mismatch }: PreparedOutputs): Promise<void> {
    const { store } = this
    const { drvPath, derivation, attributes } = this.job
    const infos = new Map([...prepared].map(([name, { info }]) => [name, info]))
    if (mismatch === null)
      checkOutputs(infos, attributes, {
        drvPath,
        storeDir: store.storeDir,
        pathInfo: (path) => store.pathInfo(path),
      })
    for (const output of prepared.values()) await this.moveAside(output)
    await store.addPrepared([...prepared.values()])
    // What was fetched is kept under its own hash: who corrects the derivation has it already.
    if (mismatch !== null) throw mismatch
    for (const [name, { path }] of derivation.outputs)
      if (path === '')
        store.registerRealisation(drvPath, name, infos.get(name)?.path ?? this.valid.get(name)!)
  }

  /** Without a sandbox outputs lie already where the store is going to put them. */
  private async moveAside(output: PreparedPath): Promise<void> {
    if (output.source !== this.store.realPath(output.info.path)) return
    const aside = `${output.source}.built`
    await removeTree(aside)
    await rename(output.source, aside)
    output.source = aside
  }

  private async compare({ prepared, mismatch }: PreparedOutputs): Promise<void> {
    for (const output of prepared.values()) await this.compareOutput(output)
    if (mismatch !== null) throw mismatch
  }

  private async compareOutput(output: PreparedPath): Promise<void> {
    const { store, job } = this
    const { path, narHash } = output.info
    const before = store.pathInfo(path)
    if (before === null) return
    if (Buffer.from(before.narHash).equals(Buffer.from(narHash))) {
      if (job.mode === 'repair') await store.replaceFiles(path, output.source)
      return
    }
    const { drvPath } = job
    const lines = await compareOutputs(store.realPath(path), output.source, path)
    for (const line of lines) job.tell(line)
    const kept = this.context.settings.keepFailed
      ? await keepForComparison(output.source, store.realPath(path))
      : null
    throw new BuildError(
      {
        kind: 'output-rejected',
        derivation: drvPath,
        message:
          `derivation '${drvPath}' may not be deterministic: output '${path}' differs` +
          (kept === null ? '' : ` from '${kept}'`),
      },
      'not-deterministic',
    )
  }
}

/** Sources, and the outputs that are used of other derivations. */
function inputPaths(store: DiskStore, derivation: Derivation): Set<ByteString> {
  const paths = new Set(derivation.inputSources)
  for (const [drvPath, outputs] of derivation.inputDerivations) {
    const known = knownOutputs(store, drvPath, store.readDerivation(drvPath))
    for (const name of outputs) {
      const path = known.get(name)
      if (path === undefined)
        throw new DerivationError(`derivation '${drvPath}' does not have an output '${name}'`)
      paths.add(path)
    }
  }
  return paths
}
