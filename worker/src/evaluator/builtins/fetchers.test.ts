import { describe, expect, it } from 'vitest'
import { featuresOf, type EvaluationSettings } from '../evaluation-settings'
import { Evaluator } from '../evaluator'
import { evaluateCase } from '../testing/evaluate-cases'
import { FetchingHost } from '../testing/fetching-host'

const rev = '0123456789abcdef0123456789abcdef01234567'
const flakes = { experimentalFeatures: featuresOf(['flakes']) }
const fetchTree = { experimentalFeatures: featuresOf(['fetch-tree']) }

function makeHost(): FetchingHost {
  const host = new FetchingHost()
  const files = { 'default.nix': '{ a = 1; }', x: 'text' }
  host.offered.set('file http://a/file.txt', { files: 'hello' })
  host.offered.set('file http://a/a b', { files: 'hello' })
  host.offered.set('tarball http://a/tree.tar.gz', { files, lastModified: 1_600_000_000 })
  host.offered.set('tarball http://a/moving.tar.gz', {
    files,
    lastModified: 5,
    immutableUrl: `http://a/fixed.tar.gz?rev=${rev}`,
  })
  host.offered.set('tarball https://channels.nixos.org/c/nixexprs.tar.xz', { files })
  host.offered.set(`tarball https://github.com/o/r/archive/${rev}.tar.gz`, {
    files,
    lastModified: 6,
  })
  host.offered.set('file https://api.github.com/repos/o/r/commits/HEAD', {
    files: JSON.stringify({ sha: rev }),
  })
  host.offered.set('git file:///repo', { files, rev, revCount: 3, lastModified: 7, ref: 'main' })
  host.offered.set('git file:///shallow', { files, rev, lastModified: 7, ref: 'main' })
  const shown = (text: string) => ({ files: text })
  host.offered.set(
    'file https://gitlab.com/api/v4/projects/o%2Fr/repository/commits?ref_name=HEAD',
    shown(JSON.stringify([{ id: rev }])),
  )
  host.offered.set(
    'file https://gitlab.com/api/v4/projects/o%2Fr/repository/commits?ref_name=none',
    shown('[]'),
  )
  host.offered.set(
    'file https://gitlab.com/api/v4/projects/o%2Fr/repository/commits?ref_name=odd',
    shown('{"message": "404"}'),
  )
  host.offered.set(
    `tarball https://gitlab.com/api/v4/projects/o%2Fr/repository/archive.tar.gz?sha=${rev}`,
    { files },
  )
  host.offered.set('file https://git.sr.ht/~o/r/HEAD', shown('ref: refs/heads/trunk\n'))
  host.offered.set(
    'file https://git.sr.ht/~o/r/info/refs',
    shown(`${'1'.repeat(40)}\trefs/heads/a\n${rev}\trefs/heads/trunk\n${rev}\trefs/tags/v1\n`),
  )
  host.offered.set(`tarball https://git.sr.ht/~o/r/archive/${rev}.tar.gz`, { files })
  const odd = { 'default.nix': 'x: x' }
  host.offered.set('git file:///odd', { files: odd, rev, revCount: 1, ref: 'main' })
  host.offered.set('tarball http://a/odd.tar.gz', { files: odd })
  host.offered.set('mercurial file:///odd', { files: odd, rev })
  host.offered.set('git file:///dirty', { files, lastModified: 8, dirtyRev: rev })
  host.offered.set('mercurial file:///hg', { files, rev, revCount: 4, ref: 'default' })
  host.offered.set('path /p', { files, lastModified: 9 })
  return host
}

function give(
  expression: string,
  settings: Partial<EvaluationSettings> = {},
  host = makeHost(),
  nativeLimit?: number,
): string {
  const options = nativeLimit === undefined ? { settings } : { settings, nativeLimit }
  return evaluateCase(new Evaluator(host, options), expression, '/test')
}

// Hashes and paths are those that real Nix gives the same contents.
const filePath = '/nix/store/faxj0zij9i2gyh6x6xzd1k8vq46i7g06-file.txt'
const helloHash = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const treePath = '/nix/store/487006dap4icdik62fwslvb2216ch29x-source'

