/** What the end of a builder means. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { derivationKind } from '@snowglobe/shared/derivation'
import type { SandboxExit } from '../sandbox/launcher'
import type { BuildContext } from './build-context'
import { BuildError } from './build-error'
import type { BuildJob } from './build-job'

/** Throws BuildError unless the builder has done its work. */
export function checkExit(exit: SandboxExit, job: BuildJob, context: BuildContext): void {
  const { drvPath, log } = job
  const lastLines = log.lastLines(context.settings.logLines)
  const kind = derivationKind(job.derivation)
  // As Nix: what failed with a network may succeed the next time.
  const mayPass = kind === 'fixed' || kind === 'impure'
  const fail = (failure: Omit<ConstructorParameters<typeof BuildError>[0], 'derivation'>) => {
    const status = mayPass && failure.kind === 'builder-failed' ? 'other' : undefined
    throw new BuildError({ derivation: drvPath, lastLines, ...failure }, status)
  }
  switch (exit.kind) {
    case 'exited':
      if (exit.exitCode === 0) return
      return fail({
        kind: 'builder-failed',
        exitCode: exit.exitCode,
        message:
          `builder for '${drvPath}' ` +
          (exit.signal === undefined
            ? `failed with exit code ${exit.exitCode}`
            : `failed due to signal ${exit.signal} (${signalName(exit.signal)})`) +
          (exit.notExecuted === undefined ? '' : `: ${exit.notExecuted}`),
      })
    case 'limit':
      return fail({
        kind: 'limit',
        limit: exit.limit.name,
        message: context.describeLimit(exit.limit, drvPath, job.wanted),
      })
    case 'killed':
      return fail({ kind: 'cancelled', message: `building of '${drvPath}' was stopped` })
    case 'setup-failed':
      return setupFailed(exit.reason, drvPath, context)
  }
}

/** As strsignal(3) names it. */
function signalName(signal: number): string {
  const names: Readonly<Record<number, string>> = {
    1: 'Hangup',
    2: 'Interrupt',
    3: 'Quit',
    4: 'Illegal instruction',
    6: 'Aborted',
    8: 'Floating point exception',
    9: 'Killed',
    11: 'Segmentation fault',
    13: 'Broken pipe',
    14: 'Alarm clock',
    15: 'Terminated',
  }
  return names[signal] ?? `Unknown signal ${signal}`
}

function setupFailed(reason: string, drvPath: ByteString, context: BuildContext): never {
  const why = context.unexpected(reason, `setting up the sandbox for ${drvPath}`)
  throw new BuildError({
    kind: 'internal',
    derivation: drvPath,
    message: `the sandbox for '${drvPath}' could not be set up: ${why}`,
  })
}
