import process from 'node:process'

/** All of standard input, however slowly it comes: a pipe may have nothing yet when it is first read. */
export function readStandardInput(): Promise<Buffer> {
  // Commands that read nothing start faster without streams.
  return process.getBuiltinModule('node:stream/consumers').buffer(process.stdin)
}
