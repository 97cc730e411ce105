/** Commands build what evaluation reads, and go on with it, as real Nix does. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  buildSettings,
  busybox,
  nixVersion,
  removeStores,
  storeEnvironment,
  withoutNix,
} from './real-nix'

const ours = join(import.meta.dirname, '../backend/bin/nix-instantiate')
const canBuild = existsSync(busybox)

// Sandboxes have a /tmp of their own.
const root = realpathSync(mkdtempSync('/var/tmp/snowglobe-ifd-'))
afterAll(() => removeStores(root))

const settings = buildSettings({ substituters: '' })

const prelude = `
  let
    make = name: script: derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [ "-c" script ];
    };
    inner = make "inner" "echo text > $out";
    one = make "one" "echo '{ a = 1; }' > $out";
    path = make "path" "echo \${inner} > $out";
    two = make "two" "echo '{ b = \${toString (import one).a} + 1; }' > $out";
  in
`

function run(command: string, store: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, [...settings, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...storeEnvironment(join(root, store)), NIX_PATH: '' },
  })
  return { status, output: stdout.trim(), errors: stderr }
}

describe.skipIf(!canBuild)(
  `import from derivation (${canBuild ? 'builds' : `no ${busybox}`})`,
  () => {
    const expressions = [
      '(import one).a',
      '(import two).b',
      'builtins.readFile inner',
      'builtins.length (builtins.attrNames (builtins.getContext (builtins.readFile path)))',
      '[ (builtins.pathExists inner) (builtins.pathExists "${inner}/x") ]',
      'builtins.hashFile "md5" inner',
      'builtins.readFile (builtins.path { name = "copy"; path = "${inner}"; })',
      'builtins.trace "once" (import one)',
    ]

    it.skipIf(nixVersion === null)(`agrees with real Nix (${nixVersion ?? withoutNix})`, () => {
      const args = expressions.flatMap((expression) => prelude + expression)
      const evaluate = ['--eval', '--strict', '--read-write-mode', '--expr', ...args]
      const found = run(ours, 'ours', ...evaluate)
      expect(found.errors.match(/^trace: once$/gm)).toHaveLength(1)
      expect(found).toMatchObject({
        status: 0,
        output: run('nix-instantiate', 'real', ...evaluate).output,
      })
    })

    it('gives derivations that depend on what was read', () => {
      const file = join(root, 'default.nix')
      writeFileSync(file, `${prelude} make "three-\${toString (import two).b}" "true"`)
      const found = run(ours, 'ours', file)
      expect(found).toMatchObject({ status: 0 })
      expect(found.output).toMatch(/^\/.*\/store\/[0-9a-z]{32}-three-2\.drv$/)
    })

    it('says why there is nothing to read', () => {
      const failing = `${prelude} import (make "bad" "echo oops; exit 3")`
      const failed = run(ours, 'ours', '--eval', '--read-write-mode', '--expr', failing)
      expect(failed.status).not.toBe(0)
      expect(failed.errors).toMatch(/error: builder for '.*-bad\.drv' failed with exit code 3/)

      const reading = ['--eval', '--expr', `${prelude} import one`]
      const refused = run(ours, 'empty', '--no-allow-import-from-derivation', ...reading)
      expect(refused.errors).toMatch(
        /cannot build '.*-one\.drv\^out' during evaluation because the option 'allow-import-from-derivation' is disabled/,
      )
      expect(run(ours, 'empty', ...reading).errors).toMatch(/path '.*-one\.drv' is not valid/)
    })
  },
)
