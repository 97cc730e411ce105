/** fetchClosure against a binary cache that real Nix has written. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttpServer, type TestHttpServer } from '../backend/src/testing/http-server'
import {
  buildSettings,
  canCompareBuilds,
  nixVersion,
  removeStores,
  storeEnvironment,
  withoutBuilds,
} from './real-nix'

const ours = join(import.meta.dirname, '../backend/bin/nix-instantiate')
const settings = buildSettings({
  substituters: '',
  'experimental-features': 'nix-command fetch-closure',
})

describe.skipIf(!canCompareBuilds)(
  `fetchClosure (${canCompareBuilds ? nixVersion : withoutBuilds})`,
  () => {
    // The stores' directories have to be one for paths to be the same.
    let root: string
    let server: TestHttpServer
    let url: string
    /** One refers to the other and to itself; and what real Nix makes of it. */
    let built: string
    let rewritten: string
    let source: string

    const real = (state: string, command: string, ...args: string[]) =>
      execFileSync(command, [...args, ...settings], {
        encoding: 'utf8',
        stdio: 'pipe',
        env: environment(state),
      }).trim()

    function environment(state: string): NodeJS.ProcessEnv {
      const variables = storeEnvironment(join(root, 'same'))
      return state === 'real'
        ? { ...variables, NIX_PATH: '' }
        : { PATH: process.env.PATH, HOME: join(root, 'home'), NIX_PATH: '' }
    }

    beforeAll(async () => {
      root = realpathSync(mkdtempSync('/var/tmp/snowglobe-closure-'))
      const expression = `
      let
        make = name: script: derivation {
          inherit name;
          system = builtins.currentSystem;
          builder = "/bin/sh";
          args = [ "-c" script ];
        };
        inner = make "inner" "echo inner > $out";
      in
      make "outer" "echo \${inner} $out > $out"
    `
      const store = ['--store', join(root, 'real')]
      built = real('chroot', 'nix-build', ...store, '--no-out-link', '-E', expression)
      const json = real(
        'chroot',
        'nix',
        'store',
        'make-content-addressed',
        '--json',
        ...store,
        built,
      )
      rewritten = Object.values(
        (JSON.parse(json) as { rewrites: Record<string, string> }).rewrites,
      ).find((path) => path.endsWith('-outer'))!
      source = real(
        'chroot',
        'nix-instantiate',
        ...[...store, '--eval', '--read-write-mode', '-E', 'builtins.toFile "x" "y"'],
      ).slice(1, -1)
      const cache = `file://${join(root, 'cache')}`
      real('chroot', 'nix', 'copy', ...store, '--to', cache, built, source)
      server = await startHttpServer((request, response) => {
        const file = join(root, 'cache', normalize(request.url ?? '/'))
        if (existsSync(file)) response.end(readFileSync(file))
        else response.writeHead(404).end()
      })
      url = server.url.slice(0, -1)
    }, 60_000)

    afterAll(async () => {
      await server.close()
      removeStores(root)
    })

    /** What our command prints, or its error. */
    function evaluate(attributes: string, ...more: string[]): Promise<string> {
      const expression = `builtins.fetchClosure { fromStore = "${url}"; ${attributes} }`
      const args = [
        '--store',
        join(root, 'ours'),
        '--eval',
        '--read-write-mode',
        ...settings,
        ...more,
      ]
      return new Promise((resolve) => {
        execFile(
          ours,
          [...args, '--expr', expression],
          { timeout: 60_000, env: environment('ours') },
          (_, output, errors) => resolve(output === '' ? errors : output.trim()),
        )
      })
    }

    it('gets what is named for its contents', async () => {
      expect(await evaluate(`fromPath = ${source};`)).toBe(`"${source}"`)
    })

    it('makes a copy that is, with the path that real Nix gives it', async () => {
      expect(await evaluate(`fromPath = ${built}; toPath = "";`)).toContain(
        `rewriting '${built}' to content-addressed form yielded '${rewritten}'`,
      )
      expect(await evaluate(`fromPath = ${built}; toPath = ${rewritten};`)).toBe(`"${rewritten}"`)
      const wrong = `${rewritten.slice(0, -'outer'.length)}other`
      expect(await evaluate(`fromPath = ${built}; toPath = ${wrong};`)).toContain(
        `yielded '${rewritten}', while '${wrong}' was expected`,
      )
    })

    it('gets other paths only where that is said, and they are signed', async () => {
      const trusting = ['--option', 'require-sigs', 'false']
      expect(await evaluate(`fromPath = ${built};`, ...trusting)).toContain(
        `The 'fromPath' value '${built}' is input-addressed, but 'inputAddressed' is set to 'false'`,
      )
      const asIs = `fromPath = ${built}; inputAddressed = true;`
      expect(await evaluate(asIs, ...trusting)).toBe(`"${built}"`)
      expect(await evaluate(`fromPath = ${source}; inputAddressed = true;`)).toContain(
        `is not input-addressed, but 'inputAddressed' is set to 'true'`,
      )
    })

    it('tells what the cache does not have', async () => {
      const missing = `${built.slice(0, -'outer'.length)}missing`
      expect(await evaluate(`fromPath = ${missing};`)).toContain(
        `path '${missing}' is not valid in binary cache '${url}'`,
      )
    })
  },
)
