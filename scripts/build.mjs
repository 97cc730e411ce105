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
import { buildBackend } from './build-backend.mjs'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { cacheDir, packageScript, pinnedNode, root } from './repository.mjs'
import { fail, run, step } from './steps.mjs'

const starterFolder = join(root, 'web', 'dist', 'channels')

/** What every product is made of; a product is made again when any of its sources has changed. */
const common = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'shared', 'worker']

const bundles = ['backend', 'web'].map((name) => ({
  name,
  sources: [...common, name, ...(name === 'web' ? ['tutorials'] : ['scripts/build-backend.mjs'])],
  result: join(root, name, 'dist'),
  make: name === 'backend' ? buildBackend : () => bundle(name),
}))

/** The starter collection as a channel that the page brings along, so that it needs no backend. */
const starter = {
  name: 'starter',
  sources: [...common, 'backend', 'pkgs', 'scripts/documentation.mjs'],
  result: join(starterFolder, 'starter-documentation.json'),
  make: packStarter,
}

/** Never part of a bundle. */
const ignored = /^(node_modules|dist|\..*|.*\.test\.tsx?)$/

/** Makes those products whose sources have changed since they were made. Gives the closing word. */
export async function build(say) {
  // Taken before: what is edited while a product is made must be made again.
  const digestOf = sourceDigests()
  const isStale = ({ name, sources, result }) =>
    !existsSync(result) || readStamp(name) !== digestOf(sources)
  const make = async ({ name, sources, make }) => {
    rmSync(stampFile(name), { force: true })
    await make()
    mkdirSync(join(cacheDir, 'build'), { recursive: true })
    writeFileSync(stampFile(name), digestOf(sources))
  }

  const stale = bundles.filter(isStale)
  if (stale.length > 0) say(`building ${stale.map(({ name }) => name).join(', ')}`)
  // All are waited for: none goes on behind the message of another's failure.
  const builds = await Promise.allSettled(stale.map(make))
  for (const result of builds) if (result.status === 'rejected') throw result.reason
  // The web bundle is made in an empty folder: the collection goes into it afterwards.
  if (isStale(starter)) {
    await make(starter)
    stale.push(starter)
  }
  if (stale.length === 0) return 'up to date'
  return `built ${stale.map(({ name }) => name).join(', ')}`
}

async function bundle(name) {
  await run(pinnedNode(), [packageScript('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, name),
    advice: `The ${name} bundle could not be built. If you have not changed the sources, remove node_modules and try again.`,
  })
}

async function packStarter() {
  const pack = join(starterFolder, 'starter.pack')
  const index = join(starterFolder, 'shipped.json')
  mkdirSync(starterFolder, { recursive: true })
  await run(
    pinnedNode(),
    [
      join(root, 'backend', 'dist', 'snowglobe-pack.js'),
      ...[join(root, 'pkgs'), '--name', starter.name, '--output', pack],
      ...['--index', index],
    ],
    { advice: 'The starter collection in pkgs/ could not be packed.' },
  )
  writeFileSync(`${pack}.br`, brotliCompressSync(readFileSync(pack)))
  const [{ storePath }] = JSON.parse(readFileSync(index, 'utf8')).channels
  const script = join(root, 'scripts', 'documentation.mjs')
  await run(pinnedNode(), [script, storePath, starter.result], {
    advice: 'The documentation of the collection in pkgs/ could not be read.',
  })
  writeFileSync(`${starter.result}.br`, brotliCompressSync(readFileSync(starter.result)))
  // The server looks for files anew when the page itself is newer.
  const page = join(root, 'web', 'dist', 'index.html')
  utimesSync(page, new Date(), new Date())
}

function stampFile(name) {
  return join(cacheDir, 'build', `${name}.stamp`)
}

function readStamp(name) {
  return existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : null
}

/** A function that gives the digest of several sources, and reads none of them twice. */
function sourceDigests() {
  const known = new Map()
  const digestOf = (source) => {
    if (!known.has(source)) known.set(source, hashFiles(filesOf(source)))
    return known.get(source)
  }
  return (sources) => createHash('sha256').update(sources.map(digestOf).join('\n')).digest('hex')
}

function hashFiles(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
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
