/** One WebSocket of `/api/builds`: builds that a page watches. */
import type { WebSocket } from 'ws'
import * as v from 'valibot'
import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import { clientMessageSchema, type ServerMessage } from '@snowglobe/shared/messages'
import type { Builder, WatchEvent } from '../build/builder'
import { VisitorLimitReached } from './visitors'

/** Bytes on their way to a page. One that reads slowly waits here and slows nobody else. */
const highWater = 512 * 1024
const patience = 8 * highWater
/** UTF-16 units of log in one message. */
const longestText = 64 * 1024
const pingMilliseconds = 30_000

export interface BuildSessionOptions {
  builder: Builder
  /** Whose it is. */
  visitor: string
  /** Takes one of the requests that a visitor may have; throws VisitorLimitReached. */
  admit: () => () => void
  /** Why nothing can be built at the moment, or null. */
  refusal: () => string | null
  /** Hears how each request has ended. */
  onEnd: (event: Extract<WatchEvent, { type: 'done' | 'failed' }>) => void
}

/** An event that waits to be sent. Logs are not copied: the event says from where to where. */
interface Waiting {
  id: string
  event: WatchEvent
}

export class BuildSession {
  private readonly watches = new Map<string, () => void>()
  private readonly waiting: Waiting[] = []
  private readonly pings: NodeJS.Timeout
  private answered = true

  constructor(
    private readonly socket: WebSocket,
    private readonly options: BuildSessionOptions,
  ) {
    socket.on('message', (data, isBinary) => this.receive(isBinary ? null : String(data)))
    socket.on('close', () => this.close())
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => (this.answered = true))
    this.pings = setInterval(() => this.ping(), pingMilliseconds)
  }

  private receive(text: string | null): void {
    const message = v.safeParse(clientMessageSchema, parseJson(text))
    if (!message.success)
      return this.send({
        type: 'error',
        id: null,
        message: `not a message of this protocol: ${message.issues[0].message}`,
      })
    const { id } = message.output
    if (message.output.type === 'stop') return this.stop(id)
    if (this.watches.has(id))
      return this.send({
        type: 'error',
        id,
        message: `a build "${id}" is being watched already`,
      })
    this.watch(id, message.output.derivations)
  }

  private watch(id: string, derivations: Parameters<Builder['watch']>[0]): void {
    const { builder, visitor, admit, refusal, onEnd } = this.options
    const full = refusal()
    if (full !== null) return this.refuse(id, full, 'freeBytes')
    let leave: () => void
    try {
      leave = admit()
    } catch (error) {
      if (!(error instanceof VisitorLimitReached)) throw error
      return this.refuse(id, error.message, error.limit)
    }
    // The first events come before there is a way to stop.
    let ended = false
    const end = () => {
      ended = true
      leave()
      this.watches.delete(id)
    }
    this.watches.set(id, () => {})
    const stop = builder.watch(derivations, visitor, (event) => {
      if (event.type === 'done' || event.type === 'failed') {
        end()
        onEnd(event)
      }
      this.enqueue(id, event)
    })
    if (ended) return
    this.watches.set(id, () => {
      stop()
      end()
    })
  }

  private refuse(id: string, message: string, limit: string): void {
    const failure = {
      derivation: null,
      kind: 'refused' as const,
      message,
      exitCode: null,
      limit,
      lastLines: [],
    }
    this.options.onEnd({ type: 'failed', failure })
    this.enqueue(id, { type: 'failed', failure })
  }

  private stop(id: string): void {
    const stop = this.watches.get(id)
    if (stop === undefined) return
    stop()
    const failure = {
      derivation: null,
      kind: 'cancelled' as const,
      message: 'the build was stopped',
      exitCode: null,
      limit: null,
      lastLines: [],
    }
    this.enqueue(id, { type: 'failed', failure })
  }

  private close(): void {
    clearInterval(this.pings)
    for (const stop of [...this.watches.values()]) stop()
    this.watches.clear()
    this.waiting.length = 0
  }

  private ping(): void {
    if (!this.answered) return this.socket.terminate()
    this.answered = false
    this.socket.ping()
  }

  private enqueue(id: string, event: WatchEvent): void {
    const last = this.waiting.at(-1)
    const continues =
      last !== undefined &&
      last.id === id &&
      last.event.type === 'log' &&
      event.type === 'log' &&
      last.event.log === event.log &&
      last.event.end === event.start
    if (continues) last.event = { ...last.event, end: event.end } as WatchEvent
    else this.waiting.push({ id, event })
    this.pump()
  }

  /** Sends what waits as long as the page keeps up. */
  private pump(): void {
    while (this.socket.bufferedAmount < highWater) {
      const next = this.waiting[0]
      if (next === undefined) return
      if (next.event.type === 'log' && next.event.start < next.event.end) {
        this.sendLog(next.id, next.event)
        continue
      }
      this.waiting.shift()
      if (next.event.type !== 'log') this.send(toMessage(next.id, next.event))
    }
  }

  /** Sends some of the text that an event speaks of, and takes them off it. */
  private sendLog(id: string, event: WatchEvent & { type: 'log' }): void {
    const most = Math.min(longestText, event.end - event.start)
    const { start: offset, text } = event.log.read(event.start, most)
    event.start = offset + text.length
    this.send({ type: 'log', id, derivation: byteStringToUtf8(event.derivation), text, offset })
  }

  private send(message: ServerMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    // Only one that asks and asks, and never reads, comes so far.
    if (this.socket.bufferedAmount > patience) return this.socket.terminate()
    this.socket.send(JSON.stringify(message), () => this.pump())
  }
}

function toMessage(id: string, event: Exclude<WatchEvent, { type: 'log' }>): ServerMessage {
  switch (event.type) {
    case 'state':
      return {
        type: 'state',
        id,
        derivation: byteStringToUtf8(event.derivation),
        name: byteStringToUtf8(event.name),
        state: event.state,
      }
    case 'message':
      return { type: 'message', id, text: byteStringToUtf8(event.text) }
    case 'failed':
      return { type: 'failed', id, failure: toText(event.failure) }
    default:
      return { ...event, id }
  }
}

/** Messages hold names and paths of derivations, which are byte strings. */
function toText<Failure extends { message: string; derivation: string | null }>(
  failure: Failure,
): Failure {
  return {
    ...failure,
    message: isByteString(failure.message) ? byteStringToUtf8(failure.message) : failure.message,
    derivation: failure.derivation === null ? null : byteStringToUtf8(failure.derivation),
  }
}

function isByteString(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return false
  return true
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
