import { describe, expect, it } from 'vitest'
import { featuresOf, type EvaluationSettings } from '../evaluator/evaluation-settings'
import { Evaluator } from '../evaluator/evaluator'
import { narHashOfTree } from '../evaluator/fetch-tree'
import { evaluateCase } from '../evaluator/testing/evaluate-cases'
import { FetchingHost, treeOf, type Tree } from '../evaluator/testing/fetching-host'

const rev = (digit: string) => digit.repeat(40)

/** A host with flakes in directories. */
function hostWith(flakes: Record<string, Tree>): FetchingHost {
  const host = new FetchingHost()
  for (const [path, files] of Object.entries(flakes)) {
    host.offered.set(`path ${path}`, { files, lastModified: 10 })
  }
  return host
}

function give(
  host: FetchingHost,
  expression: string,
  settings: Partial<EvaluationSettings> = {},
  nativeLimit?: number,
): string {
  const all = { experimentalFeatures: featuresOf(['flakes']), flakeRegistry: '', ...settings }
  const options = { settings: all, ...(nativeLimit === undefined ? {} : { nativeLimit }) }
  return evaluateCase(new Evaluator(host, options), expression, '/test')
}

const simple = { 'flake.nix': '{ outputs = { self }: { value = 1; inherit self; }; }' }

