import process from 'node:process'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { HostError } from '../evaluator/host'

/** Nothing that evaluation is to read is larger. */
const maxOutput = 2 ** 30

/** Runs a program and gives what it prints; its standard error is the command's own. */
export function execute(program: ByteString, args: readonly ByteString[]): ByteString {
  // Few evaluations run programs: the others start faster without what runs them.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const native = (text: ByteString) => Buffer.from(text, 'latin1').toString()
  const { status, signal, stdout, error } = spawnSync(native(program), args.map(native), {
    stdio: ['inherit', 'pipe', 'inherit'],
    maxBuffer: maxOutput,
  })
  if (error !== undefined) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const why = isMissing ? 'No such file or directory' : error.message
    throw new HostError(`executing '${program}': ${why}`)
  }
  if (signal !== null) throw new HostError(`program '${program}' was killed by ${signal}`)
  if (status !== 0) throw new HostError(`program '${program}' failed with exit code ${status}`)
  return bytesToByteString(stdout)
}
