import { finished } from 'node:stream/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { DerivationError, type Derivation } from '@snowglobe/shared/derivation'
import { StoreError } from '@snowglobe/worker/store/store'
import type { Launcher, RunningSandbox, SandboxExit, Workspace } from '../sandbox/launcher'
import { describeLimit, type Limits } from '../sandbox/limits'
import type { DiskStore } from '../store/disk-store'
import { BuildError } from './build-error'
import type { BuildLog } from './build-log'
import { builderSetting, type BuilderSetting } from './builder-environment'
import { prepareOutputs } from './output-check'

export interface BuildContext {
  store: DiskStore
  launcher: Launcher
  limits: Limits
  /** A static shell of this machine, to be /bin/sh. */
  shell: string
  cores: number
  /** For what the operator should know and nobody else. */
  report: (message: string) => void
}

export interface BuildJob {
  drvPath: ByteString
  derivation: Derivation
  log: BuildLog
  slot: number
  /** Ends the build when it is aborted. */
  signal: AbortSignal
}

/**
 * Builds a derivation whose inputs are valid, and registers its outputs, all or none. Throws
 * BuildError; nothing is left behind then but the log.
 */
export async function buildDerivation(job: BuildJob, context: BuildContext): Promise<void> {
  const { store } = context
  const { drvPath, derivation } = job
  try {
    const setting = builderSetting(derivation, {
      storeDir: store.storeDir,
      cores: context.cores,
    })
    const inputs = store.closure(inputPaths(store, derivation))
    const workspace = await context.launcher.createWorkspace(job.slot)
    try {
      checkExit(await runBuilder(job, context, workspace, setting, inputs), job, context)
      const prepared = await prepareOutputs({
        storeDir: store.storeDir,
        drvPath,
        derivation,
        sourceOf: (path) => workspace.outputSource(path),
        inputs,
      })
      await store.addPrepared(prepared)
    } finally {
      await workspace.remove()
    }
  } catch (error) {
    if (error instanceof BuildError) throw error
    if (error instanceof DerivationError || error instanceof StoreError)
      throw new BuildError({ kind: 'output-rejected', derivation: drvPath, message: error.message })
    context.report(`building ${drvPath}: ${error instanceof Error ? error.stack : String(error)}`)
    throw new BuildError({
      kind: 'internal',
      derivation: drvPath,
      message: `cannot build '${drvPath}': an internal error, see the server's log`,
    })
  }
}

/** Sources, and the outputs that are used of other derivations. */
function inputPaths(store: DiskStore, derivation: Derivation): Set<ByteString> {
  const paths = new Set(derivation.inputSources)
  for (const [drvPath, outputs] of derivation.inputDerivations) {
    const input = store.readDerivation(drvPath)
    for (const name of outputs) {
      const output = input.outputs.get(name)
      if (output === undefined)
        throw new DerivationError(`derivation '${drvPath}' does not have an output '${name}'`)
      paths.add(output.path)
    }
  }
  return paths
}

async function runBuilder(
  job: BuildJob,
  context: BuildContext,
  workspace: Workspace,
  setting: BuilderSetting,
  inputs: ReadonlySet<ByteString>,
): Promise<SandboxExit> {
  const { store, limits, shell } = context
  if (job.signal.aborted) return { kind: 'killed' }
  for (const [name, contents] of setting.files) await workspace.writeBuildFile(name, contents)
  const sandbox = await workspace.launch(
    {
      builder: setting.builder,
      args: setting.args,
      environment: [...setting.environment].filter(([name]) => isSettable(name)),
      storeDir: store.storeDir,
      inputs: [...inputs].map((path) => ({ path, source: store.realPath(path) })),
      shell,
    },
    limits,
  )
  const stop = () => sandbox.kill()
  job.signal.addEventListener('abort', stop)
  if (job.signal.aborted) stop()
  try {
    await readLog(sandbox, job.log, limits)
    return await sandbox.exit
  } finally {
    job.signal.removeEventListener('abort', stop)
    job.log.end()
  }
}

/** setenv(3) takes no others. */
function isSettable(name: ByteString): boolean {
  return name !== '' && !name.includes('=')
}

async function readLog(sandbox: RunningSandbox, log: BuildLog, limits: Limits): Promise<void> {
  sandbox.log.on('data', (bytes: Buffer) => {
    sandbox.noteOutput()
    const rest = limits.logBytes - log.bytes
    if (rest > 0) log.write(bytes.subarray(0, rest))
    if (bytes.length > rest) sandbox.stopAtLimit({ name: 'logBytes', value: limits.logBytes })
  })
  // A broken pipe tells nothing that the exit does not.
  await finished(sandbox.log, { writable: false }).catch(() => {})
}

function checkExit(exit: SandboxExit, { drvPath, log }: BuildJob, context: BuildContext): void {
  const lastLines = log.lastLines()
  const fail = (failure: Omit<ConstructorParameters<typeof BuildError>[0], 'derivation'>) => {
    throw new BuildError({ derivation: drvPath, lastLines, ...failure })
  }
  switch (exit.kind) {
    case 'exited':
      if (exit.exitCode === 0) return
      return fail({
        kind: 'builder-failed',
        exitCode: exit.exitCode,
        message:
          `builder for '${drvPath}' failed with exit code ${exit.exitCode}` +
          (exit.notExecuted === undefined ? '' : `: ${exit.notExecuted}`),
      })
    case 'limit':
      return fail({
        kind: 'limit',
        limit: exit.limit.name,
        message: `building of '${drvPath}' ${describeLimit(exit.limit)}`,
      })
    case 'killed':
      return fail({ kind: 'cancelled', message: `building of '${drvPath}' was stopped` })
    case 'setup-failed':
      return setupFailed(exit.reason, drvPath, context)
  }
}

function setupFailed(reason: string, drvPath: ByteString, context: BuildContext): never {
  context.report(`the sandbox for ${drvPath} could not be set up: ${reason}`)
  throw new BuildError({
    kind: 'internal',
    derivation: drvPath,
    message: `the sandbox for '${drvPath}' could not be set up, see the server's log`,
  })
}
