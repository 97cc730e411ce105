import {
  readShellEvent,
  type ShellEvent,
  type ShellInput,
  type ShellRequest,
} from '@snowglobe/shared/messages'

export interface ShellListener {
  output(bytes: Uint8Array): void
  event(event: ShellEvent): void
}

/** One shell of the backend, for as long as its WebSocket is open. */
export class ShellConnection {
  private readonly socket: WebSocket
  private ended = false

  constructor(request: Omit<ShellRequest, 'type'>, listener: ShellListener) {
    const url = new URL('api/shell', document.baseURI)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    this.socket = new WebSocket(url)
    this.socket.binaryType = 'arraybuffer'
    this.socket.onopen = () => this.socket.send(JSON.stringify({ type: 'open', ...request }))
    this.socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== 'string') return listener.output(new Uint8Array(data))
      const event = readShellEvent(data)
      if (event === null) return this.socket.close()
      if (event.type === 'ended') this.ended = true
      listener.event(event)
    }
    this.socket.onclose = () => {
      if (this.ended) return
      const message = 'the connection to the builder was lost; open another shell'
      listener.event({ type: 'ended', message, exitCode: null, limit: null })
    }
  }

  send(input: ShellInput): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(input))
  }

  close(): void {
    this.ended = true
    this.socket.close()
  }
}
