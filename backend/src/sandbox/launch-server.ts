/** The process that the launcher in C is, beside this one, and connections to it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const socketName = 'socket'

export class LaunchServer {
  /** An address of a socket may have 107 bytes, a directory's path far more. */
  private readonly directoryDescriptor: number
  private running: Promise<ChildProcess> | null = null
  private closed = false

  /** `directory` is for its socket alone; `filter` is the file of the filter of system calls. */
  constructor(
    private readonly program: string,
    private readonly directory: string,
    private readonly filter: number,
  ) {
    // Who can connect can start programs as any user.
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, 0o700)
    this.directoryDescriptor = openSync(directory, 'r')
  }

  /** A connection over which one sandbox is asked for. Throws an Error where there is no launcher. */
  async connect(): Promise<Socket> {
    if (this.closed) throw new Error('the launcher is closed')
    await (this.running ??= this.start())
    return new Promise((resolve, reject) => {
      const socket = connect(`/proc/self/fd/${this.directoryDescriptor}/${socketName}`)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(socket)
      })
    })
  }

  /** Sandboxes that run end by their own connections. */
  close(): void {
    this.closed = true
    closeSync(this.directoryDescriptor)
    void this.running?.then((child) => (child.stdio[3] as Duplex).destroy()).catch(() => {})
  }

  private start(): Promise<ChildProcess> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, [socketName], {
        cwd: this.directory,
        stdio: ['ignore', 'ignore', 'inherit', 'pipe', this.filter],
        env: {},
      })
      const lifeline = child.stdio[3] as Duplex
      lifeline.once('data', () => {
        // A process that has nothing else to do may end.
        child.unref()
        ;(lifeline as Socket).unref()
        resolve(child)
      })
      lifeline.on('error', () => {})
      child.once('error', reject)
      child.once('exit', (code) => {
        // The next sandbox gets another one.
        this.running = null
        reject(new Error(`the launcher ended with exit code ${code}`))
      })
    })
  }
}
