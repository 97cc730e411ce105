/**
 * Builds against real Nix in the same run, both in a sandbox and on tmpfs where there is one; and what
 * a long log with many watchers costs the backend.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pinnedNode, root } from '../scripts/repository.mjs'
import { freePort } from '../scripts/free-port.mjs'
import { median } from './statistics.mjs'

const ours = join(root, 'backend', 'bin', 'nix-build')
const nix = '/usr/bin/nix-build'
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const scratch = mkdtempSync(join(memory, 'snowglobe-builds-'))

export function close() {
  spawnSync('chmod', ['-R', 'u+w', scratch])
  rmSync(scratch, { recursive: true, force: true })
}

const settings = Object.entries({
  'build-users-group': '',
  sandbox: 'true',
  'sandbox-paths': '/bin/sh=/bin/busybox',
  substituters: '',
}).flatMap(([name, value]) => ['--option', name, value])

const make = `name: script: derivation {
  inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ];
}`

/** 200 derivations that do next to nothing, and one that needs them. */
const trivial = `let make = ${make}; in
  make "top" (toString (["echo > $out #"] ++
    builtins.genList (n: make "t\${toString n}" "echo \${toString n} > $out") 200))`

/** A derivation whose inputs are so many files and directories of the store. */
const withInputs = (count, marker) => `let make = ${make}; in
  make "inputs-${marker}" (toString (["echo > $out #"] ++
    builtins.genList (n: "\${builtins.toFile "f\${toString n}" "x"}") ${count}))`

let stores = 0

function secondsOf(command, what, store) {
  const args = ['--store', store, ...settings, '-j2', '--no-out-link', ...what]
  const env = { ...process.env, NIX_CONF_DIR: scratch }
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args, { env, cwd: scratch })
  if (status !== 0) throw new Error(`${command} failed: ${stderr.toString().slice(-1000)}`)
  return (performance.now() - start) / 1000
}

/** Both by turns, each in a store of its own: what disturbs one disturbs the other. */
function compare(measure, times = 3) {
  const ratios = []
  measure(ours)
  for (let i = 0; i < times; i++) {
    const theirs = measure(nix)
    ratios.push(measure(ours) / theirs)
  }
  return median(ratios)
}

const newStore = () => join(scratch, `store-${stores++}`)

/** What 500 inputs add to a build: derivations are there already, so that nothing is evaluated. */
function secondsForInputs(command) {
  const store = newStore()
  const secondsWith = (count, marker) => {
    const args = ['--store', store, '-E', withInputs(count, `${count}-${marker}`)]
    const { stdout } = spawnSync('nix-instantiate', args, { encoding: 'utf8' })
    return secondsOf(command, [stdout.trim()], store)
  }
  secondsWith(2, 'first')
  // A small difference of large times: many of each by turns, so that what else the machine does is in both.
  const few = []
  const many = []
  for (let i = 0; i < 31; i++) {
    few.push(secondsWith(1, i))
    many.push(secondsWith(500, i))
  }
  return Math.max(0.001, median(many) - median(few))
}

