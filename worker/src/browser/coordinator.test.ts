import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { secretKeyOf, sign } from '@snowglobe/shared/ed25519'
import { readExportStream } from '@snowglobe/shared/export-stream'
import { hashBytes } from '@snowglobe/shared/hash'
import type { ClientMessage, Health, ServerMessage } from '@snowglobe/shared/messages'
import { writeNar } from '@snowglobe/shared/nar'
import type { NarInfo } from '@snowglobe/shared/narinfo'
import { formatNamedBytes, publicKeyOf, signInfo } from '@snowglobe/shared/signature'
import type { Snippet } from '@snowglobe/shared/snippet'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { formatNarHash } from '../store/check-entry'
import { StoreError } from '../store/store'
import { directory, file } from '../store/store.shared-tests'
import type { BuildEvent, EvaluationBuildEvent } from './api'
import { BackendError } from './backend-client'
import type { Socket } from './build-watch'
import { TabCoordinator, type TabParts } from './coordinator'
import { StoreDatabase } from './database'
import { EvaluatorEndpoint } from './evaluator-endpoint'
import type { EvaluatorConnection } from './evaluator-protocol'
import { IndexedDbStore } from './indexeddb-store'
import { IndexedDbKnownPaths } from './known-paths'
import { MemoryPackCache } from './pack-cache'

const key = secretKeyOf('builder-1', new Uint8Array(32).fill(7))
const health: Health = {
  version: '1',
  storeDir: defaultStoreDir,
  systems: ['x86_64-linux'],
  sandbox: { available: true, launcher: 'fake 1', reason: null },
  queue: { running: 0, waiting: 0, capacity: 1 },
  publicKey: formatNamedBytes(publicKeyOf(key)),
  limits: {},
}

const snippet = (text: string, files: Record<string, string> = {}): Snippet => ({
  name: 'snippet',
  files: [
    { path: 'default.nix', text },
    ...Object.entries(files).map(([path, text]) => ({ path, text })),
  ],
  entry: 'default.nix',
  system: 'x86_64-linux',
  channel: 'none',
})

const twoSteps = `
  let
    make = name: script: derivation {
      inherit name;
      system = "x86_64-linux";
      builder = "/bin/sh";
      args = [ "-c" script ];
    };
    inner = make "inner" "echo \${./text} > $out";
  in make "outer" "cat \${inner} > $out"
`

/** A backend that "builds": takes imports, and makes every output from its name. */
class FakeBackend {
  health: Health | null = health
  readonly paths = new Set<string>()
  readonly cache = new Map<string, { info: NarInfo; nar: Uint8Array }>()
  imports = 0
  readonly fetched: string[] = []
  /** What the next connection does after a build was asked for. */
  script: ((socket: ServerSocket, id: string, derivations: string[]) => void) | null = null

  readonly client: TabParts['backend'] = {
    health: async () => this.health,
    missing: async (paths) => paths.filter((path) => !this.paths.has(path)),
    import: async (stream) => {
      this.imports++
      const imported: string[] = []
      for (const { path, references } of readExportStream(defaultStoreDir, stream)) {
        for (const reference of references) {
          if (!this.paths.has(reference)) throw new Error(`${reference} comes too late`)
        }
        this.paths.add(path)
        imported.push(path)
      }
      return imported
    },
    narInfo: async (path) => this.cache.get(path)?.info ?? null,
    nar: async (path) => this.cache.get(path)!.nar,
    fetch: async ({ kind, url }) => {
      this.fetched.push(url)
      if (kind === 'file') throw new BackendError(`there is no ${url}`)
      return { tree: directory({ x: file('fetched') }), lastModified: 5 }
    },
    channels: async () => null,
    documentation: async () => ({ storePath: '', builtins: [], functions: [], packages: [] }),
    pack: () => {
      throw new Error('there is no channel')
    },
  }

