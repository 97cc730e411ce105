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
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { DerivationError } from '@snowglobe/shared/derivation'
import { narMaxDepth } from '@snowglobe/shared/nar'
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
/** Links that lead back into packages can make trees without end. */
const mostEntries = 200_000
const entriesBetweenTurns = 500
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
  await builder.addAll(packagesOf(attribute('derivations')))
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
  private entries = 0
  /** Directories that are being gone through, and what paths they are without links. */
  private readonly open = new Map<ByteString, ByteString>()

  constructor(
    private readonly context: BuiltinContext,
    out: ByteString,
  ) {
    this.target = pathBytes(context.sourceOf(out))
    mkdirSync(pathBuffer(this.target), { recursive: true })
  }

  async addAll(packages: readonly Package[]): Promise<void> {
    const sorted = [...packages].sort((a, b) =>
      a.priority !== b.priority ? a.priority - b.priority : a.path < b.path ? -1 : 1,
    )
    for (const { path, active, priority } of sorted) if (active) await this.add(path, priority)
    let priority = firstPropagatedPriority
    while (this.postponed.size > 0) {
      const next = [...this.postponed].sort()
      this.postponed = new Set()
      for (const path of next) await this.add(path, priority++)
    }
  }

  private async add(path: ByteString, priority: number): Promise<void> {
    if (this.done.has(path)) return
    this.done.add(path)
    await this.link(path, this.target, priority)
    const propagated = this.resolve(`${path}/nix-support/propagated-user-env-packages`)
    if (propagated === null || !lstatSync(propagated).isFile()) return
    for (const other of words(readFileSync(propagated, 'latin1')))
      if (!this.done.has(other)) this.postponed.add(other)
  }

  /** Links all that lies in a directory of the store from one of the environment. */
  private async link(source: ByteString, target: ByteString, priority: number): Promise<void> {
    const place = this.placeOf(source)
    const directory = place === null ? null : this.onDisk(place)
    if (place === null || directory === null || !lstatSync(directory).isDirectory())
      return this.context.say(
        `warning: not including '${source}' in the user environment because it's not a directory`,
      )
    if (this.open.size >= narMaxDepth)
      throw new DerivationError(
        `'${this.shown(target)}': directories are nested deeper than ${narMaxDepth} levels`,
      )
    this.open.set(source, place)
    for (const name of readdirSync(directory, 'latin1').sort()) {
      if (name.startsWith('.')) continue
      await this.countEntry()
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
        ? await this.makeRoomForDirectory(from, to, priority)
        : this.makeRoomForFile(from, to, priority)
      if (!replaces) continue
      symlinkSync(pathBuffer(from), pathBuffer(to))
      this.priorities.set(to, priority)
    }
    this.open.delete(source)
  }

  /** Lets others have their turn now and then, and ends what has no end. */
  private async countEntry(): Promise<void> {
    if (++this.entries > mostEntries)
      throw new DerivationError(`the environment has more than ${mostEntries} entries`)
    if (this.entries % entriesBetweenTurns > 0) return
    await setImmediate()
    this.context.transfer.signal.throwIfAborted()
  }

  /** Gives whether a link is to be made: else there is a directory, now with these files as well. */
  private async makeRoomForDirectory(
    from: ByteString,
    to: ByteString,
    priority: number,
  ): Promise<boolean> {
    const status = lstatSync(pathBuffer(to), { throwIfNoEntry: false })
    if (status === undefined) return true
    if (status.isSymbolicLink()) {
      const other = readlinkSync(pathBuffer(to), 'latin1')
      const file = this.resolve(other)
      if (file === null || !lstatSync(file).isDirectory())
        throw new DerivationError(`collision between '${from}' and non-directory '${other}'`)
      unlinkSync(pathBuffer(to))
      mkdirSync(pathBuffer(to), 0o755)
      await this.link(other, to, this.priorities.get(to) ?? priority)
    }
    await this.link(from, to, priority)
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

  /** Where on this machine the file lies that a path in the store means, links followed, or null. */
  private resolve(path: ByteString): Buffer | null {
    const place = this.placeOf(path)
    return place === null ? null : this.onDisk(place)
  }

  /**
   * The path of what a path in the store means, links followed; null where there is none, or none
   * among the inputs.
   */
  private placeOf(path: ByteString): ByteString | null {
    const { storeDir } = this.context.store
    const slash = path.lastIndexOf('/')
    const known = this.open.get(path.slice(0, slash))
    let reached: ByteString = known ?? ''
    let rest =
      known === undefined ? canonicalPath(path).slice(1).split('/') : [path.slice(slash + 1)]
    for (let links = 0; rest.length > 0;) {
      const next: ByteString = `${reached}/${rest.shift()!}`
      const file = this.onDisk(next)
      if (file === null) {
        // Above store paths.
        if (!storeDir.startsWith(next)) return null
        reached = next
        continue
      }
      const status = lstatSync(file, { throwIfNoEntry: false })
      if (status === undefined) return null
      if (!status.isSymbolicLink()) {
        // Nothing lies below a file.
        if (rest.length > 0 && !status.isDirectory()) return null
        reached = next
        continue
      }
      if (++links > mostLinks) return null
      const target = readlinkSync(file, 'latin1')
      const full = canonicalPath(posix.join(target.startsWith('/') ? '/' : reached, target))
      rest = [...full.slice(1).split('/'), ...rest]
      reached = ''
    }
    return reached
  }

  private onDisk(path: ByteString): Buffer | null {
    const { store, inputs } = this.context
    const { storeDir } = store
    if (!path.startsWith(`${storeDir}/`)) return null
    const slash = path.indexOf('/', storeDir.length + 1)
    const storePath = slash < 0 ? path : path.slice(0, slash)
    if (!isStorePath(storeDir, storePath) || !inputs.has(storePath)) return null
    const inside = slash < 0 ? '' : path.slice(slash)
    return pathBuffer(pathBytes(store.realPath(storePath)) + inside)
  }
}
