import { beforeEach, describe, expect, it } from 'vitest'
import type { Channel } from '@snowglobe/shared/messages'
import type { NarNode } from '@snowglobe/shared/nar'
import { identifyTree, writePack } from '@snowglobe/shared/pack'
import type { Snippet } from '@snowglobe/shared/snippet'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { directory, file } from '../store/store.shared-tests'
import type { ChannelProgress } from './api'
import { BackendError } from './backend-client'
import { TabCoordinator } from './coordinator'
import { EvaluatorEndpoint } from './evaluator-endpoint'
import type { ChannelPack, ReadPack } from './evaluator-protocol'
import { MemoryKnownPaths } from './known-paths'
import { MemoryPackCache } from './pack-cache'

const treeOf = (version: string) =>
  directory({
    'default.nix': file(
      `{ system ? builtins.currentSystem }: {
        version = "${version}";
        hello = derivation {
          name = "hello"; inherit system; builder = "/bin/sh"; lib = import ./lib.nix;
        };
      }`,
    ),
    'lib.nix': file('"lib"'),
  })

const offer = (version: string, name = 'nixpkgs') => offerOf(treeOf(version), version, name)

const offerOf = (tree: NarNode, version: string, name = 'nixpkgs') => {
  const bytes = writePack(tree, { name, label: version })
  const { storePath } = identifyTree(tree)
  const channel: Channel = {
    name,
    label: version,
    storePath,
    size: bytes.length,
    sha256: '0'.repeat(64),
    url: `channels/${name}${version.replace('.', '_')}.pack`,
  }
  return { bytes, channel }
}

const snippet = (text: string, channel: string, channelPath?: string): Snippet => ({
  name: 'snippet',
  files: [{ path: 'default.nix', text }],
  entry: 'default.nix',
  system: 'x86_64-linux',
  channel,
  ...(channelPath === undefined ? {} : { channelPath }),
})

class WatchedEndpoint extends EvaluatorEndpoint {
  constructor(
    private readonly onMount: () => void,
    private readonly onValue: (summary: string | undefined) => void,
  ) {
    super()
  }

  override async evaluate(...asked: Parameters<EvaluatorEndpoint['evaluate']>) {
    const answer = await super.evaluate(...asked)
    this.onValue(answer.result.value?.summary)
    return answer
  }

  override useChannel(channel: ChannelPack, read?: ReadPack) {
    this.onMount()
    return super.useChannel(channel, read)
  }
}