  connect(): Socket {
    const server = new ServerSocket((message) => {
      if (message.type !== 'build') return
      const derivations = message.derivations.map(({ path }) => path)
      const script = this.script
      if (script !== null) script(server, message.id, derivations)
      else this.finish(server, message.id, derivations)
    })
    queueMicrotask(() => server.tab.onopen?.())
    return server.tab
  }

  finish(server: ServerSocket, id: string, derivations: string[], outPath?: string): void {
    const outputs = derivations.map((derivation) => {
      const path =
        outPath ?? derivation.replace(/\.drv$/, '').replace(/\/[0-9a-z]{32}/, `/${'a'.repeat(32)}`)
      const nar = writeNar(directory({ result: file(`built ${derivation}\n`) }))
      const signed = {
        path,
        narHash: hashBytes('sha256', nar),
        narSize: nar.length,
        references: [],
      }
      const info: NarInfo = {
        ...signed,
        url: 'nar/x',
        compression: 'none',
        fileHash: null,
        fileSize: null,
        deriver: derivation,
        signatures: [signInfo(signed, key, sign)],
        contentAddress: null,
      }
      this.cache.set(path, { info, nar })
      return {
        derivation,
        output: 'out',
        path,
        narHash: formatNarHash(signed.narHash),
        narSize: nar.length,
        references: [],
      }
    })
    server.say({ type: 'done', id, outputs })
  }
}

class ServerSocket {
  readonly tab: Socket
  stopped = false

  constructor(onMessage: (message: ClientMessage) => void) {
    this.tab = {
      send: (text) => {
        const message = JSON.parse(text) as ClientMessage
        if (message.type === 'stop') this.stopped = true
        onMessage(message)
      },
      close: () => {},
      onopen: null,
      onmessage: null,
      onclose: null,
    }
  }

  say(message: ServerMessage): void {
    queueMicrotask(() => this.tab.onmessage?.({ data: JSON.stringify(message) }))
  }
}

/** What takes for ever is told by the text "endless". */
class SlowEndpoint extends EvaluatorEndpoint {
  override evaluate(...asked: Parameters<EvaluatorEndpoint['evaluate']>) {
    return isEndless(asked[0]) ? new Promise<never>(() => {}) : super.evaluate(...asked)
  }

  override instantiate(asked: Snippet) {
    return isEndless(asked) ? new Promise<never>(() => {}) : super.instantiate(asked)
  }
}

const isEndless = ({ files }: Snippet) => files[0].text === 'endless'

