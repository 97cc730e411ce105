import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from '../../tests/real-nix'
import { utf8ToByteString } from './bytes'
import {
  copyDerivation,
  derivationKind,
  outputKind,
  type Derivation,
  type DerivationOutput,
} from './derivation'
import { formatDerivation, parseDerivation } from './derivation-aterm'
import { derivationToShowJson } from './derivation-json'
import {
  derivationPath,
  downstreamPlaceholder,
  fillOutputPaths,
  finishDerivation,
  hashDerivationModulo,
  hashModuloContext,
  hashPlaceholder,
  verifyOutputPaths,
  type FinishedDerivations,
} from './hash-modulo'
import { RecentTexts } from './recent-texts'
import { parseStorePath } from './store-path'

const blank: DerivationOutput = { path: '', hashAlgorithm: '', hash: '' }

function derivation(name: string, changes: Partial<Derivation> = {}): Derivation {
  return {
    name,
    outputs: new Map([['out', blank]]),
    inputDerivations: new Map(),
    inputSources: new Set(),
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    environment: new Map([['name', name]]),
    ...changes,
  }
}

/** A store of derivations only. */
class Derivations {
  readonly byPath = new Map<string, Derivation>()
  readonly context = hashModuloContext('/nix/store', (path) => {
    const found = this.byPath.get(path)
    if (found === undefined) throw new Error(`no ${path}`)
    return found
  })

  /** Fills in output paths and adds; gives the path. */
  add(unfilled: Derivation): string {
    const filled = fillOutputPaths(unfilled, this.context)
    const { path } = derivationPath('/nix/store', filled)
    this.byPath.set(path, filled)
    return path
  }

  get(path: string): Derivation {
    return this.byPath.get(path)!
  }
}

const fixed = (name: string, changes: Partial<Derivation> = {}) =>
  derivation(name, {
    outputs: new Map([['out', { path: '', hashAlgorithm: 'sha256', hash: '00'.repeat(32) }]]),
    ...changes,
  })
const needing = (path: string, ...outputs: string[]) => ({
  inputDerivations: new Map([[path, new Set(outputs)]]),
})

