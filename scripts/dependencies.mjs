import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Advice, root } from './repository.mjs'
import { run } from './steps.mjs'

const oldestNode = 20

/** Throws unless the Node that runs the scripts is new enough to bootstrap with. */
export function checkBootstrapNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return
  throw new Advice(
    `This is Node ${process.version}; Snowglobe needs Node ${oldestNode} or newer to set itself up.`,
    'Install a newer Node (it then brings the one it runs on by itself).',
  )
}

/**
 * Installs the packages of pnpm-lock.yaml if node_modules does not hold them yet: a stamp in
 * node_modules tells which lockfile it was filled from.
 */
export async function installDependencies(say) {
  const stampFile = join(root, 'node_modules', '.snowglobe-lock')
  const stamp = lockHash()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 'up to date'
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say('installing packages')
  await run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    // Without CI pnpm would ask before it replaces a node_modules that something else has made.
    env: { ...process.env, CI: 'true' },
    advice:
      'Packages come from the npm registry that npm is set up for: check that it can be reached.',
  })
  writeFileSync(stampFile, stamp)
  return 'installed'
}

function lockHash() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    hash.update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}