describe.each([undefined, 0])('fetchers, with a native limit of %s', (limit) => {
  it.each<[string, string, Partial<EvaluationSettings>?]>([
    ['builtins.fetchurl "http://a/file.txt"', `"${filePath}"`],
    ['builtins.readFile (builtins.fetchurl "http://a/file.txt")', '"hello"'],
    [`builtins.fetchurl { url = "http://a/file.txt"; sha256 = "${helloHash}"; }`, `"${filePath}"`],
    [
      `builtins.fetchurl { url = "http://a/file.txt"; sha256 = "${helloHash}"; }`,
      `"${filePath}"`,
      { pureEval: true },
    ],
    [
      `builtins.fetchurl { url = "http://a/file.txt"; sha256 = "${'0'.repeat(64)}"; }`,
      "error: hash mismatch in file downloaded from 'http://a/file.txt':\\n  specified: sha256:0000000000000000000000000000000000000000000000000000\\n  got:       sha256:094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic",
    ],
    [
      'builtins.fetchurl "http://a/file.txt"',
      "error: in pure evaluation mode, 'fetchurl' requires a 'sha256' argument",
      { pureEval: true },
    ],
    [
      'builtins.fetchurl "http://a/file.txt"',
      "error: access to URI 'http://a/file.txt' is forbidden in restricted mode",
      { restrictEval: true },
    ],
    [
      'builtins.fetchurl "http://a/file.txt"',
      `"${filePath}"`,
      { restrictEval: true, allowedUris: ['http://a'] },
    ],
    ['builtins.fetchurl { }', "error: 'url' argument required"],
    [
      'builtins.fetchurl { url = "http://a/file.txt"; x = 1; }',
      "error: unsupported argument 'x' to 'fetchurl'",
    ],
    [
      'builtins.fetchurl "http://a/a b"',
      "error: invalid store path name when fetching URL 'http://a/a b': name 'a b' contains illegal character ' '. Please pass an attribute set with 'url' and 'name' attributes to 'fetchurl',  so that it can create a valid store path.",
    ],
    [
      'builtins.fetchurl { url = "http://a/a b"; name = "?!"; }',
      "error: invalid store path name when fetching URL 'http://a/a b': name '?!' contains illegal character '!'. Please change the value for the 'name' attribute passed to 'fetchurl', so that it can create a valid store path.",
    ],
    ['builtins.fetchurl "http://a/none"', "error: unable to download 'http://a/none': not found"],
    ['builtins.hasContext (builtins.fetchurl "http://a/file.txt")', 'true'],
    ['fetchTarball "http://a/tree.tar.gz"', `"${treePath}"`],
    ['(import (fetchTarball "http://a/tree.tar.gz")).a', '1'],
    ['(import (fetchTarball "channel:c")).a', '1'],
    [
      'fetchTarball { url = "http://a/tree.tar.gz"; sha256 = "0000000000000000000000000000000000000000000000000000"; }',
      "error: NAR hash mismatch in input 'http://a/tree.tar.gz?narHash=sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D', expected 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' but got 'sha256-bXEwhVMYOit4H1wshkMkVnoop8+HxuvK91MrO/p5B30='",
    ],
    [
      'removeAttrs (fetchGit "/repo") [ "outPath" "narHash" ]',
      `{ lastModified = 7; lastModifiedDate = "19700101000007"; rev = "${rev}"; revCount = 3; shortRev = "0123456"; submodules = false; }`,
    ],
    [
      'removeAttrs (fetchGit /dirty) [ "outPath" "narHash" ]',
      `{ dirtyRev = "${rev}-dirty"; dirtyShortRev = "0123456-dirty"; lastModified = 8; lastModifiedDate = "19700101000008"; rev = "${'0'.repeat(40)}"; revCount = 0; shortRev = "0000000"; submodules = false; }`,
    ],
    ['"${fetchGit { url = /repo; }}"', `"${treePath}"`],
    [`(fetchGit { url = "file:///repo"; rev = "${rev}"; name = "n"; }).shortRev`, '"0123456"'],
    [
      `fetchGit { url = "file:///repo"; rev = "${'1'.repeat(40)}"; }`,
      `error: 'rev' attribute mismatch in input 'git+file:///repo?exportIgnore=1&ref=main&rev=${rev}', expected ${'1'.repeat(40)}`,
    ],
    ['fetchGit { url = "file:///repo"; type = "git"; }', "error: unexpected argument 'type'"],
    ['fetchGit { url = "file:///repo"; ref = ".."; }', "error: invalid Git branch/tag name '..'"],
    [
      'fetchGit { url = "file:///repo"; x = { }; }',
      "error: argument 'x' to 'fetchGit' is a set while a string, Boolean or integer is expected",
    ],
    [
      'fetchGit { url = "file:///repo"; revCount = -1; }',
      "error: negative value given for 'fetchGit' argument 'revCount': -1",
    ],
    [
      'fetchGit "/repo"',
      "error: in pure evaluation mode, 'fetchGit' doesn't fetch unlocked input 'git+file:///repo?exportIgnore=1'",
      { pureEval: true },
    ],
    [
      'fetchGit "/repo"',
      "error: access to URI 'git+file:///repo?exportIgnore=1' is forbidden in restricted mode",
      { restrictEval: true },
    ],
    ['(fetchGit { url = "file:///repo?dir=x"; }).shortRev', '"0123456"'],
    ['(fetchGit "/shallow").shortRev', '"0123456"'],
    ['fetchGit "/shallow" ? revCount', 'true'],
    [
      '(fetchGit "/shallow").revCount',
      "error: '/shallow' is a shallow Git repository, so 'revCount' is not available",
    ],
    ['(fetchGit { url = "/shallow"; shallow = true; }).revCount', '0'],
    ['(fetchGit { url = "/shallow"; revCount = 5; }).revCount', '5'],
    ['(fetchGit { url = "/repo"; rev = "sha1-ASNFZ4mrze8BI0VniavN7wEjRWc="; }).rev', `"${rev}"`],
    ['(fetchGit { url = "/repo"; __final = false; }).shortRev', '"0123456"'],
    [
      'fetchGit { url = "/repo"; __final = true; }',
      "error: input 'git+file:///repo?exportIgnore=1' is not allowed to use the '__final' attribute",
    ],
    ['fetchGit "repo"', "error: 'repo' doesn't have a scheme"],
    [
      'removeAttrs (fetchMercurial "/hg") [ "outPath" ]',
      `{ branch = "default"; rev = "${rev}"; revCount = 4; shortRev = "0123456789ab"; }`,
    ],
    ['builtins ? fetchTree', 'false'],
    ['builtins ? fetchTree', 'true', fetchTree],
    [
      'removeAttrs (fetchTree { type = "tarball"; url = "http://a/tree.tar.gz"; }) [ "narHash" ]',
      `{ lastModified = 1600000000; lastModifiedDate = "20200913122640"; outPath = "${treePath}"; }`,
      fetchTree,
    ],
    [
      '(fetchTree { type = "tarball"; url = "http://a/moving.tar.gz"; }).rev',
      `"${rev}"`,
      fetchTree,
    ],
    ['(fetchTree { type = "file"; url = "http://a/file.txt"; }) ? rev', 'false', fetchTree],
    [
      'fetchTree { url = "http://a/file.txt"; }',
      "error: argument 'type' is missing in call to 'fetchTree'",
      fetchTree,
    ],
    [
      'fetchTree { type = "file"; url = "http://a"; name = "x"; }',
      "error: argument 'name' isn\u00e2\u0080\u0099t supported in call to 'fetchTree'",
      fetchTree,
    ],
    [
      'fetchTree "github:o/r"',
      "error: passing a string argument to 'fetchTree' requires the 'flakes' experimental feature",
      fetchTree,
    ],
    [
      'fetchTree { type = "path"; path = "/p"; }',
      "error: experimental Nix feature 'flakes' is disabled; add '--extra-experimental-features flakes' to enable it",
      fetchTree,
    ],
    [
      'fetchTree { type = "git"; url = "file:///repo"; x = "y"; }',
      "error: input attribute 'x' not supported by scheme 'git'",
      fetchTree,
    ],
    [
      'removeAttrs (fetchTree { type = "git"; url = "file:///repo"; }) [ "outPath" "narHash" ]',
      `{ lastModified = 7; lastModifiedDate = "19700101000007"; rev = "${rev}"; shortRev = "0123456"; submodules = false; }`,
      fetchTree,
    ],
    [
      'removeAttrs (fetchTree "github:o/r") [ "outPath" "narHash" ]',
      `{ lastModified = 6; lastModifiedDate = "19700101000006"; rev = "${rev}"; shortRev = "0123456"; }`,
      flakes,
    ],
    [
      `(fetchTree { type = "github"; owner = "o"; repo = "r"; rev = "${rev}"; }).lastModified`,
      '6',
      { ...flakes, pureEval: true },
    ],
    [
      'fetchTree "github:o/r"',
      "error: in pure evaluation mode, 'fetchTree' doesn't fetch unlocked input 'github:o/r'",
      { ...flakes, pureEval: true },
    ],
    ['(fetchTree "gitlab:o/r").rev', `"${rev}"`, flakes],
    [
      'fetchTree "gitlab:o/r/none"',
      'error: No commits returned by GitLab API -- does the git ref really exist?',
      flakes,
    ],
    [
      'fetchTree "gitlab:o/r/odd"',
      'error: Unexpected response received from GitLab: {"message":"404"}',
      flakes,
    ],
    ['(fetchTree "sourcehut:~o/r").rev', `"${rev}"`, flakes],
    ['(fetchTree "sourcehut:~o/r/v1").rev', `"${rev}"`, flakes],
    ['fetchTree "sourcehut:~o/r/b"', "error: in 'sourcehut:~o/r/b', couldn't find ref 'b'", flakes],
    [
      `(fetchTree { type = "github"; owner = "o"; repo = "r"; rev = "${rev}"; }).lastModified`,
      `error: in pure evaluation mode, 'fetchTree' doesn't fetch unlocked input 'github:o/r/${rev}'`,
      { ...flakes, pureEval: true, trustTarballsFromGitForges: false },
    ],
    [
      'fetchTree { type = "cvs"; }',
      `error: cannot show unsupported input '{"type":"cvs"}'`,
      fetchTree,
    ],
    ['(fetchTree "path:/p").lastModified', '9', flakes],
    [
      'map (name: (fetchTree "path:${builtins.toFile name ""}").lastModified) [ "x" "source" ]',
      '[ 1 0 ]',
      flakes,
    ],
    ['(fetchTree "path:/p?lastModified=2").lastModified', '2', flakes],
    [
      'fetchTree "flake:nixpkgs"',
      "error: cannot find flake 'flake:nixpkgs' in the flake registries",
      { ...flakes, flakeRegistry: '' },
    ],
  ])('%s', (expression, expected, settings = {}) => {
    expect(give(expression, settings, makeHost(), limit)).toBe(expected)
  })

  it('take what is not locked but has a NAR hash in pure evaluation too, and warn of it', () => {
    const host = makeHost()
    const { narHash } = JSON.parse(
      give('builtins.toJSON { inherit (fetchGit "/repo") narHash; }', {}, host)
        .slice(1, -1)
        .replaceAll('\\', ''),
    ) as { narHash: string }
    const expression = `(fetchGit { url = "/repo"; narHash = "${narHash}"; }).rev`
    expect(give(expression, { pureEval: true }, host, limit)).toBe(`"${rev}"`)
    expect(host.messages).toEqual([
      "warning: Input 'git+file:///repo?exportIgnore=1' is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. This is not reproducible and will break after garbage collection or when shared.",
    ])
  })

  it.each([
    [
      'fetchGit "/odd"',
      `\u00c2\u00abgit+file:///odd?exportIgnore=1&ref=main&rev=${rev}\u00c2\u00bb/default.nix`,
    ],
    [
      'fetchTarball "http://a/odd.tar.gz"',
      '\u00c2\u00abhttp://a/odd.tar.gz\u00c2\u00bb/default.nix',
    ],
    ['fetchMercurial "/odd"', '/nix/store/80cnlks2ajy80m453155hf6iwmh9mrwd-source/default.nix'],
  ])('are in messages what they are copies of: %s', (expression, shown) => {
    expect(give(`"\${import (${expression})}"`, {}, makeHost(), limit)).toBe(
      `error: cannot coerce a function to a string: \u00c2\u00ablambda @ ${shown}:1:1\u00c2\u00bb`,
    )
  })

  it('warn of an address that is relative to a home directory', () => {
    const host = makeHost()
    host.offered.set('git ssh://git@h/a', { files: {}, rev })
    expect(give('(fetchGit "git@h:a").rev + (fetchGit { url = "git@h:/a"; }).rev', {}, host)).toBe(
      `"${rev}${rev}"`,
    )
    expect(host.messages.map((message) => message.split('\n')[0])).toEqual([
      expect.stringContaining("warning: SCP-style URL 'git@h:a' has a relative path") as string,
    ])
  })

  it('show servers of repositories the tokens for them, and ask GitHub where those are looked at', () => {
    const host = makeHost()
    host.offered.set(`tarball https://api.github.com/repos/o/r/tarball/${rev}`, { files: {} })
    const accessTokens = new Map([['github.com/o', 'secret']])
    expect(give('(fetchTree "github:o/r").rev', { ...flakes, accessTokens }, host)).toBe(`"${rev}"`)
    const headers = { authorization: 'token secret' }
    expect(host.asked).toEqual([
      { kind: 'file', url: 'https://api.github.com/repos/o/r/commits/HEAD', headers },
      { kind: 'tarball', url: `https://api.github.com/repos/o/r/tarball/${rev}`, headers },
    ])
    give('fetchTree "gitlab:o/r"', { ...flakes, accessTokens }, host)
    expect(host.asked.slice(2).some((request) => 'headers' in request)).toBe(false)
  })

  it('ask for a thing once, and not for what is in the store', () => {
    const host = makeHost()
    const url = '"http://a/file.txt"'
    give(`builtins.fetchurl ${url} + builtins.fetchurl { url = ${url}; name = "b"; }`, {}, host)
    expect(host.asked).toHaveLength(1)
    const again = makeHost()
    const hash = `sha256 = "${helloHash}";`
    give(
      `builtins.seq (builtins.fetchurl ${url}) (builtins.fetchurl { url = "http://b/file.txt"; ${hash} })`,
      {},
      again,
    )
    expect(again.asked).toHaveLength(1)
  })
})

