import type { ByteString } from '@snowglobe/shared/bytes'
import { parseStorePath } from '@snowglobe/shared/store-path'
import type { StoreGraph } from './store-graph'

/** How one package differs between two closures. */
export interface PackageDifference {
  name: ByteString
  /** Versions that are in the first closure only; `''` is a package without one. */
  removed: ByteString[]
  /** Versions that are in the second only. */
  added: ByteString[]
  /** Bytes by which the second's NARs of this package are larger. */
  sizeChange: number
}

/** Changes in size below this are not worth telling, as in `nix store diff-closures`. */
const smallestChange = 8 * 1024

/**
 * What differs between the closures of two paths, by package name. Throws StoreError.
 *
 * @param options with `rebuilt` also packages of which only the store paths differ
 */
export function diffClosures(
  storeDir: ByteString,
  graph: StoreGraph,
  before: ByteString,
  after: ByteString,
  options: { rebuilt?: boolean } = {},
): PackageDifference[] {
  const [old, fresh] = [before, after].map((path) => packagesOf(storeDir, graph, path))
  const rebuilt = options.rebuilt === true ? namesOfOthers(storeDir, graph, before, after) : null
  const differences: PackageDifference[] = []
  for (const name of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const [one, other] = [old.get(name) ?? new Map(), fresh.get(name) ?? new Map()]
    const removed = [...one.keys()].filter((version) => !other.has(version)).sort()
    const added = [...other.keys()].filter((version) => !one.has(version)).sort()
    const sizeChange = sum(other.values()) - sum(one.values())
    const isChanged = removed.length > 0 || added.length > 0
    if (isChanged || Math.abs(sizeChange) >= smallestChange || rebuilt?.has(name) === true) {
      differences.push({ name, removed, added, sizeChange })
    }
  }
  return differences
}

/** Which versions have come in the place of which, as `2.10 → 2.12`; '' where they are the same. */
export function describeVersions({ removed, added }: PackageDifference): string {
  const versions = (list: readonly string[]) =>
    list.length === 0 ? '∅' : list.map((version) => (version === '' ? 'ε' : version)).join(', ')
  if (removed.length === 0 && added.length === 0) return ''
  return `${versions(removed)} → ${versions(added)}`
}

/** Whether a package's size has changed enough to be told. */
export function hasOtherSize({ sizeChange }: PackageDifference): boolean {
  return Math.abs(sizeChange) >= smallestChange
}

/** The bytes of each version of each package of a closure. */
function packagesOf(
  storeDir: ByteString,
  graph: StoreGraph,
  path: ByteString,
): Map<ByteString, Map<ByteString, number>> {
  const packages = new Map<ByteString, Map<ByteString, number>>()
  for (const member of graph.closure([path])) {
    const { name, version } = splitName(parseStorePath(storeDir, member).name)
    let versions = packages.get(name)
    if (versions === undefined) packages.set(name, (versions = new Map<ByteString, number>()))
    versions.set(version, (versions.get(version) ?? 0) + graph.node(member).narSize)
  }
  return packages
}

/** The names of packages with paths that are in one of two closures only. */
function namesOfOthers(
  storeDir: ByteString,
  graph: StoreGraph,
  before: ByteString,
  after: ByteString,
): Set<ByteString> {
  const [old, fresh] = [graph.closure([before]), graph.closure([after])]
  const others = [
    ...[...old].filter((path) => !fresh.has(path)),
    ...[...fresh].filter((path) => !old.has(path)),
  ]
  return new Set(others.map((path) => splitName(parseStorePath(storeDir, path).name).name))
}

/** Name and version: the version begins behind the first dash that no letter follows. */
function splitName(full: ByteString): { name: ByteString; version: ByteString } {
  // What an output adds (`-dev`, `-lib64`) cannot be told from the end of a version like `unstable`.
  const plain = /^(.*)-(?:[a-z]+|lib32|lib64)$/.exec(full)?.[1] ?? full
  const match = /^(.*?)-([^a-zA-Z].*)$/.exec(plain)
  return match === null ? { name: plain, version: '' } : { name: match[1], version: match[2] }
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