describe('output paths', () => {
  it('do not depend on how a fixed input is obtained, derivation paths do', () => {
    const store = new Derivations()
    const [a, b] = ['http://a', 'http://b'].map((url) =>
      store.add(fixed('src', { environment: new Map([['url', url]]) })),
    ) as [string, string]
    expect(a).not.toBe(b)
    const ofA = store.add(derivation('user', needing(a, 'out')))
    const ofB = store.add(derivation('user', needing(b, 'out')))
    expect(ofA).not.toBe(ofB)
    expect(store.get(ofA).outputs).toEqual(store.get(ofB).outputs)
    const third = (path: string) =>
      store.get(store.add(derivation('third', needing(path, 'out')))).outputs
    expect(third(ofA)).toEqual(third(ofB))
  })

  it('differ by the name where nothing else does, also of what was finished before', () => {
    const context = {
      ...new Derivations().context,
      finished: new RecentTexts(1000) as FinishedDerivations,
    }
    const pathOf = (name: string) =>
      finishDerivation(
        derivation(name, { outputs: new Map([['out', { ...blank }]]), environment: new Map() }),
        context,
      ).derivation.outputs.get('out')!.path
    const [a, b] = [pathOf('a'), pathOf('b')]
    expect([a, b].map((path) => path.slice(-2))).toEqual(['-a', '-b'])
    expect([pathOf('a'), pathOf('b')]).toEqual([a, b])
  })

  it('merge inputs that count as the same derivation', () => {
    const store = new Derivations()
    const outputs = new Map([
      ['out', blank],
      ['dev', blank],
    ])
    const users = ['http://a', 'http://b'].map((url) => {
      const source = store.add(fixed('src', { environment: new Map([['url', url]]) }))
      return store.add(derivation('user', { ...needing(source, 'out'), outputs }))
    }) as [string, string]
    const both = derivation('both', {
      inputDerivations: new Map([
        [users[0], new Set(['out'])],
        [users[1], new Set(['dev'])],
      ]),
    })
    const one = derivation('both', needing(users[0], 'dev', 'out'))
    expect(store.get(store.add(both)).outputs).toEqual(store.get(store.add(one)).outputs)
  })

  it('are computed for chains deeper than the native stack', () => {
    const store = new Derivations()
    let path = store.add(derivation('link-0'))
    for (let i = 1; i < 30_000; i++) path = store.add(derivation(`link-${i}`, needing(path, 'out')))
    const fresh = hashModuloContext('/nix/store', store.context.readDerivation)
    verifyOutputPaths(store.get(path), fresh)
    expect(fresh.cache.size).toBe(29_999)
  })

  it('read each input once, however often it is needed', () => {
    const store = new Derivations()
    let level = [store.add(derivation('base'))]
    // Without a memo this would take 4^12 steps.
    for (let depth = 0; depth < 12; depth++) {
      const inputDerivations = new Map(level.map((path) => [path, new Set(['out'])]))
      level = [0, 1, 2, 3].map((i) =>
        store.add(derivation(`d-${depth}-${i}`, { inputDerivations })),
      )
    }
    let reads = 0
    const fresh = hashModuloContext('/nix/store', (path) => {
      reads++
      return store.get(path)
    })
    hashDerivationModulo(store.get(level[0]!), fresh)
    expect(reads).toBe(1 + 11 * 4)
  })

  it('are unknown while those of an input are', () => {
    const store = new Derivations()
    const floating: DerivationOutput = { path: '', hashAlgorithm: 'r:sha256', hash: '' }
    const input = store.add(derivation('floating', { outputs: new Map([['out', floating]]) }))
    expect(store.get(input).environment.get('out')).toBe(hashPlaceholder('out'))
    const user = store.get(store.add(derivation('user', needing(input, 'out'))))
    expect(derivationKind(user)).toBe('deferred')
    expect(user.environment.get('out')).toBe('')
    verifyOutputPaths(user, store.context)
  })

  it('cannot be those of a derivation that depends on itself or on a missing output', () => {
    const store = new Derivations()
    const path = '/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-a.drv'
    const output = { ...blank, path: '/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-a' }
    const self = derivation('a', { ...needing(path, 'out'), outputs: new Map([['out', output]]) })
    store.byPath.set(path, self)
    expect(() => hashDerivationModulo(self, store.context)).toThrow('depends on itself')
    const source = store.add(fixed('src'))
    expect(() => store.add(derivation('user', needing(source, 'dev')))).toThrow(
      `needs output 'dev' of '${source}'`,
    )
  })

  it.each([
    [new Map(), 'must have at least one output'],
    [new Map([['dev', fixed('').outputs.get('out')!]]), 'single fixed output must be named "out"'],
    [new Map([...fixed('').outputs, ['dev', blank]]), "can't mix derivation output types"],
    [
      new Map([...fixed('').outputs, ['dev', fixed('').outputs.get('out')!]]),
      'only one fixed output is allowed for now',
    ],
    [
      new Map([
        ['a', { path: '', hashAlgorithm: 'r:sha256', hash: '' }],
        ['b', { path: '', hashAlgorithm: 'sha1', hash: '' }],
      ]),
      'all floating outputs must use the same hash algorithm',
    ],
  ] as [Map<string, DerivationOutput>, string][])('must go together (%#)', (outputs, message) => {
    expect(() => new Derivations().add(derivation('a', { outputs }))).toThrow(message)
  })

  it('are refused, by name, where they are not what they should be', () => {
    const store = new Derivations()
    const forged = '/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-a'
    for (const [unfilled, missing] of [
      // Without the variable an input-addressed derivation is another, with another path.
      [derivation('a'), 'incorrect output'],
      [fixed('a'), 'is not present'],
    ] as const) {
      const right = store.get(store.add(unfilled))
      verifyOutputPaths(right, store.context)
      const { path } = right.outputs.get('out')!
      const wrong = copyDerivation(right)
      wrong.outputs.get('out')!.path = forged
      expect(() => verifyOutputPaths(wrong, store.context)).toThrow(
        `incorrect output '${forged}', should be '${path}'`,
      )
      const variable = copyDerivation(right)
      variable.environment.set('out', forged)
      expect(() => verifyOutputPaths(variable, store.context)).toThrow(
        `incorrect environment variable 'out', should be '${path}' but is actually '${forged}'`,
      )
      variable.environment.delete('out')
      expect(() => verifyOutputPaths(variable, store.context)).toThrow(missing)
    }
    const refused = (changes: Partial<Derivation>) => () =>
      verifyOutputPaths(derivation('a', changes), store.context)
    const source = '/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-src'
    expect(refused({ inputSources: new Set(['/etc/passwd']) })).toThrow('is not in the Nix store')
    expect(refused(needing(source, 'out'))).toThrow(`input '${source}' of 'a' is not a derivation`)
    expect(refused({ outputs: new Map([['a/b', blank]]) })).toThrow("illegal character '/'")
    const upperCase = { path: source, hashAlgorithm: 'sha256', hash: 'AA'.repeat(32) }
    expect(refused({ outputs: new Map([['out', upperCase]]) })).toThrow('is not in base-16')
    const changed = copyDerivation(store.get(store.add(derivation('a'))))
    changed.args.push('x')
    expect(() => verifyOutputPaths(changed, store.context)).toThrow('incorrect output')
  })
})

