/** One WebSocket of `/api/shell`: a person in a sandbox. */
import type { WebSocket } from 'ws'
import * as v from 'valibot'
import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import {
  shellInputSchema,
  shellRequestSchema,
  type ShellEvent,
  type ShellInput,
} from '@snowglobe/shared/messages'
import type { SandboxExit } from '../sandbox/launcher'
import { describeLimit } from '../sandbox/limits'
import type { ShellLimits, OpenShell, Shells } from './shells'
import { ShellRefused } from './shells'

/** Bytes on their way to a page; past that the terminal waits, and whoever writes to it. */
const highWater = 256 * 1024
/** Who connects says within this time what it wants. */
const requestMilliseconds = 10_000

export interface ShellSessionOptions {
  shells: Shells
  limits: ShellLimits
  /** Takes one of what a visitor may have; throws ShellRefused, gives the way to give it back. */
  admit: () => () => void
  /** For what the operator should know and nobody else. */
  report: (message: string) => void
}

export class ShellSession {
  private shell: OpenShell | null = null
  private requested = false
  private readonly impatience: NodeJS.Timeout

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ShellSessionOptions,
  ) {
    this.impatience = setTimeout(() => socket.close(1002), requestMilliseconds)
    socket.on('message', (data, isBinary) => this.receive(isBinary ? null : String(data)))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearTimeout(this.impatience)
      this.shell?.sandbox.kill()
    })
  }

  private receive(text: string | null): void {
    const message = parseJson(text)
    if (!this.requested) {
      this.requested = true
      clearTimeout(this.impatience)
      const request = v.safeParse(shellRequestSchema, message)
      if (!request.success)
        return this.end(`not a message of this protocol: ${request.issues[0].message}`)
      void this.open(request.output)
      return
    }
    const input = v.safeParse(shellInputSchema, message)
    if (input.success) this.type(input.output)
  }

  private async open(request: v.InferOutput<typeof shellRequestSchema>): Promise<void> {
    const { shells, limits, admit, report } = this.options
    let leave: (() => void) | null = null
    try {
      leave = admit()
      const shell = await shells.start(request)
      this.shell = shell
      if (this.socket.readyState !== this.socket.OPEN) shell.sandbox.kill()
      this.send({
        type: 'opened',
        directory: shell.directory,
        idleSeconds: limits.shellIdleSeconds,
        totalSeconds: limits.shellSeconds,
      })
      this.show(shell)
      const exit = await shell.sandbox.exit
      // What was written at last is on its way still.
      if (!shell.sandbox.log.readableEnded)
        await new Promise((resolve) => shell.sandbox.log.once('close', resolve))
      if (exit.kind === 'setup-failed') report(`a shell could not be set up: ${exit.reason}`)
      this.endWith(exit)
      await shell.closed
    } catch (error) {
      if (error instanceof ShellRefused)
        return this.end(toText(error.message), { limit: error.limit })
      report(`a shell: ${error instanceof Error ? error.stack : String(error)}`)
      this.end("an internal error, see the server's log")
    } finally {
      leave?.()
    }
  }

  private show({ sandbox }: OpenShell): void {
    sandbox.log.on('data', (bytes: Buffer) => {
      sandbox.noteOutput()
      this.socket.send(bytes, { binary: true }, () => {
        if (this.socket.bufferedAmount < highWater) sandbox.log.resume()
      })
      if (this.socket.bufferedAmount >= highWater) sandbox.log.pause()
    })
  }

  private type(input: ShellInput): void {
    const sandbox = this.shell?.sandbox
    if (sandbox === undefined) return
    if (input.type === 'resize') return sandbox.terminal?.resize(input.columns, input.rows)
    sandbox.noteOutput()
    sandbox.terminal?.write(Buffer.from(input.text, 'utf8'))
  }

  private endWith(exit: SandboxExit): void {
    const { shellSeconds, shellIdleSeconds } = this.options.limits
    switch (exit.kind) {
      case 'exited':
        return this.end(`the shell ended with exit code ${exit.exitCode}`, {
          exitCode: exit.exitCode,
        })
      case 'killed':
        return this.end('the shell was closed')
      case 'setup-failed':
        return this.end("the sandbox could not be set up, see the server's log")
      case 'limit': {
        const { name, value } = exit.limit
        if (name === 'silenceSeconds')
          return this.end(
            `the shell was closed after ${shellIdleSeconds} seconds without input or output ` +
              `(limit shellIdleSeconds = ${shellIdleSeconds}); open another one`,
            { limit: 'shellIdleSeconds' },
          )
        if (name === 'wallClockSeconds')
          return this.end(
            `the shell was closed after ${shellSeconds} seconds ` +
              `(limit shellSeconds = ${shellSeconds}); open another one`,
            { limit: 'shellSeconds' },
          )
        return this.end(
          `the shell was closed because what ran in it ${describeLimit({ name, value })}`,
          { limit: name },
        )
      }
    }
  }

  private end(
    message: string,
    { exitCode = null, limit = null }: { exitCode?: number | null; limit?: string | null } = {},
  ): void {
    this.send({ type: 'ended', message, exitCode, limit })
    this.socket.close(1000)
  }

  private send(event: ShellEvent): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(event))
  }
}

/** Messages about derivations are byte strings, others may hold any text. */
function toText(message: string | ByteString): string {
  for (let i = 0; i < message.length; i++) if (message.charCodeAt(i) > 255) return message
  return byteStringToUtf8(message)
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
