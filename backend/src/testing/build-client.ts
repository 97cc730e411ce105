/** Speaks to a server as a tab does: sends paths, asks for builds, listens. */
import { WebSocket } from 'ws'
import type { BuiltOutput, BuildFailure, ServerMessage } from '@snowglobe/shared/messages'

export interface BuildResult {
  messages: ServerMessage[]
  log: string
  outputs: BuiltOutput[] | null
  failure: BuildFailure | null
}

/** Sends an export stream. Gives the answer's status and JSON. */
export async function importStream(url: string, stream: Uint8Array) {
  const response = await fetch(new URL('/api/store/import', url), {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(stream),
  })
  const answer = (await response.json()) as { imported?: string[]; error?: string }
  return { status: response.status, ...answer }
}

/** A build that is being watched. */
export class WatchedBuild {
  readonly messages: ServerMessage[] = []
  private readonly socket: WebSocket
  private readonly listeners = new Set<() => void>()

  constructor(
    url: string,
    readonly derivations: { path: string; outputs: string[] }[],
    /** Of the request that opens the connection. */
    headers: Record<string, string> = {},
  ) {
    this.socket = new WebSocket(new URL('/api/builds', url.replace(/^http/, 'ws')), { headers })
    this.socket.on('open', () =>
      this.socket.send(JSON.stringify({ type: 'build', id: 'b', derivations })),
    )
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as ServerMessage)
      for (const listener of this.listeners) listener()
    })
  }

  get log(): string {
    return this.messages.map((m) => (m.type === 'log' ? m.text : '')).join('')
  }

  /** Waits until something is true of what was heard. */
  async until(isTrue: (build: this) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!isTrue(this)) return
        this.listeners.delete(look)
        resolve()
      }
      this.listeners.add(look)
      this.socket.on('error', reject)
      this.socket.on('close', () => reject(new Error('the connection was lost')))
      look()
    })
  }

  /** Waits until its builder runs, or it has a place in the queue. */
  admitted(): Promise<void> {
    return this.until(({ messages }) =>
      messages.some((m) => m.type === 'queued' || (m.type === 'state' && m.state === 'building')),
    )
  }

  async end(): Promise<BuildResult> {
    await this.until(({ messages }) =>
      messages.some((m) => m.type === 'done' || m.type === 'failed'),
    )
    this.leave()
    const last = this.messages.at(-1)
    return {
      messages: this.messages,
      log: this.log,
      outputs: last?.type === 'done' ? last.outputs : null,
      failure: last?.type === 'failed' ? last.failure : null,
    }
  }

  stop(): void {
    this.socket.send(JSON.stringify({ type: 'stop', id: 'b' }))
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  leave(): void {
    this.socket.close()
  }
}
