import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeBase16 } from '@snowglobe/shared/base16'
import { hashBytes } from '@snowglobe/shared/hash'
import { downstreamPlaceholder, hashPlaceholder } from '@snowglobe/shared/hash-modulo'
import { writeNar } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { WatchedBuild } from '../testing/build-client'
import { Gate } from '../testing/gate'
import { finished, scriptDerivation, seed, type TestDerivation } from '../testing/nix-expressions'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'

let counter = 0
/** So that no test finds what another has built. */
const unique = (name: string) => `${name}-${counter++}`
const outputPath = (drv: TestDerivation, output = 'out') => drv.derivation.outputs.get(output)!.path

describe.skipIf(!hasSandbox)('builds', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  const contents = (path: string) => readFileSync(server.dataDirectory + path, 'utf8')

  it('builds a derivation, with its log as it comes and its output registered', async () => {
    const drv = scriptDerivation(unique('hello'), 'echo building; echo hello > $out')
    const { outputs, log, messages } = await server.build(drv)
    expect(log).toBe('building\n')
    expect(outputs).toEqual([
      expect.objectContaining({
        derivation: drv.path,
        output: 'out',
        path: outputPath(drv),
        references: [],
      }),
    ])
    expect(messages.filter((m) => m.type === 'state').map((m) => m.state)).toEqual([
      'waiting',
      'building',
      'built',
    ])
    expect(contents(outputPath(drv))).toBe('hello\n')
    expect(server.reports).toEqual([])
  })

  it('builds inputs first, and finds what an output refers to', async () => {
    const first = scriptDerivation(unique('first'), 'echo one > $out')
    const second = scriptDerivation(
      unique('second'),
      `mkdir $out; cp ${outputPath(first)} $out/copy; ln -s ${outputPath(first)} $out/link
       echo $out > $out/self`,
      { inputs: [first] },
    )
    const { outputs, messages } = await server.build(first, second)
    expect(outputs?.[0]?.references).toEqual([outputPath(first), outputPath(second)].sort())
    const built = messages.filter((m) => m.type === 'state' && m.state === 'built')
    expect(built.map((m) => 'derivation' in m && m.derivation)).toEqual([first.path, second.path])
  })

  it('says so when all is there already', async () => {
    const drv = scriptDerivation(unique('twice'), 'echo > $out')
    await server.build(drv)
    const { messages, outputs } = await server.build(drv)
    expect(messages.filter((m) => m.type === 'state').map((m) => m.state)).toEqual(['present'])
    expect(outputs).toHaveLength(1)
  })

  it('registers several outputs, of which one may refer to another', async () => {
    const drv = scriptDerivation(unique('multiple'), 'echo $dev > $out; echo one > $dev', {
      outputs: ['out', 'dev'],
    })
    const { outputs } = await server.build(drv)
    expect(outputs?.map(({ output, references }) => [output, references])).toEqual([
      ['out', [outputPath(drv, 'dev')]],
      ['dev', []],
    ])
  })

  it('refuses outputs that refer to each other', async () => {
    const drv = scriptDerivation(unique('cycle'), 'echo $dev > $out; echo $out > $dev', {
      outputs: ['out', 'dev'],
    })
    const { failure } = await server.build(drv)
    expect(failure?.message).toBe(
      `cycle detected in build of '${drv.path}' in the references of output 'dev' from output 'out'`,
    )
  })

  it('makes outputs canonical, whatever the builder did to them', async () => {
    const drv = scriptDerivation(
      unique('modes'),
      `mkdir -p $out/closed; echo a > $out/closed/file; echo b > $out/run
       chmod 0700 $out/run; chmod 0066 $out/closed/file; chmod 0 $out/closed; touch -d @7 $out`,
    )
    const { outputs, failure } = await server.build(drv)
    expect(failure).toBeNull()
    const narHash = outputs?.[0]?.narHash
    const same = scriptDerivation(
      unique('modes'),
      'mkdir -p $out/closed; echo a > $out/closed/file; echo b > $out/run; chmod +x $out/run',
    )
    expect((await server.build(same)).outputs?.[0]?.narHash).toBe(narHash)
  })

  it('gives one build to all who want it, each with the whole log', async () => {
    const gate = new Gate()
    const drv = scriptDerivation(
      unique('shared'),
      `echo start; cat /proc/sys/kernel/random/uuid; ${gate.script}; echo end > $out`,
    )
    const first = await server.start(drv)
    await first.until(({ log }) => log.split('\n').length > 2)
    const second = new WatchedBuild(server.url, first.derivations)
    await second.until(({ messages }) => messages.length > 0)
    await gate.open(server)
    const [a, b] = await Promise.all([first.end(), second.end()])
    expect(a.log).toMatch(/^start\n[0-9a-f-]{36}\n$/)
    expect(b.log).toBe(a.log)
    expect(b.messages.find((m) => m.type === 'log')).toMatchObject({ offset: 0 })
    expect(b.outputs).toEqual(a.outputs)
  })

  it('waits for no watcher who reads slowly, and keeps all for them', async () => {
    const gate = new Gate()
    const script = `echo start; ${gate.script}; seq 1500000; echo end > $out`
    const drv = scriptDerivation(unique('watched'), script)
    const quick = await server.start(drv)
    const slow = new WatchedBuild(server.url, quick.derivations)
    await slow.until(({ log }) => log.includes('start'))
    slow.pause()
    await gate.open(server)
    const { log, failure } = await quick.end()
    expect(failure).toBeNull()
    expect(log).toMatch(/^1500000$/m)
    expect(slow.log.length).toBeLessThan(log.length)
    slow.resume()
    expect((await slow.end()).log === log).toBe(true)
  })

  it('goes on for one who comes back in time', async () => {
    const patient = await startServer({ graceMilliseconds: 100_000 })
    try {
      const gate = new Gate()
      const script = `cat /proc/sys/kernel/random/uuid; ${gate.script}; echo end > $out`
      const first = await patient.start(scriptDerivation(unique('reload'), script))
      await first.until(({ log }) => log !== '')
      first.leave()
      await expect.poll(() => patient.visitors()).toBe(0)
      const again = new WatchedBuild(patient.url, first.derivations)
      await again.until(({ log }) => log !== '')
      await gate.open(patient)
      const { log, outputs } = await again.end()
      expect(log).toBe(first.log)
      expect(outputs).toHaveLength(1)
    } finally {
      await patient.close()
    }
  })

  it('ends a build that its last watcher has stopped, and builds it again when asked', async () => {
    const drv = scriptDerivation(unique('stopped'), `trap '' TERM; echo start; sleep 1000`)
    const watched = await server.start(drv)
    await watched.until(({ log }) => log !== '')
    watched.stop()
    expect((await watched.end()).failure).toMatchObject({ kind: 'cancelled' })
    await idle()
    const again = new WatchedBuild(server.url, watched.derivations)
    await again.until(({ log }) => log === 'start\n')
    again.leave()
    await idle()
  })

  const idle = () => expect.poll(async () => (await health()).queue.running).toBe(0)
  const health = async () =>
    (await (await fetch(new URL('/api/health', server.url))).json()) as {
      queue: { running: number; waiting: number }
    }

  it('tells how far a build has come in the queue', async () => {
    const gates = [new Gate(), new Gate()]
    const scripts = [...gates.map(({ script }) => script), ':', ':']
    const builds: WatchedBuild[] = []
    for (const script of scripts) {
      const build = await server.start(scriptDerivation(unique('slow'), `${script}; echo > $out`))
      builds.push(build)
      await build.admitted()
    }
    await gates[0]!.open(server)
    const others = [await builds[0]!.end(), await builds[2]!.end(), await builds[3]!.end()]
    await gates[1]!.open(server)
    const [first, third, fourth] = others
    const results = [first!, await builds[1]!.end(), third!, fourth!]
    const positions = results.map(({ messages }) =>
      messages.filter((m) => m.type === 'queued').map((m) => m.position),
    )
    expect(positions).toEqual([[], [], [1], [2, 1]])
    expect(results.every(({ outputs }) => outputs !== null)).toBe(true)
  })

  it("shows a failing builder's last lines, exit code and derivation", async () => {
    const drv = scriptDerivation(unique('failing'), 'seq 40; echo oh no >&2; exit 3')
    const { failure, messages } = await server.build(drv)
    expect(failure).toMatchObject({
      derivation: drv.path,
      kind: 'builder-failed',
      exitCode: 3,
      message: `builder for '${drv.path}' failed with exit code 3`,
    })
    expect(failure?.lastLines).toHaveLength(25)
    expect(failure?.lastLines.slice(-2)).toEqual(['40', 'oh no'])
    expect(messages.at(-2)).toMatchObject({ type: 'state', state: 'failed' })
  })

  it('names the input that failed', async () => {
    const first = scriptDerivation(unique('broken-input'), 'echo because; exit 1')
    const second = scriptDerivation(unique('dependent'), 'echo > $out', { inputs: [first] })
    const { failure } = await server.build(first, second)
    expect(failure).toMatchObject({ derivation: first.path, exitCode: 1, lastLines: ['because'] })
  })

  it('says which output is missing', async () => {
    const drv = scriptDerivation(unique('half'), 'echo > $out', { outputs: ['out', 'dev'] })
    const { failure } = await server.build(drv)
    expect(failure).toMatchObject({
      kind: 'output-rejected',
      message:
        `builder for '${drv.path}' failed to produce output path for output 'dev' ` +
        `at '${outputPath(drv, 'dev')}'`,
    })
    const { failure: again } = await server.build(drv)
    expect(again?.kind).toBe('output-rejected')
  })

  it('refuses what is no file, directory or link', async () => {
    const drv = scriptDerivation(unique('pipe'), 'mkdir $out; mkfifo $out/pipe')
    const { failure } = await server.build(drv)
    expect(failure?.kind).toBe('output-rejected')
    expect(failure?.message).toContain('has an unsupported type')
    expect(failure?.message).not.toContain(server.dataDirectory)
  })

  it('says why a builder could not be started', async () => {
    const drv = scriptDerivation(unique('nowhere'), '', {
      change: (derivation) => (derivation.builder = '/nowhere/sh'),
    })
    const { failure } = await server.build(drv)
    expect(failure?.message).toBe(
      `builder for '${drv.path}' failed with exit code 1: ` +
        "executing '/nowhere/sh': No such file or directory",
    )
  })

  it("refuses other systems in Nix's words", async () => {
    const drv = scriptDerivation(unique('foreign'), '', {
      change: (derivation) => (derivation.system = 'riscv64-linux'),
    })
    const { failure } = await server.build(drv)
    expect(failure).toMatchObject({ kind: 'refused', derivation: drv.path })
    expect(failure?.message).toBe(
      `a 'riscv64-linux' with features {} is required to build '${drv.path}', but I am a ` +
        "'x86_64-linux' with features {benchmark, big-parallel, ca-derivations, nixos-test}",
    )
  })

  it('lets nothing into the arguments of the sandbox', async () => {
    const drv = scriptDerivation(unique('smuggler'), 'ls /host > $out', {
      environment: { innocent: 'x\0--ro-bind\0/\0/host' },
    })
    const { failure } = await server.build(drv)
    expect(failure).toMatchObject({ kind: 'refused' })
    expect(failure?.message).toContain('has a NUL byte')
    const dashes = scriptDerivation(unique('dashes'), '', {
      environment: { '--bind': '--ro-bind', plain: '--dev' },
      change: (derivation) => {
        derivation.builder = `${seed.path}/bin/env`
        derivation.args = []
      },
    })
    const { log } = await server.build(dashes)
    expect(log).toContain('--bind=--ro-bind\n')
    expect(log).toContain('plain=--dev\n')
  })

  it('passes attributes as files', async () => {
    const drv = scriptDerivation(
      unique('as-file'),
      'cat $textPath > $out; echo "${text-unset}" >> $out',
      {
        environment: { passAsFile: 'text', text: 'Grüße\n' },
      },
    )
    await server.build(drv)
    expect(contents(outputPath(drv))).toBe('Grüße\nunset\n')
  })

  it('keeps colours and drops what else a terminal would obey', async () => {
    const script = String.raw`printf 'a\033[31mred\033[0m\033]0;title\007b\033[2Jc\r\n'; echo > $out`
    const { log } = await server.build(scriptDerivation(unique('colours'), script))
    expect(log).toBe('a\x1b[31mred\x1b[0mbc\r\n')
  })

  it('keeps the log of a build', async () => {
    const drv = scriptDerivation(unique('logged'), 'echo kept; exit 1')
    await server.build(drv)
    const response = await fetch(new URL(`/log/${drv.path.slice(11)}`, server.url))
    expect(await response.text()).toBe('kept\n')
  })

  it('ends a long chain at its first failure', async () => {
    const chain = [scriptDerivation(unique('link'), 'echo broken; exit 1')]
    for (let i = 0; i < 300; i++)
      chain.push(scriptDerivation(unique('link'), 'echo > $out', { inputs: [chain.at(-1)!] }))
    const { failure } = await server.build(...chain)
    expect(failure).toMatchObject({ derivation: chain[0]!.path, lastLines: ['broken'] })
  })

  describe('with content-addressed outputs', () => {
    const floating = (name: string, script: string, environment: Record<string, string> = {}) => {
      const drv = scriptDerivation(name, script, { environment })
      for (const output of drv.derivation.outputs.values()) {
        output.path = ''
        output.hashAlgorithm = 'r:sha256'
      }
      drv.derivation.environment.set('out', hashPlaceholder('out'))
      return finished(drv.derivation)
    }

    it('puts each where its content says', async () => {
      const name = unique('floating')
      const { outputs } = await server.build(floating(name, 'echo $out > $out'))
      const { path, references } = outputs![0]!
      expect(path).toMatch(new RegExp(`^/nix/store/\\w{32}-${name}$`))
      expect(contents(path)).toBe(`${path}\n`)
      expect(references).toEqual([path])
      // The path does not depend on what the builder was told before.
      const other = floating(name, 'echo $out > $out', { irrelevant: 'yes' })
      expect((await server.build(other)).outputs).toMatchObject([{ path }])
    })

    it('builds nothing again that needs the same', async () => {
      const name = unique('leaf')
      const top = (leaf: TestDerivation) => {
        const { hashPart } = parseStorePath('/nix/store', leaf.path)
        const environment = { leaf: downstreamPlaceholder(hashPart, name, 'out') }
        const drv = scriptDerivation(
          `${name}-top`,
          'cat /proc/sys/kernel/random/uuid $leaf > $out',
          {
            environment,
          },
        )
        drv.derivation.inputDerivations.set(leaf.path, new Set(['out']))
        drv.derivation.outputs.set('out', { path: '', hashAlgorithm: '', hash: '' })
        drv.derivation.environment.set('out', '')
        return finished(drv.derivation)
      }
      const [one, two] = ['1', '2'].map((n) => floating(name, 'echo > $out', { n }))
      const first = await server.build(one!, top(one!))
      const second = await server.build(two!, top(two!))
      expect(first.failure).toBeNull()
      expect(second.outputs![0]!.path).toBe(first.outputs![0]!.path)
      const built = second.messages.filter((m) => m.type === 'state' && m.state === 'building')
      expect(built).toMatchObject([{ derivation: two!.path }])
    })
  })

  describe('of user environments', () => {
    const environment = (...packages: TestDerivation[]) =>
      scriptDerivation(unique('environment'), '', {
        inputs: packages,
        change: (derivation) => {
          derivation.builder = 'builtin:buildenv'
          derivation.environment.set('manifest', '/nowhere')
          const list = packages.map((drv) => `true 5 1 ${outputPath(drv)}`).join(' ')
          derivation.environment.set('derivations', list)
        },
      })

    it('says which packages have the same file', async () => {
      const [one, two] = ['one', 'two'].map((name) =>
        scriptDerivation(unique(name), `mkdir -p $out/bin; echo ${name} > $out/bin/tool`),
      )
      const { failure } = await server.build(one!, two!, environment(one!, two!))
      const [first, last] = [outputPath(one!), outputPath(two!)].sort()
      expect(failure?.message).toContain(
        `files '${last}/bin/tool' and '${first}/bin/tool' have the same priority 5`,
      )
    })

    it('follows links to inputs only', async () => {
      const drv = scriptDerivation(
        unique('curious'),
        'mkdir $out; ln -s /etc/passwd $out/host; ln -s ../../../etc $out/up; ln -s $out/file $out/own; echo > $out/file',
      )
      const { outputs } = await server.build(drv, environment(drv))
      const names = readdirSync(server.dataDirectory + outputs![0]!.path)
      expect(names.sort()).toEqual(['file', 'manifest.nix', 'own'])
    })

    it('ends where links make a tree without end', async () => {
      const endless = () =>
        scriptDerivation(unique('endless'), 'mkdir $out; for n in a b c; do ln -s . $out/$n; done')
      const [one, two] = [endless(), endless()]
      const { failure } = await server.build(one, two, environment(one, two))
      expect(failure).toMatchObject({ kind: 'output-rejected', derivation: expect.any(String) })
    })
  })

  describe('with checks of outputs', () => {
    const structured = (name: string, script: string, attributes: Record<string, unknown>) =>
      scriptDerivation(name, `out=$(sed 's/.*"out":"\\([^"]*\\)".*/\\1/' .attrs.json); ${script}`, {
        change: (derivation) => {
          derivation.args[1] = `export PATH=${seed.path}/bin; ${derivation.args[1]}`
          derivation.environment.set('__json', JSON.stringify({ name, ...attributes }))
        },
      })

    it('discards references where it is told to', async () => {
      const script = `echo ${seed.path} > $out`
      const kept = await server.build(structured(unique('kept'), script, {}))
      expect(kept.outputs).toMatchObject([{ references: [seed.path] }])
      const attributes = { unsafeDiscardReferences: { out: true } }
      const drv = structured(unique('discarded'), script, attributes)
      expect((await server.build(drv)).outputs).toMatchObject([{ references: [] }])
    })

    it('counts references to itself as requisites unless it is told not to', async () => {
      const checks = (ignoreSelfRefs: boolean) => ({
        outputChecks: { out: { allowedRequisites: [], ignoreSelfRefs } },
      })
      const build = (ignore: boolean) =>
        server.build(structured(unique('itself'), 'echo $out > $out', checks(ignore)))
      expect((await build(true)).failure).toBeNull()
      expect((await build(false)).failure?.message).toContain('is not allowed to refer to')
    })

    it.each([
      ['unsafeDiscardReferences', { out: 1 }, "'unsafeDiscardReferences.out'"],
      ['outputChecks', { out: { maxSize: 'x' } }, "'maxSize'"],
      ['outputChecks', { out: { allowedReferences: 'x' } }, "'allowedReferences'"],
      ['requiredSystemFeatures', 'kvm', "'requiredSystemFeatures'"],
    ])('refuses %s of another type', async (attribute, value, named) => {
      const drv = structured(unique('typed'), 'echo > $out', { [attribute]: value })
      const { failure } = await server.build(drv)
      expect(failure?.message).toContain(`attribute ${named} of derivation '${drv.path}' must be`)
    })
  })

  describe('with fixed outputs', () => {
    const fixed = (script: string, hash: string, hashAlgorithm: string) =>
      scriptDerivation(unique('fixed'), script, {
        change: (derivation) => {
          derivation.outputs.set('out', { path: '', hashAlgorithm, hash })
        },
      })
    const sha256 = (text: string) => encodeBase16(hashBytes('sha256', text))

    it('takes a file that has the hash it should have', async () => {
      const drv = fixed('printf right > $out', sha256('right'), 'sha256')
      const { outputs, failure } = await server.build(drv)
      expect(failure).toBeNull()
      expect(outputs?.[0]?.path).toBe(outputPath(drv))
    })

    it('keeps a copy, which nobody can have open any more, and not what the builder wrote', async () => {
      for (const mode of ['', 'r:']) {
        const nar = writeNar({ type: 'regular', executable: false, contents: Buffer.from('right') })
        const hash = mode === '' ? sha256('right') : encodeBase16(hashBytes('sha256', nar))
        const drv = fixed('printf right > $out; stat -c %i $out', hash, `${mode}sha256`)
        const { log, failure } = await server.build(drv)
        expect(failure).toBeNull()
        expect(log).toMatch(/^\d+\n$/)
        expect(statSync(server.dataDirectory + outputPath(drv)).ino).not.toBe(Number(log))
      }
    })

    it("refuses another with both hashes, in Nix's words", async () => {
      const drv = fixed('printf wrong > $out', sha256('right'), 'sha256')
      const { failure } = await server.build(drv)
      expect(failure?.kind).toBe('output-rejected')
      expect(failure?.message).toBe(
        `hash mismatch in fixed-output derivation '${drv.path}':\n` +
          `  specified: ${sri('right')}\n` +
          `     got:    ${sri('wrong')}`,
      )
    })

    const sri = (text: string) =>
      `sha256-${Buffer.from(hashBytes('sha256', text)).toString('base64')}`

    it('refuses a program where a plain file is asked for', async () => {
      const drv = fixed('printf x > $out; chmod +x $out', sha256('x'), 'sha256')
      const { failure } = await server.build(drv)
      expect(failure?.message).toContain('should be a non-executable regular file')
    })

    it('refuses references', async () => {
      const drv = fixed(`printf ${seed.path} > $out`, sha256(seed.path), 'sha256')
      const { failure } = await server.build(drv)
      expect(failure?.message).toBe(
        `fixed-output derivation '${drv.path}' must not reference store paths but ` +
          `1 such references were found:\n  ${seed.path}`,
      )
    })

    it('says that there is no network for a builtin fetcher', async () => {
      const drv = scriptDerivation(unique('fetch'), '', {
        change: (derivation) => {
          derivation.outputs.set('out', {
            path: '',
            hashAlgorithm: 'sha256',
            hash: sha256('never'),
          })
          derivation.builder = 'builtin:fetchurl'
        },
      })
      const { failure } = await server.build(drv)
      expect(failure).toMatchObject({ kind: 'refused' })
      expect(failure?.message).toContain('needs a network')
    })
  })
})