describe('entries of the search path', () => {
  const find = (path: string, settings: Partial<EvaluationSettings> = {}) => {
    const host = makeHost()
    host.nixPath.push({ prefix: 'n', path })
    const evaluator = new Evaluator(host, { settings })
    return { value: evaluateCase(evaluator, '(import <n>).a', '/test'), host }
  }

  it.each<[string, Partial<EvaluationSettings>?]>([
    ['http://a/tree.tar.gz'],
    ['channel:c'],
    ['flake:path:/p', flakes],
  ])('may be elsewhere: %s', (path, settings = {}) => {
    expect(find(path, settings).value).toBe('1')
  })

  it('that cannot be got are warned of and passed over', () => {
    const { value, host } = find('http://a/none.tar.gz')
    expect(value).toMatch(/^error: file 'n' was not found in the Nix search path/)
    expect(host.messages).toEqual([
      "warning: Nix search path entry 'http://a/none.tar.gz' cannot be downloaded, ignoring",
    ])
  })
})

describe('builtins', () => {
  it.each<[string[], string[]]>([
    [[], []],
    [['flakes'], ['fetchTree', 'flakeRefToString', 'getFlake', 'parseFlakeRef']],
    [['fetch-tree'], ['fetchTree']],
    [['dynamic-derivations'], ['outputOf']],
    [['fetch-closure'], ['fetchClosure']],
  ])('are there as experimental features say: %j', (features, more) => {
    const names = (enabled: string[]) => {
      const settings = { experimentalFeatures: featuresOf(enabled) }
      return new Set(new Evaluator(new FetchingHost(), { settings }).builtins.names)
    }
    const usual = names([])
    // Nix 2.36: 103 functions and 11 constants, `builtins` among them.
    expect(usual.size).toBe(114)
    expect([...names(features)].filter((name) => !usual.has(name))).toEqual(more)
  })
})
