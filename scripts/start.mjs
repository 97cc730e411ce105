/**
 * `npm start`: installs what is missing, builds what has changed, starts the backend and says where.
 * `npm start -- --nixpkgs [NAME=]DIR|TARBALL|URL` offers a package collection to tabs (may be repeated).
 *
 * Environment: PORT (8080), HOST (127.0.0.1), SNOWGLOBE_DATA (.data in the repository),
 * SNOWGLOBE_NIXPKGS (what --nixpkgs says, several parted by colons or line breaks).
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { Advice, cacheDir, pinnedNode, root } from './repository.mjs'
import { bold, dim, fail, green, step, yellow } from './steps.mjs'
import { builderPackages, installSystemPackages } from './system-packages.mjs'

/** How long the backend may take until it answers. The first start makes keys and seeds. */
const startMilliseconds = 60_000

async function main() {
  const host = process.env.HOST || '127.0.0.1'
  const port = portOf(process.env.PORT || '8080')
  const nixpkgs = nixpkgsOf(process.argv.slice(2))
  checkBootstrapNode()
  await checkPortIsFree(host, port)
  await step('Dependencies', installDependencies)
  await step('System packages', systemPackages)
  await step('Build', build)

  const backend = startBackend(host, port, nixpkgs)
  const address = `http://${urlHost(host)}:${port}`
  let health
  await step('Backend', async () => {
    health = await healthOf(address, backend)
    const { available, launcher } = health.sandbox
    return `version ${health.version}, ${available ? `builds in ${launcher}` : 'no builds'}`
  })
  backend.stdout.pipe(process.stdout)
  console.log(`\n${bold('Snowglobe')} is at ${bold(green(address))}`)
  if (!health.sandbox.available)
    console.log(yellow(`Builds are switched off: ${health.sandbox.reason}`))
  console.log(dim('Ctrl+C stops it.'))
}

function portOf(text) {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new Advice(`PORT is ${JSON.stringify(text)}.`, 'It must be a whole number from 1 to 65535.')
}

/** The channels asked for, as the backend takes them; paths are relative to where npm was called. */
function nixpkgsOf(args) {
  let given
  try {
    given = parseArgs({ args, options: { nixpkgs: { type: 'string', multiple: true } } })
  } catch (error) {
    throw new Advice(
      error.message,
      'npm start takes one option: -- --nixpkgs [NAME=]DIR|TARBALL|URL',
    )
  }
  const entries = (given.values.nixpkgs ?? []).map((entry) => {
    const [, name, path] = /^([^/=]+=)?(.*)$/s.exec(entry)
    if (/^(https?:\/\/|channel:)/.test(path)) return entry
    const absolute = resolve(process.env.INIT_CWD || process.cwd(), path)
    if (!existsSync(absolute)) {
      throw new Advice(
        `There is no ${absolute}.`,
        '--nixpkgs takes a directory or a tarball with a default.nix at its top.',
      )
    }
    if (absolute.includes(delimiter)) {
      throw new Advice(`${absolute} has a colon in it.`, 'Give a path without one.')
    }
    return (name ?? '') + absolute
  })
  return [...entries, process.env.SNOWGLOBE_NIXPKGS || ''].filter(Boolean).join('\n')
}

/** A port in use is told before minutes are spent on installing. */
function checkPortIsFree(host, port) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE') {
        const advice = `Choose another one: PORT=${port + 1} npm start`
        reject(new Advice(`Port ${port} of ${host} is in use.`, advice))
      } else {
        const advice = 'HOST and PORT must be an address of this machine that you may listen on.'
        reject(new Advice(`Cannot listen on ${host}:${port} (${error.code}).`, advice))
      }
    })
    probe.listen(port, host, () => probe.close(resolve))
  })
}

/** Without the packages of the builder everything but building works, so their lack stops nothing. */
async function systemPackages(say) {
  try {
    return await installSystemPackages(builderPackages, say)
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    return `${error.message} ${error.advice} Until then builds are switched off.`
  }
}

function startBackend(host, port, nixpkgs) {
  const backend = spawn(pinnedNode(), [join(root, 'backend', 'dist', 'main.js')], {
    cwd: root,
    // What it says while it starts, the steps tell.
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      HOST: host,
      PORT: String(port),
      SNOWGLOBE_NIXPKGS: nixpkgs,
      SNOWGLOBE_DATA: process.env.SNOWGLOBE_DATA || join(root, '.data'),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheDir, 'compile'),
    },
  })
  backend.stdout.resume()
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => backend.kill(signal))
  process.on('SIGINT', () => {
    // A terminal sends Ctrl+C to the backend too.
    if (!process.stdin.isTTY) backend.kill('SIGINT')
  })
  backend.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
  return backend
}

async function healthOf(address, backend) {
  const deadline = performance.now() + startMilliseconds
  while (performance.now() < deadline) {
    const response = await fetch(`${address}/api/health`).catch(() => null)
    if (response?.ok) return response.json()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  backend.kill('SIGKILL')
  throw new Advice(
    `The backend does not answer at ${address} after ${startMilliseconds / 1000} s.`,
    'Its own messages, if any, stand above.',
  )
}

/** The name to reach an address by: 0.0.0.0 and :: stand for every one of the machine's. */
function urlHost(host) {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

try {
  await main()
} catch (error) {
  fail(error)
}