/** Runs something with a server, which may have so many of everything. */
async function withServer(most, use) {
  const data = join(scratch, 'data')
  mkdirSync(data, { recursive: true })
  const port = await freePort()
  const server = spawn(pinnedNode(), [join(root, 'backend/dist/main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      SNOWGLOBE_DATA: data,
      SNOWGLOBE_LIMIT_LOG_BYTES: String(2 ** 28),
      SNOWGLOBE_JOBS: String(most),
      SNOWGLOBE_LIMIT_VISITOR_BUILDS: String(most),
      SNOWGLOBE_LIMIT_VISITOR_SOCKETS: String(most),
      SNOWGLOBE_LIMIT_QUEUE_LENGTH: String(most),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let output = ''
    for await (const chunk of server.stdout)
      if ((output += chunk).includes('Snowglobe is at')) break
    server.stdout.resume()
    return await use(`http://127.0.0.1:${port}`, server.pid)
  } finally {
    server.kill()
    await once(server, 'exit')
    rmSync(data, { recursive: true, force: true })
  }
}

/** Mebibytes that a server grows by while so many watch a build that writes a million lines. */
const logMemory = (watchers, lines) =>
  withServer(watchers, async (url, pid) => {
    const expression = `(${make}) "long-log" "i=0; while [ $i -lt ${lines} ]; do echo line $i; i=$((i + 1)); done; echo > $out"`
    const [derivation] = await upload(url, expression)
    const before = residentMebibytes(pid)
    let most = before
    const poll = setInterval(() => (most = Math.max(most, residentMebibytes(pid))), 50)
    await Promise.all(Array.from({ length: watchers }, () => watch(url, derivation)))
    clearInterval(poll)
    return most - before
  })

/**
 * Milliseconds from when a line is written, of so many builds at a time, to when it has reached the
 * build's watcher: all but one in a thousand lines come sooner. Each line says when it was written.
 */
const logDelay = (builds) =>
  withServer(builds, async (url) => {
    const script = 'for i in $(seq 100); do echo at $EPOCHREALTIME; sleep 0.1; done; echo > $out'
    const expression = `builtins.genList (n: (${make}) "log-\${toString n}" ${JSON.stringify(script)}) ${builds}`
    const begun = new Set()
    const delays = []
    const hear = (build, data) => {
      const now = performance.timeOrigin + performance.now()
      begun.add(build)
      // While builds are being started there is other work.
      if (begun.size < builds) return
      const { text } = JSON.parse(data)
      for (const [, seconds] of text.matchAll(/at ([\d.]+)/g)) delays.push(now - seconds * 1000)
    }
    const derivations = await upload(url, expression)
    await Promise.all(derivations.map((one) => watch(url, one, (data) => hear(one, data))))
    delays.sort((a, b) => a - b)
    return delays[Math.floor(delays.length * 0.999)]
  })

/** Instantiates with real Nix and sends what is needed. */
async function upload(url, expression) {
  const store = newStore()
  const inStore = (command, ...args) => {
    const { stdout, status, stderr } = spawnSync(command, ['--store', store, ...args])
    if (status !== 0) throw new Error(stderr.toString())
    return stdout
  }
  const paths = inStore('nix-instantiate', '-E', expression).toString().trim().split('\n')
  const response = await fetch(`${url}/api/store/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: inStore('nix-store', '--export', ...paths),
  })
  if (!response.ok) throw new Error(await response.text())
  return paths.map((path) => ({ path, outputs: ['out'] }))
}

/** Watches a build until it is done. */
function watch(url, derivation, hearLog = () => {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/builds`)
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: 'build', id: 'b', derivations: [derivation] }))
    socket.onerror = () => reject(new Error('the connection failed'))
    socket.onmessage = ({ data }) => {
      // Most are log: to parse them would be to measure the watcher.
      if (data.includes('"type":"log"')) return hearLog(data)
      const { type, failure } = JSON.parse(data)
      if (type === 'failed') reject(new Error(failure.message))
      if (type === 'done') resolve(socket.close())
    }
  })
}

function residentMebibytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

writeFileSync(join(scratch, 'nix.conf'), '')

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  ...(existsSync(nix)
    ? [
        {
          name: '201 trivial builds, ours / Nix',
          target: 0.6,
          unit: '×',
          measure: async () =>
            compare((command) => secondsOf(command, ['-E', trivial], newStore())),
        },
        {
          name: '500 inputs of a build, ours / Nix',
          target: 1,
          unit: '×',
          measure: async () => compare(secondsForInputs),
        },
      ]
    : []),
  {
    name: 'nix-build of what is there already',
    target: 0.3,
    unit: 's',
    measure: async () => {
      const store = newStore()
      const what = ['-E', withInputs(1, 'there')]
      secondsOf(ours, what, store)
      return median(Array.from({ length: 9 }, () => secondsOf(ours, what, store)))
    },
  },
  {
    name: '100 watchers of a log of 1,000,000 lines',
    target: 200,
    unit: 'MiB',
    measure: () => logMemory(100, 1_000_000),
  },
  {
    name: 'a line of a log, in 50 builds, to its watcher',
    target: 50,
    unit: 'ms',
    measure: () => logDelay(50),
  },
]
