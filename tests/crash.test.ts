/**
 * The backend is killed (SIGKILL) at random moments while it builds, takes uploads and collects garbage.
 * After each start everything is as it should be. SNOWGLOBE_CRASHES says how often, else it is 10 times.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  chmodSync,
} from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { importStream, WatchedBuild } from '../backend/src/testing/build-client'
import {
  exportStream,
  scriptDerivation,
  type TestDerivation,
} from '../backend/src/testing/nix-expressions'
import { hasSandbox } from '../backend/src/testing/test-server'
import { DiskStore } from '../backend/src/store/disk-store'
import { pinnedNode } from '../scripts/repository.mjs'

const crashes = Number(process.env.SNOWGLOBE_CRASHES ?? 10)
const token = 'crash-test-administration'
const root = resolve(import.meta.dirname, '..')
const data = mkdtempSync(join(tmpdir(), 'snowglobe-crash-'))
chmodSync(data, 0o755)
const mark = `crash-mark-${process.pid}`

interface Backend {
  url: string
  process: ChildProcess
  /** Ends when the process has gone. */
  gone: Promise<void>
}

const backends: Backend[] = []
afterAll(async () => {
  for (const backend of backends) await kill(backend)
  rmSync(data, { recursive: true, force: true })
})

async function start(): Promise<Backend> {
  const child = spawn(pinnedNode(), [join(root, 'backend/dist/main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      SNOWGLOBE_DATA: data,
      SNOWGLOBE_TOKENS: token,
      SNOWGLOBE_JOBS: '4',
      SNOWGLOBE_EMULATION: 'off',
      SNOWGLOBE_FETCH: 'off',
      SNOWGLOBE_LIMIT_UPLOADS: '16',
      SNOWGLOBE_LIMIT_VISITOR_UPLOADS: '16',
      SNOWGLOBE_SUBSTITUTERS: 'off',
      // So that garbage is collected whenever that is asked for.
      SNOWGLOBE_LIMIT_STORE_BYTES: '1',
    },
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const [, address] = /^Snowglobe is at (.*)$/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once('exit', (code) => reject(new Error(`the backend ended with exit code ${code}`)))
  })
  const backend = { url, process: child, gone }
  backends.push(backend)
  return backend
}

const killed = new Set<number>()

async function kill(backend: Backend): Promise<void> {
  killed.add(backend.process.pid ?? 0)
  backend.process.kill('SIGKILL')
  await backend.gone
}

let counter = 0
/** Takes a moment, says which test it is of, and writes some files. */
const derivation = (inputs: TestDerivation[] = []) =>
  scriptDerivation(
    `crash-${counter++}`,
    `: ${mark}; mkdir $out; for i in 1 2 3 4 5 6 7 8; do head -c 20000 /dev/urandom > $out/$i; done
     sleep 0.0$(( ${counter} % 10 )); ls $inputs > $out/inputs`,
    {
      inputs,
      environment: {
        inputs: inputs.map((input) => input.derivation.outputs.get('out')!.path).join(' '),
      },
    },
  )

/** A visitor who sends and builds until the server has gone; tells what was promised. */
async function visit(url: string, promised: Set<string>, asked: TestDerivation[]): Promise<void> {
  for (;;) {
    const first = derivation()
    const second = derivation([first])
    try {
      const { status } = await importStream(url, exportStream(first, second))
      expect(status).toBe(200)
      asked.push(first, second)
      const build = new WatchedBuild(url, [{ path: second.path, outputs: ['out'] }])
      const { outputs, failure } = await build.end()
      expect(failure).toBeNull()
      for (const { path } of outputs ?? []) promised.add(path)
    } catch (error) {
      // Nobody is left in the dark: the connection has ended.
      if (error instanceof Error && error.name === 'AssertionError') throw error
      return
    }
  }
}

const collectGarbage = (url: string) =>
  fetch(new URL('/api/administration/collect-garbage', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })

/** Control groups of servers that have gone. */
function strayGroups(): string[] {
  const base = '/sys/fs/cgroup'
  if (!existsSync(base)) return []
  return ['', ...readdirSync(base)]
    .flatMap((name) => {
      const directory = join(base, name)
      return statSync(directory).isDirectory()
        ? readdirSync(directory).map((child) => join(directory, child))
        : []
    })
    .filter((group) => killed.has(Number(/\/snowglobe-(\d+)[^/]*$/.exec(group)?.[1])))
}

/** Processes of sandboxes and launchers that this data directory has. */
function strays(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
        const program = readlinkSync(`/proc/${pid}/exe`)
        return command.includes(mark) || program.startsWith(data) ? [`${pid} ${command}`] : []
      } catch {
        return []
      }
    })
}

describe.skipIf(!hasSandbox)(`a backend that is killed ${crashes} times`, () => {
  it(
    'has lost nothing it promised, and left nothing behind, each time it starts again',
    async () => {
      let kept = 0
      for (let crash = 0; crash < crashes; crash++) {
        const collects = crash % 2 === 1
        const promised = new Set<string>()
        const asked: TestDerivation[] = []
        const backend = await start()
        const visits = [1, 2, 3].map(() => visit(backend.url, promised, asked))
        const collecting = (async () => {
          while (collects) await (await collectGarbage(backend.url)).text()
        })().catch(() => {})
        if (crash === 0) await expect.poll(() => promised.size).toBeGreaterThan(0)
        await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 1500))
        await kill(backend)
        await Promise.all([...visits, collecting])

        // Without a server, builders end by themselves, with everything that they had mounted.
        await expect.poll(strays).toEqual([])
        expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(data)

        const again = await start()
        const left = readdirSync(join(data, 'builds'))
        expect(left.filter((name) => name.startsWith('build-'))).toEqual([])
        await expect.poll(strayGroups).toEqual([])
        kept += promised.size
        await verify(collects ? new Set() : promised)
        const last = asked.at(-1)
        if (last !== undefined) {
          // What was asked for and not built can be asked for again.
          await importStream(again.url, exportStream(...asked.slice(-2)))
          const { failure } = await new WatchedBuild(again.url, [
            { path: last.path, outputs: ['out'] },
          ]).end()
          expect(failure).toBeNull()
        }
        await kill(again)
      }
      expect(kept).toBeGreaterThan(0)
    },
    60_000 + crashes * 20_000,
  )

  async function verify(promised: ReadonlySet<string>): Promise<void> {
    const store = await DiskStore.open(data, '/nix/store')
    try {
      expect(await store.verify({ checkContents: true })).toEqual([])
      const valid = new Set(await store.allValidPaths())
      expect([...promised].filter((path) => !valid.has(path))).toEqual([])
      const work = join(data, 'nix/var/snowglobe')
      const incoming = existsSync(work) ? readdirSync(work, { recursive: true }) : []
      expect(incoming.filter((name) => /-crash-\d/.test(String(name)))).toEqual([])
    } finally {
      store.close()
    }
  }
})