describe('the coordinator', () => {
  let factory: IDBFactory
  let backend: FakeBackend
  let store: IndexedDbStore
  let tab: TabCoordinator
  let terminated: number
  let notice: string | null

  /** An evaluator in this thread. */
  const spawnEvaluator = (): EvaluatorConnection => ({
    api: new SlowEndpoint(),
    terminate: () => {
      terminated++
    },
    onFailure: () => {},
  })

  /** Hear of deletions, each by its tab. */
  let hearers: ((paths: readonly string[]) => void)[]

  const openTab = () => {
    const own = hearers.length
    const database = new StoreDatabase(factory)
    store = new IndexedDbStore(defaultStoreDir, database)
    return new TabCoordinator({
      store,
      known: new IndexedDbKnownPaths(database),
      packs: new MemoryPackCache(),
      backend: backend.client,
      connect: () => backend.connect(),
      spawnEvaluator,
      wait: async () => {},
      deletions: {
        tell: (paths) => hearers.forEach((hear, i) => i === own || hear(paths)),
        listen: (hear) => (hearers[own] = hear),
      },
      notice,
    })
  }

  beforeEach(() => {
    factory = new IDBFactory()
    backend = new FakeBackend()
    terminated = 0
    notice = null
    hearers = []
    tab = openTab()
  })

  it('evaluates and opens values', async () => {
    const evaluation = await tab.evaluateQuickly(snippet('[ 1 (1 + 1) ]'), 42)
    expect(evaluation).toMatchObject({ request: 42, value: { kind: 'list', size: 2 } })
    const { children } = await tab.expand(evaluation.value!.handle!, 0, 10)
    expect(children.map(({ value }) => value.summary)).toEqual(['1', '«thunk»'])
  })

  it('stops what takes for ever, and answers with a new evaluator', async () => {
    const { value } = await tab.evaluate(snippet('[ 1 ]'), 1)
    const endless = tab.evaluate(snippet('endless'), 2)
    await expect.poll(() => terminated).toBe(0)
    await tab.stop()
    await expect(endless).rejects.toThrow('stopped')
    expect((await tab.evaluate(snippet('1 + 1'), 3)).value?.summary).toBe('2')
    expect(terminated).toBe(1)
    await expect(tab.expand(value!.handle!, 0, 1)).rejects.toThrow('evaluate again')
  })

  it('drops what was typed before while an evaluation runs', async () => {
    const running = tab.evaluateQuickly(snippet('1'), 1)
    const stale = tab.evaluateQuickly(snippet('2'), 2)
    const newest = tab.evaluateQuickly(snippet('3'), 3)
    await expect(stale).rejects.toThrow('superseded')
    expect((await running).value?.summary).toBe('1')
    expect((await newest).value?.summary).toBe('3')
  })

  it('has the paths that a result names in its store, also after a reload', async () => {
    const { value } = await tab.evaluate(snippet(twoSteps, { text: 'x' }), 1)
    const path = value!.drvPath!
    expect(await tab.storageProblem(1)).toBeNull()
    tab = openTab()
    expect(await tab.derivation(path)).toMatchObject({
      path,
      name: 'outer',
      system: 'x86_64-linux',
      builder: '/bin/sh',
      outputs: [{ name: 'out', hashAlgorithm: '', hash: '' }],
      inputDerivations: [{ outputs: ['out'] }],
    })
    expect((await tab.paths()).map(({ state }) => state)).toEqual(['valid', 'valid', 'valid'])
    expect((await tab.pathInfo(path))?.narHash).toMatch(/^sha256:[0-9a-z]{52}$/)
    const again = await tab.evaluate(
      snippet(`builtins.stringLength (builtins.readFile ${path})`),
      2,
    )
    expect(again.problems).toEqual([])
    expect(again.value?.kind).toBe('int')
  })

  it('knows no derivation that is not in the store', async () => {
    expect(await tab.derivation(`${defaultStoreDir}/${'a'.repeat(32)}-x.drv`)).toBeNull()
    expect(await tab.derivation('/etc/passwd')).toBeNull()
    expect(await tab.pathInfo('/etc/passwd')).toBeNull()
  })

  it('shows a value though the store is full, and says so once that is known', async () => {
    vi.spyOn(store, 'add').mockRejectedValue(new StoreError('the storage is full'))
    const evaluation = await tab.evaluate(snippet(twoSteps, { text: 'x' }), 1)
    expect(evaluation).toMatchObject({ value: { kind: 'derivation' }, isBeingStored: true })
    expect(evaluation.problems).toEqual([])
    const problem = { code: 'store', severity: 'error', message: 'the storage is full' }
    expect(await tab.storageProblem(1)).toMatchObject(problem)
    // What could not be stored is tried again, and told again.
    expect(await tab.evaluate(snippet(twoSteps, { text: 'x' }), 2)).toHaveProperty('isBeingStored')
    expect(await tab.storageProblem(2)).toMatchObject(problem)
  })

  describe('while what was evaluated is still being stored', () => {
    let goOn: () => void
    let path: string

    beforeEach(async () => {
      const add = store.add.bind(store)
      const held = new Promise<void>((resolve) => (goOn = resolve))
      vi.spyOn(store, 'add').mockImplementation(async (entries) => {
        await held
        await add(entries)
      })
      path = (await tab.evaluate(snippet(twoSteps, { text: 'x' }), 1)).value!.drvPath!
      expect(await store.allValidPaths()).toEqual([])
    })

    it.each<[string, () => Promise<unknown>, unknown]>([
      ['the list of paths', async () => (await tab.paths()).length, 3],
      ['a derivation', async () => (await tab.derivation(path))?.name, 'outer'],
      ['what is known of a path', async () => (await tab.pathInfo(path))?.state, 'valid'],
      ['the details of a path', async () => (await tab.pathDetails(path))?.closure.length, 3],
      ['a file', async () => (await tab.readFile(path, '')).size > 0, true],
      ['what is garbage', async () => (await tab.previewGarbage()).dead.length, 3],
      ['deleting it', async () => (await tab.collectGarbage()).deleted.length, 3],
      ['keeping a path', () => tab.keepPath(path, true), undefined],
      ['why a path depends on itself', () => tab.whyDepends(path, path), []],
      [
        'a plan',
        async () => (await tab.plan(snippet(twoSteps, { text: 'x' }), () => {})).status,
        'planned',
      ],
    ])('%s waits for that', async (_, ask, expected) => {
      const answer = ask()
      await new Promise((resolve) => setTimeout(resolve))
      goOn()
      expect(await answer).toEqual(expected)
    })

    it('an evaluation need not wait, and evaluators are told of paths only once they are there', async () => {
      const again = await tab.evaluate(snippet(twoSteps, { text: 'x' }), 2)
      expect(again).toMatchObject({ value: { drvPath: path }, isBeingStored: true })
      goOn()
      expect(await tab.storageProblem(2)).toBeNull()
      const third = await tab.evaluate(snippet(twoSteps, { text: 'x' }), 3)
      expect(third).not.toHaveProperty('isBeingStored')
    })
  })

  it('tells with a full evaluation that the store will not last', async () => {
    notice = 'The store is gone soon.'
    tab = openTab()
    expect((await tab.evaluateQuickly(snippet('1'), 1)).problems).toEqual([])
    expect((await tab.evaluate(snippet('1'), 2)).problems).toMatchObject([
      { severity: 'warning', message: 'The store is gone soon.' },
    ])
  })

  it('runs a lesson’s check', async () => {
    const source = '{ value, files }: [ { ok = value == 2; hint = "h"; } ]'
    expect(await tab.check(snippet('1 + 1'), source)).toEqual({
      checks: [{ ok: true, hint: 'h' }],
      problem: null,
    })
  })

  describe('building', () => {
    const build = async (text: string, files: Record<string, string> = { text: 'x' }) => {
      const events: BuildEvent[] = []
      const result = await tab.build(snippet(text, files), (event) => events.push(event))
      return { events, result }
    }

    it('tells the plan, sends what is missing, and opens the result, also after a reload', async () => {
      const { events, result } = await build(twoSteps)
      expect(events.filter(({ type }) => type !== 'reasons')).toMatchObject([
        {
          type: 'plan',
          derivations: [
            { name: 'inner', forecast: 'build' },
            { name: 'outer', forecast: 'build' },
          ],
        },
        { type: 'uploading', done: 0, total: 3 },
        { type: 'uploading', done: 3, total: 3 },
      ])
      if (result.status !== 'built') throw new Error(result.status)
      const [{ path, narSize }] = result.outputs
      expect(await tab.pathInfo(path)).toMatchObject({ state: 'known', narSize })
      expect(await tab.listFiles(path, '')).toMatchObject([{ name: 'result', type: 'regular' }])
      expect(await tab.pathInfo(path)).toMatchObject({ state: 'valid' })

      backend.health = null
      backend.cache.clear()
      tab = openTab()
      const { bytes } = await tab.readFile(path, 'result')
      expect(bytesToByteString(bytes)).toMatch(/^built /)
    })

    it('tells what would be built, and in what it differs from what was built before', async () => {
      const plan = async (text: string) => {
        const events: BuildEvent[] = []
        const result = await tab.plan(snippet(text, { text: 'x' }), (event) => events.push(event))
        expect(result).toEqual({ status: 'planned' })
        const reasons = events.flatMap((event) => (event.type === 'reasons' ? event.reasons : []))
        return reasons.map(({ path, reason }) => [path.slice(44), reason])
      }
      expect(await plan(twoSteps)).toMatchObject([
        ['outer.drv', { kind: 'new' }],
        ['inner.drv', { kind: 'new' }],
      ])
      expect(backend.imports).toBe(0)

      await build(twoSteps)
      expect(await plan(twoSteps.replace('echo', 'echo -n'))).toMatchObject([
        [
          'outer.drv',
          {
            kind: 'changed',
            origin: 'before',
            changes: [{ what: 'input', name: 'inner', change: 'changed' }],
          },
        ],
        [
          'inner.drv',
          {
            kind: 'changed',
            changes: [
              {
                what: 'arguments',
                removed: ['echo text > $out'],
                added: ['echo -n text > $out'],
              },
            ],
          },
        ],
      ])
    })

    it('sends nothing twice', async () => {
      await build(twoSteps)
      await build(twoSteps)
      expect(backend.imports).toBe(1)
    })

    it('lets evaluation read what was built', async () => {
      const { result } = await build(twoSteps)
      if (result.status !== 'built') throw new Error(result.status)
      const { value } = await tab.evaluate(
        snippet(`builtins.readFile ${result.outputs[0].path}/result`),
        1,
      )
      expect(value?.summary).toMatch(/^"built /)
    })

    it('is done for an evaluation that reads what it gives', async () => {
      const events: EvaluationBuildEvent[] = []
      await tab.onEvaluationBuild((event) => events.push(event))
      const reading = (of: string) =>
        `builtins.substring 0 5 (builtins.readFile "\${${of}}/result")`
      const inner = 'derivation { name = "i"; system = "x86_64-linux"; builder = "b"; }'
      const code = `let n = import ./n.nix; in "\${${reading(inner)}} \${toString n}"`
      const asked = snippet(code, { 'n.nix': 'builtins.trace "once" 1' })

      const path = (await tab.evaluateQuickly(snippet(`(${inner}).outPath`), 1)).value!.summary
      backend.script = (server, id, derivations) =>
        backend.finish(server, id, derivations, path.slice(1, -1))

      const typed = await tab.evaluateQuickly(asked, 1)
      expect(typed.value).toBeNull()
      expect(typed.problems).toMatchObject([
        {
          severity: 'info',
          code: 'build-needed',
          message: "evaluation reads what 'i' gives, so that is built first: press Ctrl+Enter",
        },
      ])
      expect(events).toEqual([])

      const { value, problems } = await tab.evaluate(asked, 2)
      expect(value?.summary).toBe('"built 1"')
      expect(problems.map(({ message }) => message)).toEqual(['once'])
      expect(events[0]).toEqual({ type: 'begin', doing: 'building', what: "'i'" })
      expect(events.at(-1)).toEqual({ type: 'end' })
      expect(backend.imports).toBe(1)

      // What is there is not built again, and Build goes on with it.
      events.length = 0
      expect((await tab.evaluate(asked, 3)).value?.summary).toBe('"built 1"')
      expect(events).toEqual([])
    })

    it('tells an evaluation why there is nothing to read', async () => {
      const asked = snippet(
        'import (derivation { name = "i"; system = "x86_64-linux"; builder = "b"; })',
      )
      backend.script = (server, id, [derivation]) => {
        server.say({
          type: 'failed',
          id,
          failure: {
            derivation,
            kind: 'builder-failed',
            message: `builder for '${derivation}' failed with exit code 1`,
            exitCode: 1,
            limit: null,
            lastLines: [],
          },
        })
      }
      const failed = await tab.evaluate(asked, 1)
      expect(failed.problems[0].message).toMatch(/^builder for '.*-i.drv' failed with exit code 1$/)
      backend.script = null
      backend.health = null
      const alone = await tab.evaluate(asked, 2)
      expect(alone.problems[0].message).toBe(
        "evaluation needs 'i' to be built, but no backend answers, so nothing can be built",
      )
    })

    it('is not all that evaluations wait for: archives are fetched', async () => {
      const events: EvaluationBuildEvent[] = []
      await tab.onEvaluationBuild((event) => events.push(event))
      const reading = snippet('builtins.readFile "${fetchTarball "http://a/b.tar.gz"}/x"')
      const typed = await tab.evaluateQuickly(reading, 1)
      expect(typed.problems).toMatchObject([
        {
          severity: 'info',
          code: 'fetch-needed',
          message: "evaluation needs 'http://a/b.tar.gz', which is fetched first: press Ctrl+Enter",
        },
      ])
      expect(backend.fetched).toEqual([])
      expect((await tab.evaluate(reading, 2)).value?.summary).toBe('"fetched"')
      expect(events).toEqual([
        { type: 'begin', doing: 'fetching', what: 'http://a/b.tar.gz' },
        { type: 'end' },
      ])
      // It is there now, also for who types.
      expect((await tab.evaluateQuickly(reading, 3)).value?.summary).toBe('"fetched"')
      expect(backend.fetched).toHaveLength(1)

      const missing = snippet('builtins.fetchurl "http://a/none"')
      expect((await tab.evaluate(missing, 4)).problems[0].message).toBe('there is no http://a/none')
      expect((await tab.evaluate(missing, 5)).problems[0].message).toBe('there is no http://a/none')
      expect(backend.fetched).toHaveLength(3)
      const repository = snippet('builtins.readFile "${fetchGit "https://a/b"}/x"')
      expect((await tab.evaluate(repository, 6)).value?.summary).toBe('"fetched"')
      expect(backend.fetched).toHaveLength(4)
      const mercurial = snippet('builtins.readFile "${fetchMercurial "https://a/b"}/x"')
      expect((await tab.evaluate(mercurial, 7)).value?.summary).toBe('"fetched"')
    })

    it('for an evaluation ends by Stop', async () => {
      let asked = 0
      backend.script = () => asked++
      const code = 'import (derivation { name = "i"; system = "x86_64-linux"; builder = "b"; })'
      const evaluation = tab.evaluate(snippet(code), 1)
      await expect.poll(() => asked).toBe(1)
      await tab.stop()
      await expect(evaluation).rejects.toThrow('stopped')
      expect((await tab.evaluate(snippet('1'), 2)).value?.summary).toBe('1')
    })

    it('passes on what happens, in order', async () => {
      backend.script = (server, id, [derivation]) => {
        server.say({ type: 'queued', id, position: 1 })
        server.say({ type: 'state', id, derivation, name: 'outer', state: 'building' })
        server.say({ type: 'log', id, derivation, text: 'hello\n' })
        backend.finish(server, id, [derivation])
      }
      const { events } = await build(twoSteps)
      const types = events.map(({ type }) => type).filter((type) => type !== 'reasons')
      expect(types.slice(3)).toEqual(['queued', 'state', 'log'])
    })

    it('tells how a builder failed', async () => {
      backend.script = (server, id, [derivation]) =>
        server.say({
          type: 'failed',
          id,
          failure: {
            derivation,
            kind: 'builder-failed',
            message: 'builder failed with exit code 3',
            exitCode: 3,
            limit: null,
            lastLines: ['oops'],
          },
        })
      expect((await build(twoSteps)).result).toMatchObject({
        status: 'failed',
        failure: { exitCode: 3, lastLines: ['oops'] },
      })
    })

    it('ends by Stop, and tells the builder', async () => {
      let server: ServerSocket | null = null
      backend.script = (socket) => {
        server = socket
      }
      const building = build(twoSteps)
      await expect.poll(() => server).not.toBeNull()
      await tab.stop()
      expect((await building).result).toEqual({ status: 'stopped' })
      expect(server!.stopped).toBe(true)
      expect(terminated).toBe(0)
      backend.script = null
      expect((await build(twoSteps)).result.status).toBe('built')
    })

    it('ends by Stop while it still evaluates', async () => {
      const building = build('endless')
      await tab.stop()
      expect((await building).result).toEqual({ status: 'stopped' })
    })

    it('is one at a time', async () => {
      const first = build(twoSteps)
      await expect(build(twoSteps)).rejects.toThrow('a build is running')
      await first
    })

    it('says why it cannot be', async () => {
      expect((await build('1')).result).toMatchObject({
        status: 'not-buildable',
        reason: expect.stringContaining('does not evaluate to a derivation'),
      })
      backend.health = null
      expect((await build(twoSteps)).result).toMatchObject({
        status: 'not-buildable',
        reason: expect.stringContaining('no backend answers'),
      })
      backend.health = { ...health, sandbox: { available: false, launcher: null, reason: 'off' } }
      expect((await build(twoSteps)).result).toMatchObject({ reason: 'off' })
      backend.health = { ...health, storeDir: '/elsewhere' }
      expect((await build(twoSteps)).result).toMatchObject({
        reason: expect.stringContaining('/elsewhere'),
      })
    })

    it('keeps what was built last: the derivation, and the output once it is here', async () => {
      const { result } = await build(twoSteps)
      if (result.status !== 'built') throw new Error(result.status)
      const { dead } = await tab.previewGarbage()
      expect(dead.map(({ path }) => path)).not.toContain(result.outputs[0]!.derivation)
      const [{ derivation, path }] = result.outputs
      expect(await tab.roots()).toMatchObject([{ name: 'result', path: derivation }])
      await tab.listFiles(path, '')
      expect(await tab.roots()).toMatchObject([{ name: 'result', path }])
      await tab.collectGarbage()
      expect(await tab.derivation(derivation)).not.toBeNull()
    })

    it('does not upload what only a builder can make', async () => {
      const { result } = await build(twoSteps)
      if (result.status !== 'built') throw new Error(result.status)
      const [{ path }] = result.outputs
      const again = await build(
        `derivation { name = "x"; system = "s"; builder = builtins.storePath ${path}; }`,
      )
      expect(again.result).toMatchObject({
        status: 'not-buildable',
        reason: expect.stringContaining(`the builder does not have '${path}'`),
      })
    })
  })

  it('evaluates again what was collected as garbage, here and in other tabs', async () => {
    const other = openTab()
    const evaluate = async (from: TabCoordinator) => {
      const { value } = await from.evaluate(snippet(twoSteps, { text: 'x' }), 1)
      // A tab waits for what it stores itself, not for what others do.
      expect(await from.storageProblem(1)).toBeNull()
      return value!.drvPath!
    }
    const path = await evaluate(tab)
    expect(await evaluate(other)).toBe(path)
    expect((await tab.previewGarbage()).dead.length).toBe(3)
    const { deleted } = await tab.collectGarbage()
    expect(deleted).toContain(path)
    expect(await tab.derivation(path)).toBeNull()
    expect(await evaluate(other)).toBe(path)
    expect(await tab.derivation(path)).not.toBeNull()
    await tab.collectGarbage()
    expect(await evaluate(tab)).toBe(path)
    expect(await tab.derivation(path)).not.toBeNull()
  })

  it('keeps a store that another tab adds to as well', async () => {
    const other = openTab()
    const [first, second] = await Promise.all([
      tab.evaluate(snippet(twoSteps, { text: 'a' }), 1),
      other.evaluate(snippet(twoSteps, { text: 'b' }), 1),
    ])
    await Promise.all([tab.storageProblem(1), other.storageProblem(1)])
    expect(await other.derivation(first.value!.drvPath!)).not.toBeNull()
    expect(await tab.derivation(second.value!.drvPath!)).not.toBeNull()
    expect((await tab.paths()).length).toBe(6)
  })
})
