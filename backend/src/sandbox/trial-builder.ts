/** A builder that is run to see whether sandboxes work. */
import type { Launcher, SandboxExit, SandboxRequest } from './launcher'
import { defaultLimits } from './limits'

/** Runs a script with nothing but a shell. Gives how that ended, and what was printed. */
export async function runTrial(
  launcher: Launcher,
  script: string,
  { shell, system }: Pick<SandboxRequest, 'shell' | 'system'>,
): Promise<{ exit: SandboxExit; output: string }> {
  const workspace = await launcher.createWorkspace(0)
  try {
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-ec', script],
        environment: [],
        storeDir: '/nix/store',
        inputs: [],
        inputDirectory: '/',
        shell,
        ...(system === undefined ? {} : { system }),
      },
      defaultLimits,
    )
    let output = ''
    sandbox.log.on('data', (bytes: Buffer) => (output += bytes.toString()))
    return { exit: await sandbox.exit, output }
  } finally {
    await workspace.remove()
  }
}
