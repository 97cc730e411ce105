/**
 * `builtin:buildenv`: a tree of links to what several packages have, as user environments are.
 * Packages may come from anybody, so links in them are followed by hand and only to inputs.
 */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { posix } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { DerivationError } from '@snowglobe/shared/derivation'
import { isStorePath } from '@snowglobe/shared/store-path'
import { canonicalPath } from '@snowglobe/worker/language/canonical-path'
import { pathBuffer, pathBytes } from '../store/byte-path'
import type { BuiltinContext } from './builtin-builders'
import { words } from './derivation-attributes'

interface Package {
  path: ByteString
  active: boolean
  priority: number
}

/** Files that packages bring for others than users, or that all bring with other contents. */
const leftOut = [
  '/propagated-build-inputs',
  '/nix-support',
  '/perllocal.pod',
  '/info/dir',
  '/log',
  '/manifest.nix',
  '/manifest.json',
]

const mostLinks = 40
/** Packages that others bring along come after all that were asked for. */
const firstPropagatedPriority = 1000

export async function buildEnvironment(context: BuiltinContext): Promise<void> {
  const attribute = (name: string) => {
    const value = context.derivation.environment.get(name)
    if (value === undefined) throw new DerivationError(`attribute '${name}' missing`)
    return value
  }
  const out = context.outputs.get('out') ?? ''
  const builder = new EnvironmentBuilder(context, out)
  builder.addAll(packagesOf(attribute('derivations')))
  const manifest = pathBuffer(attribute('manifest'))
  symlinkSync(manifest, pathBuffer(`${pathBytes(context.sourceOf(out))}/manifest.nix`))
}

/** `active priority count path…`, again and again. */
function packagesOf(text: ByteString): Package[] {
  const rest = words(text)
  const packages: Package[] = []
  while (rest.length > 0) {
    const [active, priority, count] = rest.splice(0, 3)
    for (const path of rest.splice(0, Number(count)))
      packages.push({ path, active: active !== 'false', priority: Number(priority) })
  }
  return packages
}

class EnvironmentBuilder {
  private readonly done = new Set<ByteString>()
  private postponed = new Set<ByteString>()
  /** Of links that were made, by place. */
  private readonly priorities = new Map<ByteString, number>()
  private readonly target: ByteString

  constructor(
    private readonly context: BuiltinContext,
    out: ByteString,
  ) {
    this.target = pathBytes(context.sourceOf(out))
    mkdirSync(pathBuffer(this.target), { recursive: true })
  }

  addAll(packages: readonly Package[]): void {
    const sorted = [...packages].sort((a, b) =>
      a.priority !== b.priority ? a.priority - b.priority : a.path < b.path ? -1 : 1,
    )
    for (const { path, active, priority } of sorted) if (active) this.add(path, priority)
    let priority = firstPropagatedPriority
    while (this.postponed.size > 0) {
      const next = [...this.postponed].sort()
      this.postponed = new Set()
      for (const path of next) this.add(path, priority++)
    }
  }

  private add(path: ByteString, priority: number): void {
    if (this.done.has(path)) return
    this.done.add(path)
    this.link(path, this.target, priority)
    const propagated = this.resolve(`${path}/nix-support/propagated-user-env-packages`)
    if (propagated === null || !lstatSync(propagated).isFile()) return
    for (const other of words(readFileSync(propagated, 'latin1')))
      if (!this.done.has(other)) this.postponed.add(other)
  }

  /** Links all that lies in a directory of the store from one of the environment. */
  private link(source: ByteString, target: ByteString, priority: number): void {
    const directory = this.resolve(source)
    if (directory === null || !lstatSync(directory).isDirectory())
      return this.context.say(
        `warning: not including '${source}' in the user environment because it's not a directory`,
      )
    for (const name of readdirSync(directory, 'latin1').sort()) {
      if (name.startsWith('.')) continue
      const from = `${source}/${name}`
      const to = `${target}/${name}`
      const file = this.resolve(from)
      if (file === null) {
        this.context.say(`warning: skipping dangling symlink '${this.shown(to)}'`)
        continue
      }
      if (leftOut.some((suffix) => from.endsWith(suffix))) continue
      const isDirectory = lstatSync(file).isDirectory()
      const replaces = isDirectory
        ? this.makeRoomForDirectory(from, to, priority)
        : this.makeRoomForFile(from, to, priority)
      if (!replaces) continue
      symlinkSync(pathBuffer(from), pathBuffer(to))
      this.priorities.set(to, priority)
    }
  }