describe.each([undefined, 0])('getFlake, with a native limit of %s', (limit) => {
  const valueOf = (flakes: Record<string, Tree>, expression: string, settings = {}) =>
    give(hostWith(flakes), expression, settings, limit)

  it('gives the outputs, and what is known of the source', () => {
    const expression = `
      let f = builtins.getFlake "path:/a"; in
      [ f.value f._type f.lastModified f.lastModifiedDate (f.self.outPath == f.outPath)
        (f.sourceInfo.outPath == f.outPath) (f.outputs.value) (f.narHash == f.sourceInfo.narHash)
        (builtins.pathExists (f + "/flake.nix")) (f ? rev) ]`
    expect(valueOf({ '/a': simple }, expression)).toBe(
      '[ 1 "flake" 10 "19700101000010" true true 1 true true false ]',
    )
  })

  it('calls the outputs with the inputs, by what they are and by short names', () => {
    const flakes = {
      '/a': {
        'flake.nix': `{
          description = "a";
          inputs.b.url = "path:/b";
          inputs.plain = { url = "path:/c"; flake = false; };
          outputs = { self, b, plain }: { sum = b.value + 1; text = builtins.readFile "\${plain}/x"; };
        }`,
      },
      '/b': simple,
      '/c': { x: 'text' },
    }
    const f = '(builtins.getFlake "path:/a")'
    expect(valueOf(flakes, `[ ${f}.sum ${f}.text (builtins.attrNames ${f}.inputs) ]`)).toBe(
      '[ 2 "text" [ "b" "plain" ] ]',
    )
  })

  it('lets inputs be those of others', () => {
    const flakes = {
      '/a': {
        'flake.nix': `{
          inputs.b = { url = "path:/b"; inputs.c.follows = "c"; };
          inputs.c.url = "path:/other";
          inputs.d.follows = "b/c";
          outputs = { b, c, d, ... }: { values = [ b.of c.value d.value ]; };
        }`,
      },
      '/b': {
        'flake.nix': '{ inputs.c.url = "path:/c"; outputs = { c, ... }: { of = c.value; }; }',
      },
      '/c': { 'flake.nix': '{ outputs = _: { value = "c"; }; }' },
      '/other': { 'flake.nix': '{ outputs = _: { value = "other"; }; }' },
    }
    expect(valueOf(flakes, '(builtins.getFlake "path:/a").values')).toBe(
      '[ "other" "other" "other" ]',
    )
  })

  it('finds flakes in directories of a tree, also relative ones', () => {
    const flakes = {
      '/a': {
        sub: {
          'flake.nix':
            '{ inputs.near.url = "path:../near"; outputs = { near, ... }: { value = near.value + 1; }; }',
        },
        near: { 'flake.nix': '{ outputs = { self }: { value = 41; where = self.outPath; }; }' },
      },
    }
    const f = '(builtins.getFlake "path:/a?dir=sub")'
    expect(valueOf(flakes, `${f}.value`)).toBe('42')
    expect(
      valueOf(flakes, `builtins.match "/nix/store/[^/]*/near" ${f}.inputs.near.where != null`),
    ).toBe('true')
  })

  it('takes what the lock file says, and fetches it when it is needed', () => {
    const files = { 'flake.nix': '{ outputs = _: { value = "locked"; }; }' }
    const locked = {
      type: 'github',
      owner: 'o',
      repo: 'r',
      rev: rev('1'),
      narHash: narHashOfTree(treeOf(files)),
      lastModified: 5,
    }
    const lock = {
      nodes: {
        r: { locked, original: { type: 'github', owner: 'o', repo: 'r' } },
        root: { inputs: { r: 'r' } },
      },
      root: 'root',
      version: 7,
    }
    const archive = `tarball https://github.com/o/r/archive/${rev('1')}.tar.gz`
    const flakes = {
      '/a': {
        'flake.nix':
          '{ inputs.r.url = "github:o/r"; outputs = { r, ... }: { own = 1; inherit (r) value rev; }; }',
        'flake.lock': JSON.stringify(lock),
      },
    }
    const host = hostWith(flakes)
    expect(give(host, '(builtins.getFlake "path:/a").own', {}, limit)).toBe('1')
    expect(host.asked).toHaveLength(1)
    host.offered.set(archive, {
      files,
      lastModified: 5,
    })
    expect(give(host, '[ (builtins.getFlake "path:/a") ] == 1', {}, limit)).toBe('false')
    const value = 'let f = builtins.getFlake "path:/a"; in [ f.value f.inputs.r.rev ]'
    expect(give(host, value, {}, limit)).toBe(`[ "locked" "${rev('1')}" ]`)
    expect(host.messages).toEqual([])

    const other = hostWith(flakes)
    other.offered.set(archive, {
      files: { 'flake.nix': '{ outputs = _: { value = "changed"; }; }' },
      lastModified: 5,
    })
    expect(give(other, value, {}, limit)).toMatch(/^error: mismatch in field 'narHash' of input/)
  })

  it.each<[string, Tree, string]>([
    ['that have none', { x: '' }, "error: path '.*/flake.nix' does not exist"],
    [
      'whose file is no set',
      { 'flake.nix': '1' },
      "error: file '.*/flake.nix' must be an attribute set",
    ],
    ['without outputs', { 'flake.nix': '{ }' }, "error: flake 'path:/a' lacks attribute 'outputs'"],
    [
      'whose outputs are computed',
      { 'flake.nix': '{ outputs = let f = x: x; in f; }' },
      'error: expected a function but got a thunk at .*/flake.nix:1:3',
    ],
    [
      'whose description is computed',
      { 'flake.nix': '{ description = "a" + "b"; outputs = _: { }; }' },
      'error: expected a string but got a thunk at .*/flake.nix:1:3',
    ],
    [
      'with other attributes',
      { 'flake.nix': '{ outputs = _: { }; x = 1; }' },
      "error: flake 'path:/a' has an unsupported attribute 'x', at .*/flake.nix:1:21",
    ],
    [
      'with inputs that make no sense',
      { 'flake.nix': '{ inputs.a.x = 1; outputs = _: { }; }' },
      "error: unexpected flake input attribute 'x', at .*/flake.nix:1:3",
    ],
    [
      'with an input that is two things',
      { 'flake.nix': '{ inputs.a = { url = "path:/b"; follows = "c"; }; outputs = _: { }; }' },
      'error: flake input has both a flake reference and a follows attribute, at .*',
    ],
    [
      'that need what nobody knows',
      { 'flake.nix': '{ outputs = { self, unknown }: { }; }' },
      "error: cannot find flake 'flake:unknown' in the flake registries",
    ],
    [
      'that are their own inputs',
      { 'flake.nix': '{ inputs.a.url = "path:/a"; outputs = _: { }; }' },
      "error: found circular import of flake 'path:/a'",
    ],
  ])('refuses flakes %s', (_, files, message) => {
    expect(valueOf({ '/a': files }, '(builtins.getFlake "path:/a").x')).toMatch(
      new RegExp(`^${message}$`),
    )
  })

  it('takes only locked references in pure evaluation', () => {
    expect(valueOf({ '/a': simple }, 'builtins.getFlake "path:/a"', { pureEval: true })).toMatch(
      /^error: cannot call 'getFlake' on unlocked flake reference 'path:\/a', at .* \(use --impure to override\)$/,
    )
    const narHash = encodeURIComponent(narHashOfTree(treeOf(simple)))
    const locked = `(builtins.getFlake "path:/a?narHash=${narHash}").value`
    expect(valueOf({ '/a': simple }, locked, { pureEval: true })).toBe('1')
  })

  it('looks short names up in registries', () => {
    const host = hostWith({ '/b': simple })
    const registry = {
      version: 2,
      flakes: [
        { from: { type: 'indirect', id: 'b' }, to: { type: 'path', path: '/b' } },
        { from: { type: 'indirect', id: 'c' }, to: { type: 'indirect', id: 'b' } },
        { from: { type: 'indirect', id: 'd' }, to: { type: 'indirect', id: 'd' } },
      ],
    }
    host.offered.set('file http://r/registry.json', { files: JSON.stringify(registry) })
    const settings = { flakeRegistry: 'http://r/registry.json' }
    expect(give(host, '(builtins.getFlake "c").value', settings, limit)).toBe('1')
    expect(give(host, '(builtins.getFlake "d").value', settings, limit)).toBe(
      "error: cycle detected in flake registry for 'flake:d'",
    )
  })
})
