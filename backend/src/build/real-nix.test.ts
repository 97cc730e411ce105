/** Builds the same expressions with Debian's Nix and here, and compares. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { busyboxSeedExpression, busyboxSeedName } from '@snowglobe/shared/busybox-seed'
import { importStream, WatchedBuild } from '../testing/build-client'
import { removeTree } from '../store/remove-tree'
import { seed } from '../testing/nix-expressions'
import { hasNix } from '../testing/real-nix'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'

const prelude = `let
  busybox = ${busyboxSeedExpression('x86_64-linux')};
  run = attributes: script: derivation ({
    system = "x86_64-linux";
    builder = "\${busybox}/bin/sh";
    args = [ "-c" script ];
    PATH = "\${busybox}/bin";
  } // attributes);
in
`

/**
 * Prints a builder's environment. Left out are what the shell counts, and the places of the attribute
 * files: Nix 2.8 names them as they are outside the sandbox, where the builder cannot find them.
 */
const environment = 'env | sort | grep -v -e ^SHLVL -e ^NIX_ATTRS'

const cases: Record<string, string> = {
  'two steps': `
    let first = run { name = "first"; } "echo one; seq 1000 > $out";
    in run { name = "second"; inherit first; } ''
      mkdir -p $out/bin
      cp $first $out/copy
      ln -s $first $out/link
      echo "#!/bin/sh" > $out/bin/tool
      chmod +x $out/bin/tool
      echo $out > $out/self
    ''`,
  'several outputs': `
    run { name = "multiple"; outputs = [ "out" "dev" "doc" ]; } ''
      mkdir $out $dev; echo $dev > $out/dev; echo doc > $doc
    ''`,
  'a text and a source': `
    run { name = "inputs"; text = builtins.toFile "text" "a text"; } "cat $text > $out"`,
  'a fixed output with another hash': `
    run {
      name = "fixed";
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = "sha256-TTbxMjGlNiKhFzRlGQdlvdykzfGLeq1Tb2dvyUBKBVE=";
    } "echo > $out"`,
  'its environment': `
    run { name = "environment"; a = 1; b = [ "x" "y" ]; c = true; HOME = "/mine"; }
      "${environment} > $out"`,
  'the environment of a fixed output': `
    run {
      name = "checked";
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = builtins.hashString "sha256" "1\\n";
    } "echo $NIX_OUTPUT_CHECKED > $out"`,
  'attributes as files': `
    run { name = "as-files"; passAsFile = [ "a" "b" ]; a = "text a"; b = "text b\\n"; } ''
      { ${environment}; cat $aPath $bPath; ls -la /build | awk '{print $1, $5, $9}' | grep attr; } > $out
    ''`,
  'a placeholder': `
    run { name = "placeholder"; p = builtins.placeholder "out"; } "echo $p > $p"`,
  'structured attributes': `
    derivation {
      name = "structured";
      system = "x86_64-linux";
      builder = "\${busybox}/bin/sh";
      __structuredAttrs = true;
      outputs = [ "out" "dev" ];
      args = [ "-c" ''
        PATH=\${busybox}/bin
        out=$(sed -n 's/.*"out":"\\([^"]*\\)".*/\\1/p' .attrs.json)
        dev=$(sed -n 's/.*"outputs":{"dev":"\\([^"]*\\)".*/\\1/p' .attrs.json)
        mkdir $out
        cp .attrs.json $out/json
        cp .attrs.sh $out/sh
        ${environment} > $out/env
        echo > $dev
      '' ];
      string = "it's \\"quoted\\" \\n é";
      int = 42;
      list = [ 1 "two" true null ];
      nested = { a = [ { } ]; "b c" = 1; };
      flat = { x = "y"; "a b" = 2; };
      empty = [ ];
      yes = true;
      no = false;
      nothing = null;
      "not-a-name" = 1;
    }`,
  // Left out: bubblewrap makes /dev/core and Nix gives /dev/kvm where there is one. (A
  // builder must not close its standard output and error: Nix 2.8 then kills it.)
  'what is in the sandbox': `
    run { name = "inside"; } ''
      {
      id; umask; pwd; hostname; cat /etc/passwd /etc/group /etc/hosts
      ls -a /build /etc /dev /bin /tmp | grep -vx -e '[.]*' -e core -e kvm
      ls /nix/store
      ls -ld / /build /tmp /dev/shm | awk '{print $1, $9}'
      readlink /proc/self/fd/0
      ulimit -c
      grep -E 'NoNewPrivs|Seccomp:|CapEff' /proc/self/status
      } > $out 2>&1
    ''`,
}

describe.skipIf(!hasNix || !hasSandbox)("builds compared with real Nix's", () => {
  const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-nix-'))
  const nixStore = join(scratch, 'store')
  let server: TestServer

  const nix = (command: string, ...args: string[]) =>
    execFileSync(command, ['--store', nixStore, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    })

  beforeAll(async () => {
    server = await startServer()
    // Nix gets the seed from us, under the name that the same bytes make there.
    const source = join(scratch, busyboxSeedName)
    cpSync(join(server.dataDirectory, seed.path), source, {
      recursive: true,
      verbatimSymlinks: true,
    })
    expect(nix('nix-store', '--add-fixed', '--recursive', 'sha256', source).trim()).toBe(seed.path)
  })
  afterAll(async () => {
    await server.close()
    await removeTree(scratch)
  })

  const buildWithNix = (expression: string) => {
    const file = join(scratch, 'default.nix')
    writeFileSync(file, prelude + expression)
    const drvPath = nix('nix-instantiate', file).trim()
    const options = [
      ...['--option', 'sandbox', 'true', '--option', 'sandbox-paths', '/bin/sh=/bin/busybox'],
      ...['--option', 'substituters', '', '--option', 'build-users-group', ''],
      ...['--option', 'cores', '2'],
    ]
    try {
      nix('nix-store', '-r', drvPath, ...options)
      return { drvPath, built: true }
    } catch {
      return { drvPath, built: false }
    }
  }

  const buildHere = async (drvPath: string) => {
    const requisites = nix('nix-store', '-q', '--requisites', drvPath).trim().split('\n')
    const paths = requisites.filter((path) => path !== seed.path)
    const stream = execFileSync('nix-store', ['--store', nixStore, '--export', ...paths], {
      maxBuffer: 2 ** 28,
    })
    const { status, error } = await importStream(server.url, stream)
    expect(error).toBeUndefined()
    expect(status).toBe(200)
    const { outputs: all } = parseDerivation(readFileSync(nixStore + drvPath, 'latin1'), 'any')
    const outputs = [...all.keys()]
    return new WatchedBuild(server.url, [{ path: drvPath, outputs }]).end()
  }

  it.each(Object.entries(cases))('%s', async (_, expression) => {
    const { drvPath, built } = buildWithNix(expression)
    const { outputs, failure } = await buildHere(drvPath)
    expect(failure === null).toBe(built)
    if (!built) return
    for (const { path, narHash, narSize, references } of outputs ?? []) {
      const query = (what: string) => nix('nix-store', '-q', what, path).trim()
      // First, because a difference in text says more than one in hashes.
      expect(readTree(server.dataDirectory + path)).toBe(readTree(nixStore + path))
      expect(narHash).toBe(query('--hash'))
      expect(narSize).toBe(Number(query('--size')))
      expect(references).toEqual(query('--references').split('\n').filter(Boolean).sort())
    }
  })
})

/** All files at a path as one text, to show a difference by. */
function readTree(path: string): string {
  return execFileSync('sh', ['-c', 'find "$1" -type f | sort | xargs -r cat', '-', path], {
    encoding: 'utf8',
  })
}
