import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'

/**
 * Removes a file or directory and all below it, whatever modes a builder has given it and however
 * deep it is. Nothing happens if there is none. Symbolic links are not followed.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch {
    // Closed directories (to an ordinary user), or paths longer than the kernel takes: coreutils go
    // down by descriptors instead.
    await run('chmod', ['-R', 'u+rwX', '--', path])
    const exitCode = await run('rm', ['-rf', '--', path])
    if (exitCode !== 0)
      throw new Error(`cannot remove ${path}: rm ended with exit code ${exitCode}`)
  }
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore' })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
