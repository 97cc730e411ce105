import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import type { Snippet } from '@snowglobe/shared/snippet'
import { MemoryStore } from '../store/memory-store'
import { textEntry } from '../store/store.shared-tests'
import type { Evaluation, ValueView } from './api'
import { EvaluatorEndpoint } from './evaluator-endpoint'

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

const simple = 'derivation { name = "simple"; system = "x86_64-linux"; builder = "/bin/sh"; }'

describe('the evaluator endpoint', () => {
  let endpoint: EvaluatorEndpoint
  let store: MemoryStore
  let loads: string[]

  beforeEach(async () => {
    store = new MemoryStore(defaultStoreDir)
    loads = []
    endpoint = new EvaluatorEndpoint()
    await start([])
  })

  const start = (knownPaths: string[]) =>
    endpoint.start({ generation: 7, storeDir: defaultStoreDir, knownPaths }, async (path) => {
      loads.push(path)
      const info = await store.queryPathInfo(path)
      return { nar: await store.narFromPath(path), references: info?.references ?? [] }
    })

  const evaluate = async (
    text: string | Snippet,
    budget: number | null = null,
  ): Promise<Evaluation> => {
    const asked = typeof text === 'string' ? snippet(text) : text
    return (await endpoint.evaluate(asked, 1, { budget })).result
  }
  const valueOf = async (text: string | Snippet): Promise<ValueView> => {
    const { value, problems } = await evaluate(text)
    expect(problems).toEqual([])
    return value!
  }
  const expand = async (view: ValueView, offset = 0, count = 100) =>
    (await endpoint.expand(view.handle!.id, offset, count)).result

  describe('as the person types', () => {
    const budget = 10_000

    it('takes files of the store as evaluated before, and all else anew', async () => {
      const library = `{ }: { sum = builtins.foldl' (x: y: x + y) 0 (builtins.genList (n: n) 2000); }`
      const text = `(import (builtins.toFile "library.nix" ${JSON.stringify(library)}) { }).sum`
      expect((await evaluate(text, 100)).budgetExhausted).toBe(true)
      expect((await evaluate(text, budget)).value?.summary).toBe('1999000')
      expect((await evaluate(`1 + ${text}`, 100)).value?.summary).toBe('1999001')
      for (const own of ['1', '2']) {
        const changed = snippet('import ./own.nix', { 'own.nix': own })
        expect((await evaluate(changed, budget)).value?.summary).toBe(own)
      }
    })

    it('tells in every evaluation what is traced, also in the store', async () => {
      const library = JSON.stringify('builtins.trace "in the library" 1')
      const text = `import (builtins.toFile "library.nix" ${library})`
      for (let i = 0; i < 3; i++) {
        const { problems } = await evaluate(text, budget)
        expect(problems.map(({ message }) => message)).toEqual(['in the library'])
      }
    })

    it('opens a value with the files of its evaluation', async () => {
      const text = '{ a = import ./own.nix; }'
      const { value } = await evaluate(snippet(text, { 'own.nix': '1' }), budget)
      await evaluate(snippet(text, { 'own.nix': '2' }), budget)
      const [child] = (await expand(value!)).children
      expect((await expand(child.value)).value.summary).toBe('1')
    })
  })

  describe('shows values', () => {
    it.each([
      ['null', 'null', 'null'],
      ['1 < 2', 'bool', 'true'],
      ['1 + 2', 'int', '3'],
      ['9223372036854775807', 'int', '9223372036854775807'],
      ['1.5', 'float', '1.5'],
      ['"a\\n${"b"}"', 'string', '"a\\nb"'],
      ['"caf\u00e9"', 'string', '"caf\u00e9"'],
      ['./x', 'path', '/home/nix/snippet/x'],
      ['[ ]', 'list', '[ ]'],
      ['[ 1 ]', 'list', '[ 1 item ]'],
      ['{ }', 'attribute set', '{ }'],
      ['{ a = 1; b = 2; }', 'attribute set', '{ 2 attributes }'],
      ['map', 'function', '«primop map»'],
      ['x: x', 'function', '«lambda @ /home/nix/snippet/default.nix:1:1»'],
    ])('%s is %s %s', async (text, kind, summary) => {
      expect(await valueOf(text)).toMatchObject({ kind, summary })
    })

    it('cuts long strings between characters and says how much is missing', async () => {
      const { summary } = await valueOf(
        'builtins.concatStringsSep "" (builtins.genList (_: "\u00e9") 3000)',
      )
      expect(summary).toBe(`"${'\u00e9'.repeat(2000)}" «2000 bytes elided»`)
    })

    it('tells the store paths of a string’s context', async () => {
      const { context } = await valueOf(`"\${${simple}} \${builtins.toFile "x" "y"}"`)
      expect(context?.map((path) => path.replace(/.*-/, ''))).toEqual(
        expect.arrayContaining(['simple.drv', 'x']),
      )
    })
  })

  it('forces nothing but what is opened', async () => {
    const root = await valueOf('{ a = throw "boom"; b = [ (1 + 1) ]; c = 3; }')
    const { children } = await expand(root)
    expect(children.map(({ name, value }) => [name, value.kind])).toEqual([
      ['a', 'thunk'],
      ['b', 'thunk'],
      ['c', 'int'],
    ])
    const list = await expand(children[1].value)
    expect(list.value).toMatchObject({ kind: 'list', summary: '[ 1 item ]' })
    expect(list.children[0].value.kind).toBe('thunk')
    expect((await expand(list.children[0].value)).value).toMatchObject({
      kind: 'int',
      summary: '2',
    })
    const failed = await expand(children[0].value)
    expect(failed.value).toMatchObject({ kind: 'error', summary: '«error: boom»' })
    expect(failed.value.problem?.range).toMatchObject({ file: 'default.nix', startLine: 1 })
  })

  it('shows what is short whole, once all of it is forced', async () => {
    const whole = async (text: string) => {
      const root = await valueOf(`let v = ${text}; in [ (builtins.deepSeq v v) ]`)
      const child = (await expand(root)).children[0].value
      return (await expand(child)).value.whole
    }
    expect(await whole('[ 1 "a\\nb" { } { "b c" = [ 1.5 null ]; } ]')).toBe(
      '[ 1 "a\\nb" { } { "b c" = [ 1.5 null ]; } ]',
    )
    expect(await whole('builtins.genList (x: x) 30')).toBeUndefined()
    expect(await whole('[ (x: x) ]')).toBeUndefined()
    expect(await whole(`[ "${'a'.repeat(60)}" ]`)).toBeUndefined()
    expect(await whole('let x = [ x ]; in x')).toBeUndefined()
    const { value } = await expand(await valueOf('[ [ (1 + 1) ] ]'))
    expect(value.whole).toBeUndefined()
  })

  it('knows functions and flakes by what they name', async () => {
    expect(await valueOf('final: prev: { }')).toMatchObject({ parameters: ['final', 'prev'] })
    expect(await valueOf('{ a, b ? 1, ... }: a')).toMatchObject({
      formals: {
        names: [
          { name: 'a', hasDefault: false },
          { name: 'b', hasDefault: true },
        ],
        ellipsis: true,
      },
    })
    expect(await valueOf('{ description = "x"; outputs = _: { }; }')).toMatchObject({
      isFlake: true,
    })
    expect((await valueOf('{ outputs = 1; }')).isFlake).toBeUndefined()
  })

  it('tells what is traced while a value is opened', async () => {
    const root = await valueOf(
      '{ a = builtins.trace "seen" 1; b = builtins.warn "hot" (throw "x"); }',
    )
    const { children, messages } = await expand(root)
    expect(messages).toEqual([])
    expect((await expand(children[0].value)).messages).toMatchObject([
      { severity: 'info', message: 'seen' },
    ])
    expect((await expand(children[1].value)).messages).toMatchObject([
      { severity: 'warning', message: 'hot' },
    ])
  })

  it('gives children in pieces', async () => {
    const root = await valueOf('builtins.genList (x: x * x) 250')
    expect(root.size).toBe(250)
    const { children } = await expand(root, 200, 100)
    expect(children.length).toBe(50)
    expect(children[0].name).toBe('200')
  })

  it('keeps the values of the last evaluations only', async () => {
    const views: ValueView[] = []
    for (let i = 0; i < 4; i++) views.push(await valueOf(`[ ${i} ]`))
    await expect(expand(views[0])).rejects.toThrow('evaluate again')
    expect((await expand(views[1])).children[0].value.summary).toBe('1')
    expect(views[3].handle?.generation).toBe(7)
  })

  it('keeps them however many evaluations there were whose values have nothing to open', async () => {
    const view = await valueOf('[ 1 ]')
    for (let i = 0; i < 5; i++) await valueOf(`${i}`)
    expect((await expand(view)).children[0].value.summary).toBe('1')
  })

  it('finds the same of derivations and files in every evaluation, whatever it knows of them', async () => {
    const asked = snippet(
      `let
        make = name: attributes: derivation ({
          inherit name; system = "s"; builder = "/b"; } // attributes);
        source = make "source" { outputHash = "${'0'.repeat(64)}"; outputHashAlgo = "sha256"; };
        library = make "library" { outputs = [ "out" "dev" ]; inherit source; script = ./x; };
      in (make "program" { inherit (library) dev; inherit source; }).drvPath`,
      { x: 'echo' },
    )
    const first = await endpoint.evaluate(asked, 1, { budget: null })
    const second = await endpoint.evaluate(asked, 2, { budget: null })
    expect(second.result.value).toEqual(first.result.value)
    expect(second.added).toEqual(first.added)
    expect(second.added).toHaveLength(4)
    const other = new EvaluatorEndpoint()
    await other.start({ generation: 1, storeDir: defaultStoreDir, knownPaths: [] }, () => {
      return Promise.reject(new Error('nothing is there'))
    })
    expect((await other.evaluate(asked, 1, { budget: null })).added).toEqual(first.added)
  })

  it('evaluates files of the workspace that import and read each other', async () => {
    const view = await valueOf(
      snippet('import ./lib/twice.nix (builtins.readFile ./text)', {
        'lib/twice.nix': 'x: x + x',
        text: 'ab\u00e9',
      }),
    )
    expect(view.summary).toBe('"ab\u00e9ab\u00e9"')
  })

  it('knows the system of the snippet', async () => {
    expect((await valueOf('builtins.currentSystem')).summary).toBe('"x86_64-linux"')
  })

  describe('problems', () => {
    it('have a range in UTF-16 units, wherever bytes are more', async () => {
      const { value, problems, buildable } = await evaluate(
        'let x = "\u00e9\ud83d\ude00"; in x + yy',
      )
      expect(value).toBeNull()
      expect(problems[0]).toMatchObject({
        severity: 'error',
        code: 'undefined-variable',
        range: {
          file: 'default.nix',
          startLine: 1,
          startColumn: 23,
          endLine: 1,
          endColumn: 25,
        },
      })
      expect(problems[0].message).toContain("undefined variable 'yy'")
      expect(problems[0].text).toContain('^')
      expect(buildable).toEqual({ reason: expect.stringContaining('Evaluation fails') })
    })

    it('name the file of the workspace in which they are', async () => {
      const { problems } = await evaluate(snippet('import ./b.nix', { 'b.nix': '\n  1 + {}' }))
      expect(problems[0]).toMatchObject({ range: { file: 'b.nix', startLine: 2 } })
    })

    it('of syntax are told with their place', async () => {
      const { problems } = await evaluate('{ a = 1 }')
      expect(problems[0]).toMatchObject({
        code: 'syntax',
        range: { startLine: 1, startColumn: 9, endColumn: 10 },
      })
      expect(problems[0].text).toContain('error: syntax error')
    })

    it('list traces and warnings in order, as no errors', async () => {
      const { value, problems } = await evaluate(
        'builtins.trace "one" (builtins.trace "two" (builtins.warn "careful" 3))',
      )
      expect(value?.summary).toBe('3')
      expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
        ['info', 'one'],
        ['info', 'two'],
        ['warning', 'careful'],
      ])
    })

    it('say infinite recursion', async () => {
      const { problems } = await evaluate('let x = x; in x')
      expect(problems[0]).toMatchObject({ code: 'infinite-recursion' })
    })

    it('go through all the steps of an infinite recursion', async () => {
      const { problems } = await evaluate('let\n  a = b + 1;\n  b = c;\n  c = 2 * a;\nin a')
      expect(problems[0]!.cycle).toMatchObject([
        { code: 'a = b + 1;', range: { startLine: 2 } },
        { code: 'b = c;', range: { startLine: 3 } },
        { code: 'c = 2 * a;', range: { startLine: 4 } },
      ])
    })

    it.each([
      ['let\n  port = 80;\nin "p" + port', 'a string', 'an integer', '80', 2],
      ['let f = 3; in\nf 4', 'a function', 'an integer', '3', 1],
      ['let c = {\n  p = 1;\n}; in c.p.q', 'a set', 'an integer', '1', 2],
      ['let c = {\n  p = 1;\n}; in c.p && true', 'a Boolean', 'an integer', '1', 2],
    ])(
      'tell what did not fit, and where it is from: %s',
      async (text, expected, found, value, line) => {
        const { problems } = await evaluate(text)
        expect(problems[0]!.mismatch).toMatchObject({
          ...{ expected, found, value },
          definition: { startLine: line },
        })
      },
    )

    it('do not take a function for the argument that did not fit', async () => {
      const { problems } = await evaluate('let m = map; in m (x: x) 3')
      expect(problems[0]!.mismatch).toMatchObject({ expected: 'a list', definition: null })
    })

    it('tell what is wrong with a snippet', async () => {
      const { problems } = await evaluate({ ...snippet('1'), name: 'with space' })
      expect(problems[0]).toMatchObject({ code: 'snippet' })
      expect(problems[0].message).toContain('with space')
    })
  })

  describe('takes the settings of the workspace', () => {
    const conf = (text: string, settings: string) => snippet(text, { 'nix.conf': settings })

    it('of a nix.conf', async () => {
      const features = 'experimental-features = pipe-operators'
      expect((await valueOf(conf('[ 3 1 2 ] |> builtins.length', features))).summary).toBe('3')
      const deep = 'let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 50000'
      expect((await evaluate(deep)).problems[0]).toMatchObject({ code: 'stack-overflow' })
      expect((await valueOf(conf(deep, 'max-call-depth = 60000'))).summary).toBe('50000')
      expect((await evaluate('[ 1 ] |> builtins.length')).problems[0]).toMatchObject({
        severity: 'error',
      })
    })

    it('and tells what is wrong with them', async () => {
      const { value, problems } = await evaluate(conf('1', '\nno-such = 1\npure-eval = x'))
      expect(value?.summary).toBe('1')
      expect(problems).toMatchObject([
        { severity: 'warning', code: 'setting', range: { file: 'nix.conf', startLine: 2 } },
        { severity: 'error', code: 'setting', range: { startLine: 3 } },
      ])
    })

    it('but runs no programs', async () => {
      const settings = 'allow-unsafe-native-code-during-evaluation = true'
      expect((await valueOf(conf('builtins ? exec', settings))).summary).toBe('false')
    })
  })

  it('recurses deeply', async () => {
    const { summary } = await valueOf('let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 9000')
    expect(summary).toBe('9000')
  })

  it('gives up when the budget is exhausted, and says so', async () => {
    const endless = 'let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60'
    const result = await evaluate(endless, 10_000)
    expect(result).toMatchObject({ value: null, budgetExhausted: true, buildable: null })
    expect((await evaluate('1 + 1', 10_000)).value?.summary).toBe('2')
  })

  it('opens a value without a budget even if it was found under one', async () => {
    const { value } = await evaluate(
      "[ (builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 5000)) ]",
      1000,
    )
    const { children } = await expand(value!)
    expect((await expand(children[0].value)).value.summary).toBe('12497500')
  })

  describe('what Build would build', () => {
    const buildable = async (text: string, budget: number | null = null) =>
      (await evaluate(text, budget)).buildable

    it('is counted after a full evaluation', async () => {
      expect(await buildable(simple)).toEqual({ derivations: 1 })
      expect(await buildable(`{ a = ${simple}; b = ${simple}; }`)).toEqual({ derivations: 1 })
      expect(await buildable(`[ (${simple}) (${simple} // { }) ]`)).toEqual({ derivations: 1 })
      expect(await buildable(`{ x ? 1 }: ${simple}`)).toEqual({ derivations: 1 })
    })

    it('is not looked for in what the person has not opened as they type', async () => {
      expect(await buildable(`{ a = ${simple}; }`, 10_000)).toBeNull()
      expect(await buildable(simple, 10_000)).toEqual({ derivations: 1 })
    })

    it('is nothing, for a reason', async () => {
      expect(await buildable('1')).toEqual({ reason: expect.stringContaining('an integer') })
      expect(await buildable('x: x')).toEqual({ reason: expect.stringContaining('a function') })
      expect(await buildable('{ x }: x')).toEqual({ reason: expect.stringContaining("'x'") })
      expect(await buildable('{ }')).toEqual({ reason: expect.stringContaining('empty') })
      expect(await buildable('{ a = 1; }')).toEqual({
        reason: 'There is no derivation in the value.',
      })
      expect(await buildable('[ 1 ]')).toEqual({
        reason: expect.stringContaining('does not evaluate to a derivation'),
      })
    })

    it('leaves what is not opened unforced', async () => {
      const { value } = await evaluate(`{ a = ${simple}; b = builtins.trace "seen" 1; }`)
      const { children } = await expand(value!)
      expect(children.map((child) => child.value.kind)).toEqual(['thunk', 'thunk'])
    })
  })

  describe('what is added to the store', () => {
    const added = async (text: string, budget: number | null) =>
      (await endpoint.evaluate(snippet(text), 1, { budget })).added.map(({ info }) =>
        info.path.replace(/.*-/, ''),
      )

    it('comes with a full evaluation, whose derivation is written', async () => {
      expect(await added(simple, null)).toEqual(['simple.drv'])
      const { value } = await evaluate(simple)
      expect(value).toMatchObject({ kind: 'derivation' })
      expect(value?.drvPath).toMatch(/^\/nix\/store\/[0-9a-z]{32}-simple\.drv$/)
      expect(value?.summary).toBe(`«derivation ${value?.drvPath}»`)
    })

    it('is left behind by no keystroke whose answer does not name it', async () => {
      expect(await added(simple, 10_000)).toEqual([])
      expect(await added('builtins.stringLength (builtins.toFile "x" "y")', 10_000)).toEqual([])
      expect(await added('builtins.toFile "x" "y"', 10_000)).toEqual(['x'])
    })

    it('comes when a value that names it is opened', async () => {
      const { value } = await evaluate(simple, 10_000)
      const { children } = await expand(value!)
      const drvPath = children.find(({ name }) => name === 'drvPath')!
      const opened = await endpoint.expand(drvPath.value.handle!.id, 0, 1)
      expect(opened.added.map(({ info }) => info.path.replace(/.*-/, ''))).toEqual(['simple.drv'])
    })
  })

  describe('contents of the store', () => {
    it('are loaded when they are first read, once, and traces are told once', async () => {
      const one = textEntry(defaultStoreDir, 'one', '1')
      const two = textEntry(defaultStoreDir, 'two.nix', 'x: x + 1')
      await store.add([one, two])
      await endpoint.addKnown([one.info.path, two.info.path])
      const { value, problems } = await evaluate(
        'builtins.trace "begun" (let n = builtins.fromJSON (builtins.readFile ' +
          `${one.info.path}); in builtins.trace "read" (import ${two.info.path} n))`,
      )
      expect(value?.summary).toBe('2')
      expect(loads.sort()).toEqual([one.info.path, two.info.path].sort())
      expect(problems.map(({ message }) => message)).toEqual(['begun', 'read'])
      await evaluate(`builtins.readFile ${one.info.path}`)
      expect(loads.length).toBe(2)
    })

    it('refer to other paths, and so do strings that are read of them', async () => {
      const one = textEntry(defaultStoreDir, 'one', '1')
      const two = textEntry(defaultStoreDir, 'two', `see ${one.info.path}`, [one.info.path])
      await store.add([one, two])
      await endpoint.addKnown([one.info.path, two.info.path])
      const { context } = await valueOf(`builtins.readFile ${two.info.path}`)
      expect(context).toEqual([one.info.path])
    })

    it('that cannot be had are an error of the evaluation', async () => {
      const path = `${defaultStoreDir}/${'a'.repeat(32)}-gone`
      await endpoint.addKnown([path])
      const { problems } = await evaluate(`builtins.readFile ${path}`)
      expect(problems[0].message).toContain(`path '${path}' is not valid`)
    })

    it('that are not known do not exist', async () => {
      const path = `${defaultStoreDir}/${'b'.repeat(32)}-unknown`
      expect((await valueOf(`builtins.pathExists ${path}`)).summary).toBe('false')
      expect(loads).toEqual([])
    })
  })

  describe('a lesson’s check', () => {
    const check = async (text: string, source: string) =>
      (await endpoint.check(snippet(text), source)).result

    it('sees the value and the files', async () => {
      const source = `{ value, files }: [
        { ok = value == 3; hint = "It should be 3."; }
        { ok = builtins.match ".*2.*" files."default.nix" != null; hint = "Use a 2, caf\u00e9."; }
        { ok = value == 4; hint = "It should be 4."; }
      ]`
      expect(await check('1 + 2', source)).toEqual({
        checks: [
          { ok: true, hint: 'It should be 3.' },
          { ok: true, hint: 'Use a 2, caf\u00e9.' },
          { ok: false, hint: 'It should be 4.' },
        ],
        problem: null,
      })
    })

    it('need not evaluate the value, and may expect it to fail', async () => {
      const source = `{ value, files }: [
        { ok = files ? "default.nix"; hint = "a"; }
        { ok = !(builtins.tryEval value).success; hint = "b"; }
      ]`
      expect(await check('throw "no"', source)).toMatchObject({
        checks: [{ ok: true }, { ok: true }],
        problem: null,
      })
    })

    it('tells an error that it did not expect, after what passed', async () => {
      const source = '{ value, files }: [ { ok = true; hint = "a"; } { ok = value; hint = "b"; } ]'
      const result = await check('1 + {}', source)
      expect(result.checks).toEqual([
        { ok: true, hint: 'a' },
        { ok: false, hint: 'b' },
      ])
      expect(result.problem?.range).toMatchObject({ file: 'default.nix' })
    })

    it('that is no list of checks is told', async () => {
      expect((await check('1', '{ value, files }: 1')).problem?.message).toContain('gives a list')
      expect((await check('1', '{ value, files }: [ { } ]')).problem?.message).toContain(
        'ok and hint',
      )
    })

    it('ends though the answer does not', async () => {
      const result = await check(
        'let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60',
        '{ value, files }: [ { ok = value; hint = "a"; } ]',
      )
      expect(result.problem).toMatchObject({ code: 'budget' })
    })
  })

  describe('instantiating', () => {
    let directory = ''
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'instantiate-'))
    })
    afterAll(() => rmSync(directory, { recursive: true }))

    const wanted = async (text: string, files: Record<string, string> = {}) => {
      const { result, added } = await endpoint.instantiate(snippet(text, files))
      if ('reason' in result) throw new Error(result.reason)
      await store.add(added)
      return result.wanted
    }

    it('gives the derivation that real Nix gives, sources included', async () => {
      const text =
        'let lib = derivation { name = "lib"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = ' +
        '[ "out" "dev" ]; src = ./src; }; in derivation { name = "app"; system = "x86_64-linux"; ' +
        'builder = "/bin/sh"; args = [ "-c" "cp ${lib.dev}/x $out" ]; script = builtins.toFile "s" "e"; }'
      const project = join(directory, 'snippet')
      mkdirSync(join(project, 'src'), { recursive: true })
      writeFileSync(join(project, 'default.nix'), text)
      writeFileSync(join(project, 'src/main.c'), 'int main;\n')
      const real = execFileSync(
        'nix-instantiate',
        ['--readonly-mode', '--eval', '--json', '-E', `(import ${project}).drvPath`],
        { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, NIX_PATH: '' } },
      )
      const [{ derivation, output }] = await wanted(text, { 'src/main.c': 'int main;\n' })
      expect(derivation).toBe(JSON.parse(real))
      expect(output).toBe('out')
      expect((await store.queryPathInfo(derivation))?.references.length).toBe(2)
    })

    it('takes every derivation of a set, and an output that was chosen', async () => {
      const found = await wanted(
        `let d = derivation { name = "d"; system = "x86_64-linux"; builder = "b"; outputs = [ "out" "dev" ]; };` +
          ' in { inherit d; dev = d.dev; other = 1; inner = { x = d; }; }',
      )
      expect(found.map(({ output }) => output)).toEqual(['out', 'dev'])
    })

    it('says why there is nothing to build', async () => {
      const { result } = await endpoint.instantiate(snippet('{ a = 1; }'))
      expect(result).toMatchObject({ reason: 'There is no derivation in the value.' })
      const failed = await endpoint.instantiate(snippet('1 +'))
      expect(failed.result).toMatchObject({ problems: [{ code: 'syntax' }] })
      const endless = await endpoint.instantiate(snippet('let x = [ x ]; in x'))
      expect(endless.result).toMatchObject({ problems: [{ code: 'stack-overflow' }] })
    })
  })
})
