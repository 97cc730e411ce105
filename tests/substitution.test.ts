/** Commands take paths from a cache that real Nix wrote, or do without it, where real Nix does. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSettings, nixVersion, removeStores, withoutNix } from './real-nix'

const commands = join(import.meta.dirname, '../backend/bin')
const root = mkdtempSync(join(tmpdir(), 'snowglobe-substitution-'))
const cache = join(root, 'cache')
const file = join(root, 'default.nix')
const environment = { ...process.env, HOME: root, NIX_CONF_DIR: root }
const settings = buildSettings()

const expression = `
  let
    make = name: inputs: derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [ "-c" "echo \${toString inputs} > $out" ];
    };
    one = make "one" [ ];
  in
  make "three" [ one (make "two" [ one ]) ]
`

interface Result {
  status: number | null
  output: string
  copied: string[]
  built: string[]
}

let stores = 0

/** Runs a command with an empty store of its own. */
function run(command: string, ...args: string[]): Result {
  const store = join(root, `store-${++stores}`)
  const { status, stdout, stderr } = spawnSync(command, ['--store', store, ...settings, ...args], {
    env: environment,
    encoding: 'utf8',
  })
  /** Each once: real Nix tries again what it could not copy when somebody else wants it. */
  const named = (pattern: RegExp) =>
    [...new Set([...stderr.matchAll(pattern)].map((match) => match[1]!))].sort()
  return {
    status,
    output: stdout.trim(),
    copied: named(/^copying path ('[^']*' from '[^']*')/gm),
    built: named(/^building '([^']*)'/gm),
  }
}

describe.skipIf(nixVersion === null)(
  nixVersion === null ? withoutNix : `with a cache of ${nixVersion}`,
  () => {
    let publicKey: string
    let path: string

    beforeAll(() => {
      writeFileSync(file, expression)
      const secret = join(root, 'secret')
      const options = { env: environment, encoding: 'utf8', stdio: 'pipe' } as const
      const keys = [secret, join(root, 'public')]
      execFileSync('nix-store', ['--generate-binary-cache-key', 'test-1', ...keys], options)
      publicKey = readFileSync(join(root, 'public'), 'utf8').trim()
      const store = ['--store', join(root, 'origin')]
      const alone = ['--option', 'substituters', '', '--no-out-link', file]
      path = execFileSync('nix-build', [...store, ...settings, ...alone], options).trim()
      const copy = ['--extra-experimental-features', 'nix-command', 'copy', '--from', store[1]!]
      const to = `file://${cache}?secret-key=${secret}&compression=zstd`
      execFileSync('nix', [...copy, '--to', to, path], options)
    })
    afterAll(() => removeStores(root))

    const both = (command: string, ...args: string[]) => {
      const options = ['--option', 'substituters', `file://${cache}`, ...args]
      const ours = run(join(commands, command), ...options)
      expect(ours).toEqual(run(command, ...options))
      return ours
    }
    const trusting = () => ['--option', 'trusted-public-keys', publicKey]

    it('nix-build takes what a trusted key has signed', () => {
      const { status, copied, built } = both('nix-build', '--no-out-link', file, ...trusting())
      expect([status, copied.length, built.length]).toEqual([0, 3, 0])
    })

    it('nix-store --realise does, too', () => {
      const { output, copied } = both('nix-store', '--realise', path, ...trusting())
      expect([output, copied.length]).toEqual([path, 3])
    })

    it.each([
      ['another key signed it', () => []],
      ['substitution is off', () => [...trusting(), '--option', 'substitute', 'false']],
      ['there is no cache', () => [...trusting(), '--option', 'substituters', '']],
    ])('nix-build builds where %s', (_why, args) => {
      const { status, copied, built } = both('nix-build', '--no-out-link', file, ...args())
      expect([status, copied.length, built.length]).toEqual([0, 0, 3])
    })

    it('nix-store --realise fails where another key signed it', () => {
      expect(both('nix-store', '--realise', path).status).toBe(1)
    })

    it('nix-build takes it unsigned where signatures are not required', () => {
      const args = ['--option', 'require-sigs', 'false']
      expect(both('nix-build', '--no-out-link', file, ...args).copied).toHaveLength(3)
    })

    it('nix-build fails where NARs are cut short, and builds with --fallback', () => {
      for (const name of readdirSync(join(cache, 'nar'))) truncateSync(join(cache, 'nar', name), 40)
      expect(both('nix-build', '--no-out-link', file, ...trusting()).status).toBe(1)
      const args = ['--no-out-link', file, '--fallback', ...trusting()]
      expect(both('nix-build', ...args).built).toHaveLength(3)
    })
  },
)
