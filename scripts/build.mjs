/** Builds the page, the backend and the commands. Alone: `npm run build`. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { cacheDir, packageScript, pinnedNode, root } from './repository.mjs'
import { fail, run, step } from './steps.mjs'

/** Everything that a bundle is made of; a bundle is built again when any of it has changed. */
const common = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'shared', 'worker']
const bundles = [
  { name: 'backend', sources: [...common, 'backend'] },
  { name: 'web', sources: [...common, 'web', 'tutorials'] },
]

/** Never part of a bundle. */
const ignored = /^(node_modules|dist|\..*|.*\.test\.tsx?)$/

/** Builds those bundles whose sources have changed since they were built. Gives the closing word. */
export async function build(say) {
  const stale = bundles.filter(({ name, sources }) => {
    return !existsSync(join(root, name, 'dist')) || readStamp(name) !== hashSources(sources)
  })
  if (stale.length === 0 && !starterIsStale()) return 'up to date'
  if (stale.length === 0) {
    await packStarter()
    return 'packed the starter collection'
  }
  say(`building ${stale.map(({ name }) => name).join(', ')}`)
  // Both are waited for: none goes on behind the message of the other's failure.
  const builds = await Promise.allSettled(stale.map(buildBundle))
  for (const result of builds) if (result.status === 'rejected') throw result.reason
  await packStarter()
  return `built ${stale.map(({ name }) => name).join(', ')}`
}

async function buildBundle({ name, sources }) {
  // Taken before: what is edited while the build runs must be built again.
  const hash = hashSources(sources)
  rmSync(stampFile(name), { force: true })
  await run(pinnedNode(), [packageScript('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, name),
    advice: `The ${name} bundle could not be built. If you have not changed the sources, remove node_modules and try again.`,
  })
  mkdirSync(join(cacheDir, 'build'), { recursive: true })
  writeFileSync(stampFile(name), hash)
}

/** The starter collection as a channel that the page brings along, so that it needs no backend. */
const starter = { name: 'starter', sources: [...common, 'backend', 'pkgs'] }
const starterFolder = join(root, 'web', 'dist', 'channels')

function starterIsStale() {
  const isThere = existsSync(join(starterFolder, 'shipped.json'))
  return !isThere || readStamp(starter.name) !== hashSources(starter.sources)
}

async function packStarter() {
  const hash = hashSources(starter.sources)
  const pack = join(starterFolder, 'starter.pack')
  mkdirSync(starterFolder, { recursive: true })
  await run(
    pinnedNode(),
    [
      join(root, 'backend', 'dist', 'snowglobe-pack.js'),
      ...[join(root, 'pkgs'), '--name', starter.name, '--output', pack],
      ...['--index', join(starterFolder, 'shipped.json')],
    ],
    { advice: 'The starter collection in pkgs/ could not be packed.' },
  )
  writeFileSync(`${pack}.br`, brotliCompressSync(readFileSync(pack)))
  // The server looks for files anew when the page itself is newer.
  const page = join(root, 'web', 'dist', 'index.html')
  utimesSync(page, new Date(), new Date())
  writeFileSync(stampFile(starter.name), hash)
}

function stampFile(name) {
  return join(cacheDir, 'build', `${name}.stamp`)
}

function readStamp(name) {
  return existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : null
}

function hashSources(sources) {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of filesOf(source))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** The files at or below a path of the repository, sorted. */
function filesOf(path) {
  const entries = readDirectory(join(root, path))
  if (entries === null) return [path]
  return entries
    .filter((entry) => !ignored.test(entry))
    .sort()
    .flatMap((entry) => filesOf(`${path}/${entry}`))
}

function readDirectory(path) {
  try {
    return readdirSync(path)
  } catch (error) {
    if (error.code === 'ENOTDIR') return null
    throw error
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    checkBootstrapNode()
    await step('Dependencies', installDependencies)
    await step('Build', build)
  } catch (error) {
    fail(error)
  }
}
