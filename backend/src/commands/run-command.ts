import process from 'node:process'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'

/** What only a fault of ours throws. Node's errors of arguments have a code besides. */
const faults = [TypeError, RangeError, ReferenceError, SyntaxError]

/**
 * Runs a command with the arguments of the process, and gives the process its exit status. What nobody
 * can work with (a store that cannot be written, a program that is missing) is told in a line, as Nix
 * tells it; a fault of ours shows its stack. A command that still waits when nothing can come any more
 * ends with 13, as Node ends what waits so.
 */
export async function runCommand(
  command: (args: readonly ByteString[]) => number | Promise<number>,
): Promise<void> {
  const neverEnds = () => (process.exitCode = 13)
  process.once('beforeExit', neverEnds)
  try {
    process.exitCode = await command(process.argv.slice(2).map(utf8ToByteString))
  } catch (error) {
    const isFault = faults.some((fault) => error instanceof fault) && !('code' in (error as Error))
    if (isFault || !(error instanceof Error)) throw error
    process.stderr.write(`error: ${error.message}\n`)
    process.exitCode = 1
  } finally {
    process.off('beforeExit', neverEnds)
  }
}
