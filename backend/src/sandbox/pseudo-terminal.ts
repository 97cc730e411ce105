/**
 * The server's end of a pseudo-terminal (pty(7)). The other end is opened by the launcher, because
 * that takes ioctl(2), which Node does not have.
 */
import { closeSync, constants, openSync, write } from 'node:fs'
import { PassThrough, type Readable } from 'node:stream'
import { ReadStream } from 'node:tty'

/** While nobody inside reads, the kernel takes some kilobytes of input; then it waits here. */
const retryMilliseconds = 20
const waitingInputBytes = 1024 * 1024

export class PseudoTerminal {
  /** To be inherited by the launcher. */
  readonly descriptor: number
  /** What is written inside. Ends when nobody inside has the terminal open any more. */
  readonly output: Readable
  private readonly reader: ReadStream
  private readonly input: Buffer[] = []
  private inputBytes = 0
  private writing = false
  private closed = false

  constructor() {
    this.descriptor = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
    try {
      this.reader = new ReadStream(this.descriptor)
    } catch (error) {
      closeSync(this.descriptor)
      throw error
    }
    const output = new PassThrough()
    this.output = output
    this.reader.pipe(output, { end: false })
    // The end is told as an input/output error.
    this.reader.once('error', () => this.end())
    this.reader.once('close', () => this.end())
  }

  /** Types. What is typed after the end, or far ahead of whoever reads, is lost. */
  write(bytes: Buffer): void {
    if (this.closed || this.inputBytes + bytes.length > waitingInputBytes) return
    this.input.push(bytes)
    this.inputBytes += bytes.length
    if (!this.writing) this.pump()
  }

  /** To be called when nobody can have the other end open. */
  close(): void {
    this.reader.destroy()
    this.end()
  }

  private end(): void {
    if (this.closed) return
    this.closed = true
    this.input.length = 0
    ;(this.output as PassThrough).end()
  }

  private pump(): void {
    const next = this.input[0]
    this.writing = next !== undefined && !this.closed
    if (next === undefined || this.closed) return
    write(this.descriptor, next, (error, written) => {
      if (error !== null && error.code !== 'EAGAIN') {
        this.writing = false
        return
      }
      const sent = error === null ? written : 0
      this.inputBytes -= sent
      if (sent === next.length) this.input.shift()
      else this.input[0] = next.subarray(sent)
      if (sent > 0) this.pump()
      else setTimeout(() => this.pump(), retryMilliseconds).unref()
    })
  }
}
