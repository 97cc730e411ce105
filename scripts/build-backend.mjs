/** Builds the server and the commands, and has V8 compile the commands beforehand. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageScript, pinnedNode, root } from './repository.mjs'
import { run } from './steps.mjs'

const backend = join(root, 'backend')

/** Builds backend/dist. */
export async function buildBackend() {
  await bundle('vite.config.ts')
  await bundle('vite.commands.config.ts')
  await keepCode()
}

async function bundle(config) {
  const vite = packageScript('vite', 'bin/vite.js')
  await run(pinnedNode(), [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: backend,
    advice:
      'The backend could not be built. If you have not changed the sources, remove node_modules and try again.',
  })
}

/** What any builder is started for. Where there is no sandbox it fails, and that does no harm. */
const aBuild = `derivation {
  name = "code"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo > $out" ];
}`

/**
 * Runs each command once, so that its compiled code is kept (backend/src/compiled). They do what many
 * commands do, with the collection in pkgs/ and a store that is removed afterwards. A command that
 * failed here would start more slowly than it could, and no more than that.
 */
async function keepCode() {
  const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-commands-'))
  try {
    const packages = join(root, 'pkgs')
    // No cache is asked: a build needs no network, and must not wait for one that does not answer.
    const alone = ['--option', 'substituters', '']
    const store = ['--option', 'store', join(scratch, 'store'), ...alone]
    const runs = [
      // For the cache of syntax trees: what follows finds some trees in it, and parses others.
      ['nix-instantiate', packages, '-A', 'hello', '--readonly-mode'],
      ['nix-instantiate', packages, '-A', 'hello', '-A', 'jq', '-A', 'git', ...store],
      ['nix-build', packages, '-A', 'hello', '--dry-run', ...store],
      ['nix-build', '--no-out-link', '-E', aBuild, ...store],
      ['nix-env', '-f', packages, '-qa', '--json', ...store],
      ['nix-store', '--gc', '--print-live', ...store],
      ['nix-collect-garbage', '--dry-run', ...store],
      ['nix', 'path-info', '--all', '--closure-size', ...store],
    ]
    for (const [command, ...args] of runs) await keepCodeOf(command, args, scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Started as commands are, for V8 uses no code that was compiled with other flags. */
function keepCodeOf(command, args, home) {
  const start = 'self=$1; shift; . "$BACKEND/launch.sh"'
  const child = spawn(
    'sh',
    ['-c', start, 'sh', join(backend, 'bin', 'keep-code'), command, ...args],
    {
      env: { PATH: process.env.PATH, HOME: home, BACKEND: backend },
      stdio: 'ignore',
    },
  )
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}