/** Shapes that need experimental features; the others are those of tests/drv-corpus. */
const experimental = `
  let
    d = name: attrs: derivation ({ inherit name; system = "x86_64-linux"; builder = "/b"; } // attrs);
    ca = d "ca" {
      __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
      outputs = [ "out" "dev" ];
    };
    flat = d "flat" { __contentAddressed = true; outputHashMode = "flat"; outputHashAlgo = "sha1"; };
    impure = d "impure" { __impure = true; };
    deferred = d "deferred" { inherit ca; inherit (ca) dev; outputs = [ "x" "y" ]; };
    twice = d "twice" { inherit deferred; };
    fixed = d "fixed" { inherit impure; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; };
    normal = d "normal" { inherit fixed; };
  in { inherit ca flat impure deferred twice fixed normal; structured = d "s" { __structuredAttrs = true; a = [ 1 ca ]; }; }
`

describe.skipIf(nixVersion === null)(`derivations of ${nixVersion ?? withoutNix}`, () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-derivations-')))
  const env = storeEnvironment(directory)
  const storeDir = env['NIX_STORE_DIR']!
  const features = ['--option', 'experimental-features', 'ca-derivations impure-derivations']
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, {
      env,
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1e8,
    })
  const written = new Map<string, string>()
  const read = (path: string) =>
    parseDerivation(written.get(path)!, parseStorePath(storeDir, path).name.slice(0, -4))

  beforeAll(() => {
    run('nix-instantiate', join(import.meta.dirname, '../../tests/drv-corpus/default.nix'))
    run('nix-instantiate', ...features, '-E', experimental)
    for (const name of readdirSync(storeDir).filter((name) => name.endsWith('.drv'))) {
      const path = join(storeDir, name)
      // Text files may have such names, too.
      const text = readFileSync(path, 'latin1')
      if (text.startsWith('Derive(')) written.set(path, text)
    }
  })
  afterAll(() => {
    execFileSync('chmod', ['-R', 'u+w', directory])
    rmSync(directory, { recursive: true })
  })

  it('are of many shapes', () => {
    expect(written.size).toBeGreaterThan(60)
    const kinds = new Set([...written.keys()].map((path) => derivationKind(read(path))))
    expect(kinds).toEqual(new Set(['input-addressed', 'fixed', 'floating', 'impure', 'deferred']))
  })

  it('are written byte for byte as they were read, to the same path', () => {
    for (const [path, text] of written) {
      const parsed = read(path)
      expect(formatDerivation(parsed), path).toBe(text)
      expect(derivationPath(storeDir, parsed)).toEqual({ path, contents: text })
    }
  })

  it('get the same output paths', () => {
    const context = hashModuloContext(storeDir, read)
    for (const path of written.keys()) {
      const expected = read(path)
      verifyOutputPaths(expected, context)
      const stripped = copyDerivation(expected)
      for (const [name, output] of stripped.outputs) {
        if (outputKind(output) !== 'floating') output.path = ''
        stripped.environment.delete(name)
      }
      expect(fillOutputPaths(stripped, context), basename(path)).toEqual(expected)
    }
  })

  it('are finished alike, also where that was done before', () => {
    const finished: FinishedDerivations = new RecentTexts(10_000_000)
    const finishAll = () => {
      // Of each evaluation: what an input counts as is not there before it is finished or read.
      const context = { ...hashModuloContext(storeDir, read), finished }
      for (const path of written.keys()) {
        const expected = read(path)
        const stripped = copyDerivation(expected)
        for (const [name, output] of stripped.outputs) {
          if (outputKind(output) !== 'floating') output.path = ''
          stripped.environment.delete(name)
        }
        const { derivation, file } = finishDerivation(stripped, context)
        expect(derivation).toEqual(expected)
        expect(file.path).toBe(path)
        expect(context.cache.get(path) ?? null).toEqual(hashDerivationModulo(expected, context))
      }
    }
    const known = vi.spyOn(finished, 'set')
    finishAll()
    const made = known.mock.calls.length
    expect(made).toBeGreaterThan(5)
    finishAll()
    expect(known.mock.calls.length).toBe(made)
  })

  it('use the same placeholders for outputs of others', () => {
    const find = (suffix: string) => [...written.keys()].find((path) => path.endsWith(suffix))!
    const { hashPart } = parseStorePath(storeDir, find('-ca.drv'))
    const { environment } = read(find('-deferred.drv'))
    expect(environment.get('ca')).toBe(downstreamPlaceholder(hashPart, 'ca', 'out'))
    expect(environment.get('dev')).toBe(downstreamPlaceholder(hashPart, 'ca', 'dev'))
  })

  it('are shown as the same JSON', () => {
    const paths = [...written.keys()]
    const commands = [
      '--extra-experimental-features',
      'nix-command ca-derivations impure-derivations',
    ]
    const shown = Buffer.from(run('nix', ...commands, 'show-derivation', ...paths), 'latin1')
    const expected = JSON.parse(shown.toString('utf8')) as Record<string, unknown>
    for (const path of paths) expect(derivationToShowJson(read(path)), path).toEqual(expected[path])
    expect(utf8ToByteString(Object.keys(expected).join())).toContain(paths[0])
  })
})
