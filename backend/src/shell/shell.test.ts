import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ShellEvent, ShellInput, ShellRequest } from '@snowglobe/shared/messages'
import { importStream } from '../testing/build-client'
import { exportStream, scriptDerivation, type TestDerivation } from '../testing/nix-expressions'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'

/** A person at a terminal. */
class Person {
  screen = ''
  readonly events: ShellEvent[] = []
  private readonly socket: WebSocket
  private readonly listeners = new Set<() => void>()

  constructor(url: string, request: Partial<ShellRequest> & { derivation: string }) {
    this.socket = new WebSocket(new URL('/api/shell', url.replace(/^http/, 'ws')))
    this.socket.on('open', () =>
      this.send({ type: 'open', directory: 'empty', columns: 80, rows: 24, ...request }),
    )
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.screen += data.toString('utf8')
      else this.events.push(JSON.parse(data.toString()) as ShellEvent)
      for (const listener of this.listeners) listener()
    })
  }

  send(message: ShellInput | ShellRequest): void {
    this.socket.send(JSON.stringify(message))
  }

  type(text: string): void {
    this.send({ type: 'input', text })
  }

  async until(isTrue: (person: this) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!isTrue(this)) return
        this.listeners.delete(look)
        resolve()
      }
      this.listeners.add(look)
      look()
    })
  }

  /** Waits for a prompt after what has been seen, and gives what came before it. */
  async prompt(): Promise<string> {
    const isPrompt = () => /(?:^|\n)[^\n]* \$ (?:\x1b\[6n)?$/.test(this.screen)
    await this.until(isPrompt)
    const seen = this.screen
    this.screen = ''
    return seen
  }

  async run(command: string): Promise<string> {
    this.type(`${command}\n`)
    const seen = await this.prompt()
    return seen.replaceAll('\r', '').split('\n').slice(1, -1).join('\n')
  }

  async ended(): Promise<Extract<ShellEvent, { type: 'ended' }>> {
    await this.until(({ events }) => events.some(({ type }) => type === 'ended'))
    return this.events.find((event) => event.type === 'ended')!
  }

  leave(): void {
    this.socket.close()
  }
}

const hello = scriptDerivation(
  'shell-hello',
  `mkdir -p $out/bin; printf '#!/bin/sh\\necho hello from $0\\n' > $out/bin/hello; chmod +x $out/bin/hello`,
  { environment: { greeting: 'good day' } },
)
const failing = scriptDerivation(
  'shell-failing',
  'echo so far > progress; mkdir -m 700 dir; exit 3',
)

