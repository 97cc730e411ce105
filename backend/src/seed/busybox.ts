/**
 * Puts the busybox seed (shared/busybox-seed.ts) into a store: from the machine's own busybox where
 * that is the right one byte for byte, else from Debian's package, which apt fetches from wherever
 * it is configured to.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { busyboxSeeds, type BusyboxSeed } from '@snowglobe/shared/busybox-seed'
import { parseHash } from '@snowglobe/shared/hash'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import type { StoreEntry } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { busyboxApplets } from './busybox-applets'

/** Debian's package of one version; the hashes are those of Debian 12's own index. */
const packageVersion = '1:1.35.0-4+deb12u1+b1'
const poolDirectory = 'pool/main/b/busybox'

interface Pin {
  debianArchitecture: string
  /** SHA-256 of the package. */
  packageHash: string
  /** SHA-256 of the program in it. */
  programHash: string
}

const pins: Readonly<Record<string, Pin>> = {
  'x86_64-linux': {
    debianArchitecture: 'amd64',
    packageHash: '3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744',
    programHash: '3d9f2889d6782537624a4e1a10e68a2ddd53e0ee8bac02676f27308f42ec6bf6',
  },
  'aarch64-linux': {
    debianArchitecture: 'arm64',
    packageHash: '732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5',
    programHash: '61781806ad3650b0b9d2b3fc6971e2bffdca967af1a95375abd0578bafff14fb',
  },
}

const installedPrograms = ['/bin/busybox', '/usr/bin/busybox']
const aptHelper = '/usr/lib/apt/apt-helper'
const aptMilliseconds = 60_000

const run = promisify(execFile)

/** The seed cannot be had; the message says what the operator can do. */
export class SeedError extends Error {
  override name = 'SeedError'
}

/**
 * Sees to it that the seed for a system is in the store. Gives the program's place on this machine,
 * which can serve as a shell. Throws SeedError.
 */
export async function ensureBusyboxSeed(store: DiskStore, system: string): Promise<string> {
  const seed = busyboxSeeds[system]
  const pin = pins[system]
  if (seed === undefined || pin === undefined)
    throw new SeedError(`there is no busybox for ${system}`)
  if (!store.isValidPath(seed.path)) await store.add([seedEntry(seed, await findProgram(pin))])
  return join(store.realPath(seed.path), 'bin/busybox')
}

/** Writes the files of the seed for a system to a new directory. Throws SeedError. */
export async function writeBusyboxSeed(directory: string, system: string): Promise<void> {
  const pin = pins[system]
  if (pin === undefined) throw new SeedError(`there is no busybox for ${system}`)
  const program = await findProgram(pin)
  await mkdir(join(directory, 'bin'), { recursive: true })
  await writeFile(join(directory, 'bin/busybox'), program, { mode: 0o555 })
  for (const applet of busyboxApplets) await symlink('busybox', join(directory, 'bin', applet))
}

/** The seed as a path to be added: a store recomputes the path from it. */
export function seedEntry(seed: BusyboxSeed, program: Uint8Array): StoreEntry {
  const entries = new Map<string, NarNode>([
    ['busybox', { type: 'regular', executable: true, contents: program }],
  ])
  for (const applet of busyboxApplets) entries.set(applet, { type: 'symlink', target: 'busybox' })
  const bin: NarNode = { type: 'directory', entries }
  const contentAddress = formatContentAddress({
    method: 'recursive',
    hash: parseHash(seed.narHash, 'sha256'),
  })
  return {
    info: { path: seed.path, references: [], contentAddress },
    nar: writeNar({ type: 'directory', entries: new Map([['bin', bin]]) }),
  }
}

async function findProgram(pin: Pin): Promise<Uint8Array> {
  for (const file of installedPrograms) {
    const program = await readFile(file).catch(() => null)
    if (program !== null && sha256(program) === pin.programHash) return program
  }
  const directory = await mkdtemp(join(tmpdir(), 'snowglobe-busybox-'))
  try {
    return await unpack(await download(pin, directory), pin)
  } finally {
    await removeTree(directory)
  }
}

/** Fetches the package into a directory. Gives its file. */
async function download(pin: Pin, directory: string): Promise<string> {
  const failures: string[] = []
  const attempt = async (command: string, ...args: string[]) => {
    try {
      await run(command, args, { cwd: directory, timeout: aptMilliseconds })
      for (const name of await readdir(directory)) {
        const file = join(directory, name)
        if (name.endsWith('.deb') && sha256(await readFile(file)) === pin.packageHash) return file
      }
      failures.push(`${command} gave another file`)
    } catch (error) {
      failures.push((error as Error).message.trim().split('\n').at(-1) ?? '')
    }
    return null
  }
  const name = `busybox-static:${pin.debianArchitecture}=${packageVersion}`
  const known = await attempt('apt-get', '--quiet', 'download', name)
  if (known !== null) return known
  // Of another release than Debian 12, apt does not know the version; but mirrors keep the file.
  for (const mirror of await mirrors()) {
    const file = `busybox-static_${packageVersion.replace(/^\d+:/, '')}_${pin.debianArchitecture}.deb`
    const url = `${mirror.replace(/\/*$/, '/')}${poolDirectory}/${file}`
    const hash = `SHA256:${pin.packageHash}`
    const fetched = await attempt(aptHelper, 'download-file', url, join(directory, file), hash)
    if (fetched !== null) return fetched
  }
  throw new SeedError(
    `the busybox that builds need could not be had (${[...new Set(failures)].join('; ')}). ` +
      `Run "apt-get update && apt-get install busybox-static=${packageVersion}" as root, ` +
      'then start again',
  )
}

/** The repositories that apt is configured with. */
async function mirrors(): Promise<string[]> {
  const args = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']
  const { stdout } = await run('apt-get', args).catch(() => ({ stdout: '' }))
  return [...new Set(stdout.split('\n').filter(Boolean))]
}

async function unpack(file: string, pin: Pin): Promise<Uint8Array> {
  const directory = `${file}.unpacked`
  await run('dpkg-deb', ['--extract', file, directory])
  const program = await readFile(join(directory, 'bin/busybox'))
  if (sha256(program) !== pin.programHash)
    throw new SeedError('the busybox in the package is not the one that is expected')
  return program
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
