/**
 * Compares the language with Nix's own tests and with real Nix:
 * `npm run conformance -- [--nix-source DIR] [--nixpkgs DIR [--sample N]] [--lib DIR] [--fuzz N [--seed N]]`.
 * See docs/how-to/run-conformance.md.
 */
import { join } from 'node:path'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { Advice, cacheDir, packageScript, pinnedNode, root } from './repository.mjs'
import { fail, run, runHere, step } from './steps.mjs'

const outDir = join(cacheDir, 'conformance-build')

async function main() {
  const args = process.argv.slice(2)
  if (!['--nix-source', '--nixpkgs', '--lib', '--fuzz'].some((option) => args.includes(option))) {
    throw new Advice(
      'Nothing to compare with.',
      'Give --nix-source DIR (a checkout of NixOS/nix), --nixpkgs DIR, --lib DIR or --fuzz N; see docs/how-to/run-conformance.md.',
    )
  }
  checkBootstrapNode()
  await step('Dependencies', installDependencies)
  await step('Build', async () => {
    const vite = packageScript('vite', 'bin/vite.js')
    await run(pinnedNode(), [vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
      cwd: join(root, 'tests/conformance'),
    })
    return 'built'
  })
  const program = join(outDir, 'main.js')
  const results = join(cacheDir, 'conformance')
  process.exitCode = await runHere(
    pinnedNode(),
    [program, '--root', root, '--results-directory', results, ...args],
    { cwd: process.cwd() },
  )
}

try {
  await main()
} catch (error) {
  fail(error)
}
