import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptMirrors } from '../../backend/src/fetch/apt-mirrors'
import { Mirrors } from '../../backend/src/fetch/mirrors'
import { removeStores } from '../real-nix'

export const collection = join(import.meta.dirname, '../../pkgs')
const bin = join(import.meta.dirname, '../../backend/bin')

/** For downloads of the toolchain and its unpacking, and all builds after it, on two processors. */
export const patience = 600_000

const [mirror = ''] = new Mirrors(aptMirrors()).expand('mirror://debian/').map(({ url }) => url)
/** Whether what the toolchain is made of can be had. */
export const isMirrorReachable = await canReach(mirror)
/** The reason that a skipped test gives. */
export const withoutMirror = `${mirror} cannot be reached: there is nothing to build from`

async function canReach(address: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000)
    const answer = await fetch(`${address}dists/stable/Release`, { signal })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}

export interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** A store of its own to build the collection in, by the commands of `backend/bin`. */
export class CollectionStore {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-builds-')))

  remove(): void {
    removeStores(this.directory)
  }

  run(command: string, ...args: string[]): Promise<Ended> {
    const child = spawn(join(bin, command), ['--store', this.directory, ...args])
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (printed[stream] += text))
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => resolve({ status, ...printed }))
    })
  }

  /** Builds, and gives the outputs' paths and the end of what was said. */
  async build(...args: string[]): Promise<{ status: number | null; paths: string[]; log: string }> {
    const { status, stdout, stderr } = await this.run('nix-build', '--no-out-link', ...args)
    return { status, paths: stdout.trim().split('\n'), log: stderr.slice(-4000) }
  }

  /** Builds an expression of `pkgs` that has one output, and gives where that lies on this machine. */
  async buildExpression(expression: string): Promise<string> {
    const { status, paths, log } = await this.build('-E', withPkgs(expression))
    if (status !== 0) throw new Error(log)
    return this.place(paths[0]!)
  }

  /** Where a store path lies on this machine. */
  place(path: string): string {
    return join(this.directory, path)
  }

  /** What a program of this store prints, where the store is the whole world. */
  output(program: string, ...args: string[]): string {
    const arguments_ = ['--map-root-user', 'chroot', this.directory, program, ...args]
    return spawnSync('unshare', arguments_, { encoding: 'utf8' }).stdout
  }
}

/** An expression in which `pkgs` is the collection and `lib` its library. */
export function withPkgs(expression: string): string {
  return `let pkgs = import ${collection} { }; inherit (pkgs) lib; in ${expression}`
}