describe('a channel in the tab', () => {
  const old = offer('20.09')
  const newer = offer('21.05')
  let offered: (typeof old)[] | null
  let downloads: string[]
  /** What a download waits for. */
  let gate: Promise<void>
  /** How many bytes come before it waits. */
  let arrived: number
  /** What evaluators found, told or not. */
  let evaluated: (string | undefined)[]
  let store: MemoryStore
  let packs: MemoryPackCache
  /** Of the tab that was opened last: spares of those before may still come. */
  let mounts: { count: number }
  let tab: TabCoordinator

  const open = () => {
    const mine = (mounts = { count: 0 })
    return new TabCoordinator({
      store,
      known: new MemoryKnownPaths(),
      packs,
      notice: null,
      connect: () => {
        throw new Error('nothing is built')
      },
      wait: async () => {},
      backend: {
        health: async () => null,
        missing: async () => [],
        import: async () => [],
        narInfo: async () => null,
        nar: async () => new Uint8Array(),
        fetch: () => Promise.reject(new Error('nothing is fetched')),
        documentation: async () => ({ storePath: '', builtins: [], functions: [], packages: [] }),
        channels: async () => offered && offered.map(({ channel }) => channel),
        async *pack({ url }, into, signal) {
          downloads.push(url)
          const { bytes } = offered!.find(({ channel }) => channel.url === url)!
          into.set(bytes.subarray(0, arrived))
          yield arrived
          await Promise.race([
            gate,
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error)),
            ),
          ])
          into.set(bytes)
          yield bytes.length
        },
      },
      spawnEvaluator: () => ({
        api: new WatchedEndpoint(
          () => mine.count++,
          (summary) => evaluated.push(summary),
        ),
        terminate: () => {},
        onFailure: () => {},
      }),
    })
  }

  beforeEach(() => {
    offered = [old]
    downloads = []
    gate = Promise.resolve()
    arrived = 10
    evaluated = []
    store = new MemoryStore(defaultStoreDir)
    packs = new MemoryPackCache()
    tab = open()
  })

  const version = '(import <nixpkgs> { }).version'

  it('is what <nixpkgs> means, at its real path', async () => {
    const { value, problems } = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(problems).toEqual([])
    expect(value?.summary).toBe('"20.09"')
    const path = await tab.evaluate(snippet('<nixpkgs/lib.nix>', 'nixpkgs'), 2)
    expect(path.value?.summary).toBe(`${old.channel.storePath}/lib.nix`)
    const nixPath = await tab.evaluate(
      snippet('(builtins.head builtins.nixPath).path', 'nixpkgs'),
      3,
    )
    expect(nixPath.value?.summary).toBe(`"${old.channel.storePath}"`)
  })

  it('is there for a check, and for a build', async () => {
    const check = '{ value, files }: [ { ok = value == "20.09"; hint = "20.09"; } ]'
    expect((await tab.check(snippet(version, 'nixpkgs'), check)).checks).toEqual([
      { ok: true, hint: '20.09' },
    ])
    const built = await tab.build(snippet('(import <nixpkgs> { }).hello', 'nixpkgs'), () => {})
    expect(built).toMatchObject({
      status: 'not-buildable',
      reason: expect.stringContaining('no backend answers'),
    })
    expect((await tab.paths()).map(({ path }) => path)).toEqual([
      expect.stringMatching(/-hello\.drv$/),
    ])
  })

  it('can be part of a derivation: its tree is then added to the store', async () => {
    const text = `derivation {
      name = "whole"; system = "x"; builder = "y"; src = builtins.storePath <nixpkgs>;
    }`
    const { value, problems } = await tab.evaluate(snippet(text, 'nixpkgs'), 1)
    expect(problems).toEqual([])
    expect(value?.kind).toBe('derivation')
    expect(await store.queryPathInfo(old.channel.storePath)).toMatchObject({ references: [] })
    expect(await tab.listFiles(old.channel.storePath, '')).toMatchObject([
      { name: 'default.nix' },
      { name: 'lib.nix' },
    ])
  })

  it('is nothing where the snippet wants none', async () => {
    await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    const { problems } = await tab.evaluate(snippet('<nixpkgs>', 'none'), 2)
    expect(problems[0]).toMatchObject({
      message: expect.stringContaining("'nixpkgs' was not found"),
    })
  })

  it('is downloaded once, and kept for the next visit', async () => {
    const told: (ChannelProgress | null)[] = []
    await tab.onChannelProgress((progress) => told.push(progress))
    expect(await tab.channels()).toMatchObject([{ name: 'nixpkgs', label: '20.09', kept: false }])
    const both = [1, 2].map((request) => tab.evaluate(snippet(version, 'nixpkgs'), request))
    await Promise.all(both)
    expect(downloads).toHaveLength(1)
    const { size } = old.channel
    expect(told[0]).toEqual({ name: 'nixpkgs', received: 0, size })
    expect(told.slice(-2)).toEqual([{ name: 'nixpkgs', received: size, size }, null])

    await expect.poll(() => packs.list()).toHaveLength(1)
    tab = open()
    offered = null
    expect(await tab.channels()).toMatchObject([{ name: 'nixpkgs', kept: true }])
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(value?.summary).toBe('"20.09"')
    expect(downloads).toHaveLength(1)
  })

  it('is mounted by the evaluator that takes over after a stop', async () => {
    await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    // The one at work and, as soon as it is there, the spare.
    await expect.poll(() => mounts.count).toBe(2)
    await tab.stop()
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 2)
    expect(value?.summary).toBe('"20.09"')
    expect(mounts.count).toBe(2)
  })

  it('gives way to the newer one of its name', async () => {
    await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    offered = [newer]
    tab = open()
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(value?.summary).toBe('"21.05"')
    await expect.poll(() => tab.channels()).toMatchObject([{ label: '21.05', kept: true }])
  })

  it('says so where it is another one than the snippet was made with', async () => {
    offered = [newer]
    const asked = snippet(version, 'nixpkgs', old.channel.storePath)
    const { value, problems } = await tab.evaluate(asked, 1)
    expect(value?.summary).toBe('"21.05"')
    expect(problems).toMatchObject([{ severity: 'warning', code: 'channel' }])
    expect(problems[0]!.message).toContain(old.channel.storePath)
    expect(problems[0]!.message).toContain(newer.channel.storePath)
  })

  it('is found by its path where it has another name', async () => {
    offered = [newer, offer('20.09', 'old')]
    const asked = snippet(version, 'nixpkgs', old.channel.storePath)
    const { value, problems } = await tab.evaluate(asked, 1)
    expect(problems).toEqual([])
    expect(value?.summary).toBe('"20.09"')
  })

  it('is not asked for by a program that does not mention it', async () => {
    const { value, problems } = await tab.evaluate(snippet('1', 'unstable'), 6)
    expect(value?.summary).toBe('1')
    expect(problems).toEqual([])
  })

  it('is missed by name', async () => {
    const { value, problems } = await tab.evaluate(snippet('<nixpkgs>', 'unstable'), 7)
    expect(value).toBeNull()
    expect(problems).toMatchObject([{ severity: 'error', code: 'channel' }])
    expect(problems[0]!.message).toContain(`there is no channel 'unstable' here`)
    expect(problems[0]!.message).toContain('another one (nixpkgs)')
    offered = null
    tab = open()
    const offline = await tab.evaluate(snippet('<nixpkgs>', 'unstable'), 8)
    expect(offline.problems[0]!.message).toContain('no backend answers')
    const check = await tab.check(snippet('<nixpkgs>', 'unstable'), '_: [ ]')
    expect(check.problem?.message).toContain('no backend answers')
    const build = await tab.build(snippet('<nixpkgs>', 'unstable'), () => {})
    expect(build).toMatchObject({
      status: 'not-buildable',
      reason: expect.stringContaining('no backend answers'),
    })
  })

  it('that is being downloaded can be stopped', async () => {
    gate = new Promise(() => {})
    const evaluation = tab.evaluate(snippet(version, 'nixpkgs'), 1)
    await expect.poll(() => downloads).toHaveLength(1)
    await tab.stop()
    await expect(evaluation).rejects.toThrow('stopped')
    gate = Promise.resolve()
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 2)
    expect(value?.summary).toBe('"20.09"')
  })

  describe('while it comes', () => {
    const hello = '(import <nixpkgs> { }).hello.lib'
    let rest: PromiseWithResolvers<void>

    beforeEach(() => {
      // All but the end of the last file, which only hello needs.
      arrived = old.bytes.length - 1
      rest = Promise.withResolvers()
      rest.promise.catch(() => {})
      gate = rest.promise
    })

    it('is evaluated from, but nothing is told before all is here', async () => {
      const settled: number[] = []
      const ask = async (text: string, request: number) => {
        const evaluation = await tab.evaluateQuickly(snippet(text, 'nixpkgs'), request)
        settled.push(request)
        return evaluation
      }
      const first = ask(version, 1)
      await expect.poll(() => evaluated).toEqual(['"20.09"'])
      const second = ask(`1 + 1 # <nixpkgs>`, 2)
      await expect.poll(() => evaluated).toEqual(['"20.09"', '2'])
      expect(settled).toEqual([])
      rest.resolve()
      expect((await first).value?.summary).toBe('"20.09"')
      expect((await second).value?.summary).toBe('2')
    })

    it('is waited for where a file is not here yet', async () => {
      const answer = tab.evaluateQuickly(snippet(hello, 'nixpkgs'), 1)
      await expect.poll(() => mounts.count).toBe(1)
      rest.resolve()
      const { value, problems } = await answer
      expect(problems).toEqual([])
      expect(value?.summary).toBe('"lib"')
      expect(downloads).toHaveLength(1)
    })

    it('is waited for without doing again what was done, nor counting it against the budget', async () => {
      const much = "builtins.foldl' (sum: n: sum + n) 0 (builtins.genList (n: n) 80000)"
      const files = {
        'default.nix': file(`{ }: { near = ${much}; far = import ./far.nix; }`),
        'far.nix': file(much),
      }
      const both = '(p: p.near + p.far) (import <nixpkgs> { })'
      offered = [offerOf(directory(files), '1.0')]
      const { bytes } = offered[0]!
      arrived = bytes.length - 1
      const answer = tab.evaluateQuickly(snippet(both, 'nixpkgs'), 1)
      await expect.poll(() => mounts.count).toBe(1)
      rest.resolve()
      expect(await answer).toMatchObject({
        budgetExhausted: false,
        value: { summary: '6399920000' },
      })
      tab = open()
      const atOnce = await tab.evaluateQuickly(snippet(both, 'nixpkgs'), 1)
      expect(atOnce.budgetExhausted).toBe(true)
    })

    it('does not hold up what is typed meanwhile', async () => {
      const waiting = tab.evaluateQuickly(snippet(`import <nixpkgs/lib.nix>`, 'nixpkgs'), 1)
      const superseded = expect(waiting).rejects.toThrow('superseded')
      await expect.poll(() => mounts.count).toBe(1)
      const { value } = await tab.evaluateQuickly(snippet('1 + 1', 'nixpkgs'), 2)
      expect(value?.summary).toBe('2')
      await superseded
      const asked = tab.evaluate(snippet(`import <nixpkgs/lib.nix>`, 'nixpkgs'), 3)
      const typed = await tab.evaluateQuickly(snippet('1 + 2', 'nixpkgs'), 4)
      expect(typed.value?.summary).toBe('3')
      rest.resolve()
      expect((await asked).value?.summary).toBe('"lib"')
    })

    it('tells as ever that the connection broke, and is asked for again', async () => {
      const texts = ['import <nixpkgs/lib.nix>', version, '1 + 1 # <nixpkgs>']
      const answers = texts.map((text, i) => tab.evaluateQuickly(snippet(text, 'nixpkgs'), i))
      const told = Promise.all(answers.map((answer) => answer.catch((error: Error) => error)))
      await expect.poll(() => mounts.count).toBe(1)
      rest.reject(new BackendError('the connection broke'))
      const [first, second, last] = await told
      expect([first, second]).toEqual([
        expect.objectContaining({ message: 'superseded' }),
        expect.objectContaining({ message: 'superseded' }),
      ])
      expect(last).toMatchObject({
        value: null,
        problems: [{ code: 'channel', message: 'the connection broke' }],
      })
      gate = Promise.resolve()
      const again = await tab.evaluateQuickly(snippet('import <nixpkgs/lib.nix>', 'nixpkgs'), 4)
      expect(again.value?.summary).toBe('"lib"')
      expect(downloads).toHaveLength(2)
    })

    it('can be stopped, whether evaluation waits for it or is done', async () => {
      for (const text of ['import <nixpkgs/lib.nix>', version]) {
        const { length } = downloads
        const answer = tab.evaluateQuickly(snippet(text, 'nixpkgs'), 1)
        const stopped = expect(answer).rejects.toThrow('stopped')
        await expect.poll(() => downloads.length).toBe(length + 1)
        if (text === version) await expect.poll(() => evaluated).toContain('"20.09"')
        else await expect.poll(() => mounts.count).toBe(1)
        await tab.stop()
        await stopped
      }
      gate = Promise.resolve()
      const { value } = await tab.evaluateQuickly(snippet('import <nixpkgs/lib.nix>', 'nixpkgs'), 2)
      expect(value?.summary).toBe('"lib"')
    })

    it('is not believed before it was checked, nor is anything kept of what was not what it said', async () => {
      const bytes = old.bytes.slice()
      const at = Buffer.from(bytes).indexOf('version = "20.09"')
      bytes.set(new TextEncoder().encode('version = "66.60"'), at)
      offered = [{ ...old, bytes }]
      const answer = tab.evaluateQuickly(snippet(version, 'nixpkgs'), 1)
      await expect.poll(() => evaluated).toEqual(['"66.60"'])
      rest.resolve()
      const { value, problems } = await answer
      expect(value).toBeNull()
      expect(problems[0]!.message).toContain('came damaged, try again')
      offered = [old]
      const again = await tab.evaluateQuickly(snippet(version, 'nixpkgs'), 2)
      expect(again.value?.summary).toBe('"20.09"')
    })
  })

  it('that came damaged, or not at all, is told and asked for again', async () => {
    const bytes = old.bytes.slice()
    bytes[bytes.length - 1]! ^= 1
    offered = [{ ...old, bytes }]
    const damaged = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(damaged.problems[0]!.message).toContain('came damaged, try again')
    gate = Promise.reject(new BackendError('the connection broke'))
    gate.catch(() => {})
    const broken = await tab.evaluate(snippet(version, 'nixpkgs'), 2)
    expect(broken.problems[0]!.message).toContain('the connection broke')
    gate = Promise.resolve()
    offered = [old]
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 3)
    expect(value?.summary).toBe('"20.09"')
  })

  it('that has other contents than it says shows nothing of them, and is not kept', async () => {
    const bytes = old.bytes.slice()
    const at = Buffer.from(bytes).indexOf('version = "20.09"')
    bytes.set(new TextEncoder().encode('version = "66.60"'), at)
    offered = [{ ...old, bytes }]
    const evaluation = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(evaluation.value).toBeNull()
    expect(evaluation.problems[0]!.message).toContain('came damaged, try again')
    expect(JSON.stringify(evaluation)).not.toContain('66.60')
    expect(await packs.list()).toEqual([])
    offered = [old]
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 2)
    expect(value?.summary).toBe('"20.09"')
    expect(downloads).toHaveLength(2)
  })

  it('that was kept but cannot be read any more is downloaded again', async () => {
    await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    const broken = old.bytes.slice()
    // The index begins behind the header.
    broken[20 + new DataView(broken.buffer).getUint32(16, true)] = 9
    await packs.put(old.channel.url.replace('channels/', ''), broken)
    tab = open()
    const failed = await tab.evaluate(snippet(version, 'nixpkgs'), 1)
    expect(failed.problems[0]!.message).toContain('evaluate again to download it afresh')
    const { value } = await tab.evaluate(snippet(version, 'nixpkgs'), 2)
    expect(value?.summary).toBe('"20.09"')
  })

  it('gives the derivations of packages as they are without anybody’s changes', async () => {
    const endpoint = new EvaluatorEndpoint()
    const load = () => Promise.reject(new Error('nothing is loaded'))
    await endpoint.start({ generation: 1, storeDir: defaultStoreDir, knownPaths: [] }, load)
    const tree = directory({
      'default.nix': file(`{ ... }: {
        hello = derivation { name = "hello-2.10"; system = "s"; builder = "b"; };
        other = derivation { name = "hello-2.10"; system = "s"; builder = "b"; };
        broken = throw "this does not evaluate";
        lib = { };
      }`),
    })
    const pack = new Blob([writePack(tree, { name: 'nixpkgs', label: '' })])
    const { storePath } = identifyTree(tree)
    await endpoint.useChannel({ name: 'nixpkgs', storePath, size: pack.size, pack })
    const asked = snippet('(import <nixpkgs> { }).hello // { name = "mine"; }', 'nixpkgs')
    const { result, added } = await endpoint.instantiateChannel(asked, [
      'hello',
      'broken',
      'lib',
      'none',
      'other',
    ])
    expect(result).toEqual([['hello', expect.stringMatching(/-hello-2\.10\.drv$/)]])
    expect(added.map(({ info }) => info.path)).toEqual([result[0]![1]])
  })
})