  /** Gives whether a link is to be made: else there is a directory, now with these files as well. */
  private makeRoomForDirectory(from: ByteString, to: ByteString, priority: number): boolean {
    const status = lstatSync(pathBuffer(to), { throwIfNoEntry: false })
    if (status === undefined) return true
    if (status.isSymbolicLink()) {
      const other = readlinkSync(pathBuffer(to), 'latin1')
      const file = this.resolve(other)
      if (file === null || !lstatSync(file).isDirectory())
        throw new DerivationError(`collision between '${from}' and non-directory '${other}'`)
      unlinkSync(pathBuffer(to))
      mkdirSync(pathBuffer(to), 0o755)
      this.link(other, to, this.priorities.get(to) ?? priority)
    }
    this.link(from, to, priority)
    return false
  }

  private makeRoomForFile(from: ByteString, to: ByteString, priority: number): boolean {
    const status = lstatSync(pathBuffer(to), { throwIfNoEntry: false })
    if (status === undefined) return true
    if (status.isDirectory())
      throw new DerivationError(
        `collision between non-directory '${from}' and directory '${this.shown(to)}'`,
      )
    const before = this.priorities.get(to) ?? 0
    if (before === priority)
      throw new DerivationError(
        `files '${from}' and '${readlinkSync(pathBuffer(to), 'latin1')}' have the same priority ${priority}; ` +
          "use 'nix-env --set-flag priority NUMBER INSTALLED_PKGNAME' " +
          'to change the priority of one of the conflicting packages (0 being the highest priority)',
      )
    if (before < priority) return false
    unlinkSync(pathBuffer(to))
    return true
  }

  /** A place in the environment as people know it. */
  private shown(place: ByteString): ByteString {
    return place.replace(this.target, this.context.outputs.get('out') ?? '')
  }

  /**
   * Where on this machine the file lies that a path in the store means, links followed; null where
   * there is none, or none among the inputs.
   */
  private resolve(path: ByteString): Buffer | null {
    const { store, inputs } = this.context
    let rest = canonicalPath(path).slice(1).split('/')
    let reached: ByteString = ''
    for (let links = 0; rest.length > 0;) {
      const next: ByteString = `${reached}/${rest.shift()!}`
      const file = this.onDisk(next, store.storeDir, inputs)
      if (file === null) {
        // Above store paths.
        if (!store.storeDir.startsWith(next)) return null
        reached = next
        continue
      }
      const status = lstatSync(file, { throwIfNoEntry: false })
      if (status === undefined) return null
      if (!status.isSymbolicLink()) {
        reached = next
        continue
      }
      if (++links > mostLinks) return null
      const target = readlinkSync(file, 'latin1')
      const full = canonicalPath(posix.join(target.startsWith('/') ? '/' : reached, target))
      rest = [...full.slice(1).split('/'), ...rest]
      reached = ''
    }
    return this.onDisk(reached, store.storeDir, inputs)
  }

  private onDisk(
    path: ByteString,
    storeDir: ByteString,
    inputs: ReadonlySet<ByteString>,
  ): Buffer | null {
    if (!path.startsWith(`${storeDir}/`)) return null
    const slash = path.indexOf('/', storeDir.length + 1)
    const storePath = slash < 0 ? path : path.slice(0, slash)
    if (!isStorePath(storeDir, storePath) || !inputs.has(storePath)) return null
    const inside = slash < 0 ? '' : path.slice(slash)
    return pathBuffer(pathBytes(this.context.store.realPath(storePath)) + inside)
  }
}
