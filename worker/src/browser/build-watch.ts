import {
  serverMessageSchema,
  type ClientMessage,
  type ServerMessage,
} from '@snowglobe/shared/messages'
import * as v from 'valibot'
import { BackendError } from './backend-client'
import { StoppedError } from './evaluator-pool'

/** Of a WebSocket what is used here. */
export interface Socket {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: (() => void) | null
}

export type BuildRequest = Extract<ClientMessage, { type: 'build' }>
export type BuildEnd = Extract<ServerMessage, { type: 'done' | 'failed' }>
export type BuildNews = Extract<
  ServerMessage,
  { type: 'queued' | 'state' | 'log' | 'message' | 'transfer' }
>

export interface BuildWatchOptions {
  request: BuildRequest
  /** Opens a connection to `/api/builds`. */
  connect(): Socket
  onNews(news: BuildNews): void
  onConnection(state: 'lost' | 'restored'): void
  /** Ends the watch; the build dies if nobody else watches it. */
  signal: AbortSignal
  /** Waits so many milliseconds. */
  wait(milliseconds: number): Promise<void>
}

/** Between attempts to connect again; after the last the watch is given up. */
const patience = [100, 300, 1000, 2000, 3000, 5000, 5000, 10_000, 10_000, 15_000, 15_000, 30_000]

/** How a connection ended: with the build, or without. */
type Outcome = { end: BuildEnd } | { lost: true; opened: boolean }

/**
 * Starts a build, or joins it, and follows it to its end. A connection that is lost is made anew, and
 * the same request joins the build where it is; what of its log was heard before is left out.
 *
 * @throws StoppedError when the signal ends it, BackendError when the builder cannot be reached
 */
export async function watchBuild(options: BuildWatchOptions): Promise<BuildEnd> {
  const heard = new Map<string, number>()
  let everOpened = false
  let failures = 0
  for (;;) {
    const outcome = await watchOnce(options, heard, () => {
      if (everOpened) options.onConnection('restored')
      everOpened = true
      failures = 0
    })
    if ('end' in outcome) return outcome.end
    if (options.signal.aborted) throw new StoppedError()
    if (outcome.opened) options.onConnection('lost')
    const pause = patience[failures++]
    if (pause === undefined || (!everOpened && failures > 3)) {
      throw new BackendError(
        everOpened
          ? 'the connection to the builder was lost: press Build to look for the build again'
          : 'the builder does not answer: check the connection and try again',
      )
    }
    await options.wait(pause)
    if (options.signal.aborted) throw new StoppedError()
  }
}

function watchOnce(
  { request, connect, onNews, signal }: BuildWatchOptions,
  heard: Map<string, number>,
  onOpen: () => void,
): Promise<Outcome> {
  return new Promise<Outcome>((resolve, reject) => {
    const socket = connect()
    let opened = false
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', stop)
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
      settle()
    }
    const stop = () => {
      if (opened) send(socket, { type: 'stop', id: request.id })
      finish(() => reject(new StoppedError()))
    }
    signal.addEventListener('abort', stop)
    socket.onopen = () => {
      opened = true
      onOpen()
      send(socket, request)
    }
    socket.onclose = () => finish(() => resolve({ lost: true, opened }))
    socket.onmessage = ({ data }) => {
      const message = parse(data)
      if (message === null) {
        finish(() => reject(new BackendError('the builder said something that makes no sense')))
        return
      }
      if (message.id !== null && message.id !== request.id) return
      switch (message.type) {
        case 'error':
          finish(() => reject(new BackendError(message.message)))
          return
        case 'done':
        case 'failed':
          finish(() => resolve({ end: message }))
          return
        case 'log': {
          const text = unheard(message, heard)
          if (text !== '') onNews({ ...message, text })
          return
        }
        case 'queued':
        case 'state':
        case 'message':
        case 'transfer':
          onNews(message)
      }
    }
    if (signal.aborted) stop()
  })
}

/** The part of a piece of log that was not heard before. */
function unheard(
  { derivation, text, offset }: Extract<ServerMessage, { type: 'log' }>,
  heard: Map<string, number>,
): string {
  const known = heard.get(derivation) ?? 0
  const start = offset ?? known
  heard.set(derivation, Math.max(known, start + text.length))
  return text.slice(Math.max(0, known - start))
}

function send(socket: Socket, message: ClientMessage): void {
  socket.send(JSON.stringify(message))
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  let json: unknown
  try {
    json = JSON.parse(data)
  } catch {
    return null
  }
  const message = v.safeParse(serverMessageSchema, json)
  return message.success ? message.output : null
}
