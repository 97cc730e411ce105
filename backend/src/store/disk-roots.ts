/** Nix's garbage collector roots on disk. Source: Nix manual, "Garbage Collector Roots". */
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { encodeBase32 } from '@snowglobe/shared/base32'
import type { ByteString } from '@snowglobe/shared/bytes'
import { isStorePath, storePathOf } from '@snowglobe/shared/store-path'
import type { Root, RootKind } from '@snowglobe/worker/store/store'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { pathBytes } from './byte-path'
import { lockFile } from './file-lock'

export interface RootFinder {
  storeDir: ByteString
  /** Nix's state directory. */
  state: string
  isValid(path: ByteString): boolean
  /** Told of roots that are passed over, and of stale ones that are removed. */
  report(message: string): void
}

/** Roots that outlast processes: links below `gcroots` and `profiles`, direct and indirect. */
export function findLastingRoots(finder: RootFinder): Root[] {
  const roots: Root[] = []
  const { state } = finder
  visit(finder, join(state, 'gcroots'), 'permanent', roots)
  visit(finder, join(state, 'profiles'), 'profile', roots)
  return roots
}

function visit(finder: RootFinder, path: string, kind: RootKind, roots: Root[]): void {
  try {
    const status = lstatSync(path)
    if (status.isDirectory()) {
      for (const name of readdirSync(path)) visit(finder, join(path, name), kind, roots)
    } else if (status.isSymbolicLink()) visitLink(finder, path, kind, roots)
    else if (status.isFile()) {
      const target = `${finder.storeDir}/${pathBytes(basename(path))}`
      if (isStorePath(finder.storeDir, target) && finder.isValid(target))
        roots.push({ path: target, name: pathBytes(path), kind })
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') throw error
    if (code !== 'ENOENT') finder.report(`cannot read potential root '${path}'`)
  }
}

function visitLink(finder: RootFinder, path: string, kind: RootKind, roots: Root[]): void {
  const found = (link: string, target: string, foundKind: RootKind) => {
    const inside = pathBytes(target)
    if (!isInStore(finder.storeDir, inside)) return
    const storePath = storePathOf(finder.storeDir, inside)
    if (!finder.isValid(storePath))
      finder.report(`skipping invalid root from '${link}' to '${target}'`)
    else roots.push({ path: storePath, name: pathBytes(link), kind: foundKind })
  }
  const target = readlinkSync(path)
  if (isInStore(finder.storeDir, pathBytes(target))) return found(path, target, kind)
  const link = resolve(dirname(path), target)
  const status = lstatSync(link, { throwIfNoEntry: false })
  if (status === undefined || (status.isSymbolicLink() && !existsInStoreOrDisk(finder, link))) {
    if (path.startsWith(join(finder.state, 'gcroots/auto') + '/') && status === undefined) {
      finder.report(`removing stale link from '${path}' to '${link}'`)
      rmSync(path, { force: true })
    }
    if (status === undefined) return
  }
  if (status.isSymbolicLink()) found(link, readlinkSync(link), 'indirect')
}

/** A link into a chroot store leads nowhere on this machine, and is good all the same. */
function existsInStoreOrDisk(finder: RootFinder, link: string): boolean {
  return isInStore(finder.storeDir, pathBytes(readlinkSync(link))) || existsSync(link)
}

function isInStore(storeDir: ByteString, path: ByteString): boolean {
  return path.startsWith(`${storeDir}/`) && path.length > storeDir.length + 1
}

/**
 * The temporary roots of all other processes. Files of processes that have ended are removed. Only to be
 * called by who holds `gc.lock`, or to look.
 */
export function findTemporaryRoots(finder: RootFinder): Root[] {
  const roots: Root[] = []
  const directory = join(finder.state, 'temproots')
  for (const name of readdirSync(directory)) {
    if (name.startsWith('.') || name === String(process.pid)) continue
    const file = join(directory, name)
    if (!existsSync(file)) continue
    const stale = lockFile(file, 'exclusive')
    if (stale !== null) {
      finder.report(`removing stale temporary roots file '${file}'`)
      rmSync(file, { force: true })
      // Tells the owner, if one is about to lock it, that it is not in use any more.
      writeSync(stale.descriptor, 'd')
      stale.release()
      continue
    }
    for (const path of readFileSync(file, 'latin1').split('\0').slice(0, -1))
      roots.push({ path, name: `{temp:${name}}`, kind: 'temporary' })
  }
  return roots
}

/** Paths that running processes use: programs, open files, memory maps, environments. */
export function findRunningRoots(finder: RootFinder): Root[] {
  const { storeDir } = finder
  const found = new Map<ByteString, Set<ByteString>>()
  const note = (text: ByteString, where: string) => {
    if (!isInStore(storeDir, text)) return
    let path: ByteString
    try {
      path = storePathOf(storeDir, text)
    } catch {
      return
    }
    if (!finder.isValid(path)) return
    found.set(path, (found.get(path) ?? new Set()).add(where))
  }
  const quoted = storeDir.replace(/[.^$\\*+?()[\]{}|]/g, '\\$&')
  const pattern = new RegExp(`${quoted}/[0-9a-z]{32}-[0-9a-zA-Z+._?=-]+`, 'g')
  for (const process of listing('/proc')) {
    if (!/^\d+$/.test(process)) continue
    const directory = `/proc/${process}`
    for (const name of ['exe', 'cwd'])
      note(linkTarget(`${directory}/${name}`), `${directory}/${name}`)
    for (const fd of listing(`${directory}/fd`)) {
      note(linkTarget(`${directory}/fd/${fd}`), `${directory}/fd/${fd}`)
    }
    for (const name of ['maps', 'environ'])
      for (const [path] of contents(`${directory}/${name}`).matchAll(pattern))
        note(path, `${directory}/${name}`)
  }
  return [...found].flatMap(([path, places]) =>
    [...places].map((name): Root => ({ path, name, kind: 'running' })),
  )
}

// Processes end while they are looked at, and some may not be looked at.

function listing(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function linkTarget(link: string): ByteString {
  try {
    return readlinkSync(link, 'latin1')
  } catch {
    return ''
  }
}

function contents(file: string): ByteString {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/** Makes a link, or makes it lead elsewhere, at one moment. */
export function replaceLink(link: string, target: string): void {
  makeDirectory(dirname(link))
  const temporary = `${link}.tmp-${process.pid}-${Math.random().toString(36).slice(2)}`
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}

/** Makes a link outside the state directory known to the collector. */
export function addIndirectRoot(state: string, link: string): void {
  const hash = encodeBase32(createHash('sha1').update(link).digest())
  replaceLink(join(state, 'gcroots/auto', hash), link)
}
