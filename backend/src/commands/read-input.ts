import { buffer } from 'node:stream/consumers'
import process from 'node:process'

/** All of standard input, however slowly it comes: a pipe may have nothing yet when it is first read. */
export function readStandardInput(): Promise<Buffer> {
  return buffer(process.stdin)
}