describe.skipIf(!availableLaunchers.includes('native'))('a shell', () => {
  let server: TestServer
  let hasty: TestServer
  let brief: TestServer
  let narrow: TestServer
  beforeAll(async () => {
    server = await startServer({ publicLimits: { shells: 3, visitorShells: 2 } })
    hasty = await startServer({ publicLimits: { shellIdleSeconds: 3 } })
    brief = await startServer({ publicLimits: { shellSeconds: 5 } })
    narrow = await startServer({
      limits: { diskBytes: 2 ** 25, processes: 40, cpuSeconds: 2 },
    })
  })
  afterAll(async () => {
    await server.close()
    for (const other of [hasty, brief, narrow]) await other.close()
  })
  /** Who has left a moment ago still counts. */
  afterEach(() => expect.poll(() => server.visitors()).toBe(0))

  const send = async (...derivations: TestDerivation[]) => {
    expect((await importStream(server.url, exportStream(...derivations))).status).toBe(200)
  }

  it('has the inputs and the environment of its derivation before it is built', async () => {
    await send(hello)
    const person = new Person(server.url, { derivation: hello.path })
    await person.prompt()
    expect(await person.run('echo "$greeting, $name in $PWD"')).toBe(
      'good day, shell-hello in /build',
    )
    expect(await person.run('ls $out')).toContain('No such file or directory')
    expect(await person.run('id -un; tty; test -t 0 && echo terminal > /dev/tty')).toBe(
      'nixbld\n/dev/pts/0\nterminal',
    )
    person.type('exit 7\n')
    expect(await person.ended()).toEqual({
      type: 'ended',
      message: 'the shell ended with exit code 7',
      exitCode: 7,
      limit: null,
    })
  })

  it('runs what was built', async () => {
    expect((await server.build(hello)).failure).toBeNull()
    const person = new Person(server.url, { derivation: hello.path })
    await person.prompt()
    expect(await person.run('hello')).toMatch(/^hello from \/nix\/store\/.*\/bin\/hello$/)
    expect(await person.run('echo x > $out/x')).toContain('Read-only file system')
    person.leave()
  })

  it('shows what a failed build has left behind, to each a copy of its own', async () => {
    expect((await server.build(failing)).failure?.exitCode).toBe(3)
    const open = () => new Person(server.url, { derivation: failing.path, directory: 'failed' })
    const one = open()
    await one.prompt()
    expect(one.events[0]).toMatchObject({ type: 'opened', directory: 'failed' })
    expect(await one.run('cat progress; echo more >> progress; ls -d dir')).toBe('so far\ndir')
    const other = open()
    await other.prompt()
    expect(await other.run('cat progress')).toBe('so far')
    one.leave()
    other.leave()
  })

  /** Starts something that takes long, and waits until it says that it is ready. */
  const begin = async (person: Person, command: string) => {
    person.type(`sh -c '${command}'\n`)
    await person.until(({ screen }) => screen.includes('\nready\r\n'))
  }

  it('obeys Ctrl+C, stops and continues jobs, and knows its size', async () => {
    await send(hello)
    const person = new Person(server.url, { derivation: hello.path })
    await person.prompt()
    await begin(person, 'echo ready; exec sleep 100')
    person.type('\x03')
    await person.prompt()
    await begin(person, 'echo ready; exec sleep 100')
    person.type('\x1a')
    await person.prompt()
    expect(await person.run('jobs')).toContain('Stopped')
    expect(await person.run('bg')).toContain('sleep 100')
    expect(await person.run('jobs')).toContain('Running')
    await person.run('kill %1; wait')
    await begin(person, 'echo ready; exec cat')
    person.type('\x1a')
    await person.prompt()
    person.type('fg\n')
    await person.until(({ screen }) => screen.includes('cat"\r\n'))
    person.type('again\n')
    await person.until(({ screen }) => screen.includes('again\r\nagain\r\n'))
    person.type('\x03')
    await person.prompt()
    expect(await person.run('jobs; stty size')).toBe('24 80')
    // What runs hears of it.
    await begin(person, 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.1; done')
    person.send({ type: 'resize', columns: 100, rows: 30 })
    expect(await person.prompt()).toContain('30 100')
    person.leave()
  })

  it('is closed when nobody does anything in it, and says which limit that is', async () => {
    await importStream(hasty.url, exportStream(hello))
    const person = new Person(hasty.url, { derivation: hello.path })
    expect(await person.ended()).toMatchObject({
      limit: 'shellIdleSeconds',
      message:
        'the shell was closed after 3 seconds without input or output ' +
        '(limit shellIdleSeconds = 3); open another one',
    })
  })

  it('is closed after its time, whatever happens in it', async () => {
    await importStream(brief.url, exportStream(hello))
    const person = new Person(brief.url, { derivation: hello.path })
    await person.prompt()
    person.type('while :; do echo busy; sleep 0.1; done\n')
    expect(await person.ended()).toMatchObject({
      limit: 'shellSeconds',
      message: 'the shell was closed after 5 seconds (limit shellSeconds = 5); open another one',
    })
  })

  it.each([
    ['diskBytes', 'head -c 100000000 /dev/zero > large; sleep 1000'],
    ['processes', 'bomb() { bomb | bomb & }; bomb; sleep 1000'],
    ['cpuSeconds', 'while :; do :; done'],
  ])('has the limit %s of a build', async (limit, command) => {
    await importStream(narrow.url, exportStream(hello))
    const person = new Person(narrow.url, { derivation: hello.path })
    await person.prompt()
    person.type(`${command}\n`)
    const { message, ...ended } = await person.ended()
    expect(ended).toMatchObject({ limit })
    expect(message).toMatch(
      new RegExp(`^the shell was closed because what ran in it .* \\(limit ${limit} = \\d+\\); `),
    )
  })

  it('is refused to one who has as many as one may have', async () => {
    await send(hello)
    const people = [1, 2].map(() => new Person(server.url, { derivation: hello.path }))
    for (const person of people) await person.prompt()
    const third = new Person(server.url, { derivation: hello.path })
    expect(await third.ended()).toMatchObject({
      limit: 'visitorShells',
      message:
        'you may have no more shells at a time (limit visitorShells = 2); end one of them first',
    })
    for (const person of people) person.leave()
  })

  it('keeps from garbage collection what it shows, as long as it is open', async () => {
    const token = 'shell-test-administration'
    const tight = await startServer({
      tokens: [token],
      publicLimits: { storeBytes: 1, sentSeconds: 1 },
    })
    try {
      expect((await tight.build(hello)).failure).toBeNull()
      const person = new Person(tight.url, { derivation: hello.path })
      await person.prompt()
      const output = hello.derivation.outputs.get('out')!.path
      const isKept = async () => {
        await fetch(new URL('/api/administration/collect-garbage', tight.url), {
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
        })
        return existsSync(join(tight.dataDirectory, output))
      }
      expect(await isKept()).toBe(true)
      expect(await person.run('hello')).toContain('hello from')
      person.leave()
      await expect.poll(isKept).toBe(false)
    } finally {
      await tight.close()
    }
  })

  it('needs inputs that are there', async () => {
    const input = scriptDerivation('shell-input', 'echo > $out')
    const needy = scriptDerivation('shell-needy', 'echo > $out', { inputs: [input] })
    await send(input, needy)
    const person = new Person(server.url, { derivation: needy.path })
    expect((await person.ended()).message).toBe(
      `its input '${input.path}' has not been built; build it first`,
    )
    const nowhere = new Person(server.url, { derivation: `/nix/store/${'0'.repeat(32)}-x.drv` })
    expect((await nowhere.ended()).message).toContain('is not in this store')
  })
})
