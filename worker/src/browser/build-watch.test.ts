import { beforeEach, describe, expect, it } from 'vitest'
import type { ServerMessage } from '@snowglobe/shared/messages'
import { watchBuild, type BuildNews, type BuildRequest, type Socket } from './build-watch'

const derivation = '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x.drv'
const request: BuildRequest = {
  type: 'build',
  id: 'b1',
  derivations: [{ path: derivation, outputs: ['out'] }],
}
const done: ServerMessage = { type: 'done', id: 'b1', outputs: [] }

class FakeSocket implements Socket {
  sent: unknown[] = []
  closed = false
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.closed = true
  }
  open(): void {
    this.onopen?.()
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  lose(): void {
    this.onclose?.()
  }
}

describe('watching a build', () => {
  let sockets: FakeSocket[]
  let news: BuildNews[]
  let connection: string[]
  let waits: number[]
  let controller: AbortController

  beforeEach(() => {
    sockets = []
    news = []
    connection = []
    waits = []
    controller = new AbortController()
  })

  const watch = () =>
    watchBuild({
      request,
      connect: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      onNews: (item) => news.push(item),
      onConnection: (state) => connection.push(state),
      signal: controller.signal,
      wait: async (milliseconds) => {
        waits.push(milliseconds)
      },
    })
  /** Lets what has been settled take effect. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0))
  const log = (text: string, offset?: number): ServerMessage => ({
    type: 'log',
    id: 'b1',
    derivation,
    text,
    ...(offset === undefined ? {} : { offset }),
  })

  it('asks once the connection is open, passes news on and ends with the build', async () => {
    const end = watch()
    expect(sockets[0].sent).toEqual([])
    sockets[0].open()
    expect(sockets[0].sent).toEqual([request])
    sockets[0].say({ type: 'queued', id: 'b1', position: 2 })
    sockets[0].say({ type: 'state', id: 'b1', derivation, name: 'x', state: 'building' })
    sockets[0].say(log('hello\n'))
    sockets[0].say(done)
    expect(await end).toEqual(done)
    expect(news.map(({ type }) => type)).toEqual(['queued', 'state', 'log'])
    expect(sockets[0].closed).toBe(true)
    expect(connection).toEqual([])
  })

  it('leaves out messages of other builds', async () => {
    const end = watch()
    sockets[0].open()
    sockets[0].say({ type: 'queued', id: 'other', position: 1 })
    sockets[0].say({ ...done, id: 'other' })
    expect(news).toEqual([])
    sockets[0].say(done)
    await end
  })

  it('joins the build again when the connection is lost, and tells only what is new', async () => {
    const end = watch()
    sockets[0].open()
    sockets[0].say(log('one\ntw', 0))
    sockets[0].lose()
    await settle()
    expect(connection).toEqual(['lost'])
    sockets[1].open()
    expect(connection).toEqual(['lost', 'restored'])
    expect(sockets[1].sent).toEqual([request])
    sockets[1].say(log('one\n', 0))
    sockets[1].say(log('two\n', 4))
    sockets[1].say(log('three\n', 8))
    sockets[1].say(done)
    await end
    expect(news.map((item) => item.type === 'log' && item.text)).toEqual([
      'one\ntw',
      'o\n',
      'three\n',
    ])
  })

  it('gives up a builder that never answers', async () => {
    const end = watch()
    const outcome = expect(end).rejects.toThrow('the builder does not answer')
    for (let i = 0; i < 4; i++) {
      sockets[i].lose()
      await settle()
    }
    await outcome
    expect(connection).toEqual([])
  })

  it('is more patient with a builder that has answered before', async () => {
    const end = watch()
    const outcome = expect(end).rejects.toThrow('the connection to the builder was lost')
    sockets[0].open()
    for (let i = 0; i < 13; i++) {
      sockets[i].lose()
      await settle()
    }
    await outcome
    expect(connection).toEqual(['lost'])
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(60_000)
  })

  it('tells the builder to stop, and ends at once', async () => {
    const end = watch()
    sockets[0].open()
    controller.abort()
    await expect(end).rejects.toThrow('stopped')
    expect(sockets[0].sent).toEqual([request, { type: 'stop', id: 'b1' }])
    expect(sockets[0].closed).toBe(true)
  })

  it('can be stopped while the connection is lost', async () => {
    let resume = () => {}
    const end = watchBuild({
      request,
      connect: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      onNews: () => {},
      onConnection: () => {},
      signal: controller.signal,
      wait: () => new Promise((resolve) => (resume = resolve)),
    })
    sockets[0].open()
    sockets[0].lose()
    await settle()
    controller.abort()
    resume()
    await expect(end).rejects.toThrow('stopped')
    expect(sockets.length).toBe(1)
  })

  it('ends with what the builder says of a request that it refuses', async () => {
    const end = watch()
    sockets[0].open()
    sockets[0].say({ type: 'error', id: 'b1', message: 'too many builds' })
    await expect(end).rejects.toThrow('too many builds')
  })

  it.each([
    ['no JSON', '{'],
    ['no message', '{"type":"dance","id":"b1"}'],
    ['no text', new ArrayBuffer(1)],
    ['a wrong message', '{"type":"queued","id":"b1","position":"first"}'],
  ])('does not believe %s', async (_, data) => {
    const end = watch()
    sockets[0].open()
    sockets[0].onmessage?.({ data })
    await expect(end).rejects.toThrow('makes no sense')
    expect(sockets[0].closed).toBe(true)
  })
})
