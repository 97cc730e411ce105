import { spawn } from 'node:child_process'
import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync, type Stats } from 'node:fs'
import { unlink } from 'node:fs/promises'
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { fileName, pathBytes } from './byte-path'

/** Files after which others get their turn: about a millisecond. */
const filesBetweenTurns = 200
/** Bytes from which a file system may take so long to forget a file that another thread asks for it. */
const largeFile = 16 * 1024 * 1024

/**
 * Removes a file or directory and all below it, whatever modes a builder has given it and however
 * deep it is. Nothing happens if there is none. Symbolic links are not followed.
 *
 * @param onFile told of everything that is no directory, before it is removed
 */
export async function removeTree(
  path: string,
  onFile: (status: Stats) => void = () => {},
): Promise<void> {
  try {
    await new Remover(onFile).remove(pathBytes(path))
  } catch {
    // Paths longer than the kernel takes: coreutils go down by descriptors instead. Or somebody has put
    // something there meanwhile.
    await run('chmod', ['-R', 'u+rwX', '--', path])
    const exitCode = await run('rm', ['-rf', '--', path])
    if (exitCode !== 0)
      throw new Error(`cannot remove ${path}: rm ended with exit code ${exitCode}`)
  }
}

class Remover {
  private untilTurn = filesBetweenTurns
  /** Directories may be closed, but not to root. */
  private readonly opensDirectories = process.getuid?.() !== 0

  constructor(private readonly onFile: (status: Stats) => void) {}

  async remove(path: ByteString): Promise<void> {
    const file = fileName(path)
    const status = lstatSync(file, { throwIfNoEntry: false })
    if (status === undefined) return
    if (status.isDirectory()) return this.removeDirectory(path)
    this.onFile(status)
    if (status.size >= largeFile) await unlink(file)
    else unlinkSync(file)
  }

  private async removeDirectory(path: ByteString): Promise<void> {
    const directory = fileName(path)
    if (this.opensDirectories) chmodSync(directory, 0o700)
    for (const entry of readdirSync(directory, { encoding: 'latin1', withFileTypes: true })) {
      const inside = `${path}/${entry.name}`
      if (entry.isDirectory()) await this.removeDirectory(inside)
      else await this.remove(inside)
      if (--this.untilTurn > 0) continue
      this.untilTurn = filesBetweenTurns
      await setImmediate()
    }
    rmdirSync(directory)
  }
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore' })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
