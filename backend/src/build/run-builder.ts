import { finished } from 'node:stream/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Egress } from '../fetch/builder-egress'
import type { RunningSandbox, SandboxExit, Workspace } from '../sandbox/launcher'
import type { Limits } from '../sandbox/limits'
import type { BuildContext } from './build-context'
import type { BuildJob } from './build-job'
import type { BuildLog } from './build-log'
import type { BuilderSetting } from './builder-environment'
import type { LogRecorder } from './log-archive'

export interface BuilderRun {
  job: BuildJob
  context: BuildContext
  workspace: Workspace
  setting: BuilderSetting
  /** Store paths that the builder may see. */
  inputs: Iterable<ByteString>
  /** Its way to the network, if it has one. */
  egress: Egress | null
}

/** Runs a builder in its workspace and keeps its log. Tells how it has ended. */
export async function runBuilder({
  job,
  context,
  workspace,
  setting,
  inputs,
  egress,
}: BuilderRun): Promise<SandboxExit> {
  const { store } = context
  if (job.signal.aborted) return { kind: 'killed' }
  for (const [name, contents] of setting.files) await workspace.writeBuildFile(name, contents)
  const sandbox = await workspace.launch(
    {
      builder: setting.builder,
      args: setting.args,
      environment: [...withProxy(setting.environment, egress)].filter(([name]) => isSettable(name)),
      storeDir: store.storeDir,
      inputs: [...inputs],
      inputDirectory: store.realStoreDir,
      shell: context.shell,
      system: job.derivation.system,
      ...(egress === null ? {} : { network: egress.network, etc: egress.etc }),
    },
    context.limits,
  )
  const stop = () => sandbox.kill()
  job.signal.addEventListener('abort', stop)
  if (job.signal.aborted) stop()
  const recorder = context.archive?.record(job.drvPath)
  try {
    await readLog(sandbox, job.log, context.limits, recorder)
    return await sandbox.exit
  } finally {
    job.signal.removeEventListener('abort', stop)
    job.log.end()
    await recorder
      ?.end()
      .catch((error: unknown) => context.report(`the log of ${job.drvPath}: ${String(error)}`))
  }
}

/** What the derivation says of proxies itself stays. */
function withProxy(
  environment: ReadonlyMap<ByteString, ByteString>,
  egress: Egress | null,
): Map<ByteString, ByteString> {
  const more = (egress?.environment ?? []).filter(([name]) => !environment.get(name))
  return new Map([...environment, ...more])
}

/** setenv(3) takes no others. */
function isSettable(name: ByteString): boolean {
  return name !== '' && !name.includes('=')
}

async function readLog(
  sandbox: RunningSandbox,
  log: BuildLog,
  limits: Limits,
  recorder: LogRecorder | undefined,
): Promise<void> {
  sandbox.log.on('data', (bytes: Buffer) => {
    sandbox.noteOutput()
    const rest = limits.logBytes - log.bytes
    if (rest > 0) {
      const taken = bytes.subarray(0, rest)
      log.write(taken)
      // A builder that writes faster than its log can be kept waits, as it would for a terminal.
      const busy = recorder?.write(taken) ?? null
      if (busy !== null) {
        sandbox.log.pause()
        const resume = () => void sandbox.log.resume()
        void busy.then(resume, resume)
      }
    }
    if (bytes.length > rest) sandbox.stopAtLimit({ name: 'logBytes', value: limits.logBytes })
  })
  // A broken pipe tells nothing that the exit does not.
  await finished(sandbox.log, { writable: false }).catch(() => {})
}
