/** Which packages are meant by names, as nix-env chooses them. Source: Nix manual, "nix-env", "Selectors". */
import type { ByteString } from '@snowglobe/shared/bytes'
import { compareVersions, parseDerivationName } from '../../evaluator/builtins/versions'
import { regexOf } from '../../evaluator/regex/cache'
import { StoreError } from '../../store/store'
import type { Package } from './package'

const mostSuggestions = 3

/** Whether a selector like `hello`, `hello-2.12` or `gcc.*` means a package. `*` means all. */
export function isSelected(selector: ByteString, found: Package): boolean {
  const { name, version } = parseDerivationName(selector)
  const parts = found.nameParts()
  if (name !== '*' && regexOf(name).matchWhole(parts.name) === null) return false
  return version === '' || version === parts.version
}

/** Which of several packages of one name is wanted. */
export interface Newest {
  /** The system that packages are preferred for. */
  system: ByteString
  warn(message: ByteString): void
}

/**
 * The packages that selectors mean, all where there are none, in the order of the selectors.
 *
 * @param newest given where of each name only one package is wanted
 * @throws StoreError for a selector that means none
 */
export function selectPackages(
  packages: readonly Package[],
  selectors: readonly ByteString[],
  newest: Newest | null,
): Package[] {
  const selected = new Set<Package>()
  for (const selector of selectors.length === 0 ? ['*'] : selectors) {
    const matches = packages.filter((one) => isSelected(selector, one))
    if (matches.length === 0 && selector !== '*') throw nothingSelected(packages, selector)
    for (const one of newest === null ? matches : pickNewest(matches, newest)) selected.add(one)
  }
  return [...selected]
}

function nothingSelected(packages: readonly Package[], selector: ByteString): StoreError {
  const { name: prefix } = parseDerivationName(selector)
  const near = new Set<ByteString>()
  for (const one of packages) {
    const { name } = one.nameParts()
    if (name.startsWith(prefix)) near.add(name)
    if (near.size >= mostSuggestions) break
  }
  const names = [...near].sort().map((name) => `\n       ${name}`)
  const advice = near.size === 0 ? '' : `, maybe you meant:${names.join('')}`
  return new StoreError(`selector '${selector}' matches no derivations${advice}`)
}

/** Of each name the package for this system, else of the highest priority, else the newest. */
function pickNewest(matches: readonly Package[], { system, warn }: Newest): Package[] {
  const newest = new Map<ByteString, Package>()
  const ambiguous = new Set<ByteString>()
  for (const one of matches) {
    const { name, version } = one.nameParts()
    const other = newest.get(name)
    const order =
      other === undefined
        ? 1
        : preferSystem(one, other, system) ||
          comparePriorities(one, other) ||
          compareVersions(version, other.nameParts().version)
    if (order > 0) {
      newest.set(name, one)
      ambiguous.delete(one.name())
    } else if (order === 0) ambiguous.add(one.name())
  }
  return [...newest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, one]) => {
      if (ambiguous.has(name)) {
        warn(`there are multiple derivations named '${name}'; using the first one`)
      }
      return one
    })
}

function preferSystem(one: Package, other: Package, system: ByteString): number {
  const [first, second] = [one.system(), other.system()]
  if (first === second) return 0
  return first === system ? 1 : second === system ? -1 : 0
}

/** Positive if the first comes before the second: if its number is the smaller. */
export function comparePriorities(one: Package, other: Package): number {
  return other.metaNumber('priority', 0) - one.metaNumber('priority', 0)
}

/** Which versions `nix-env --upgrade` takes for an upgrade. */
export type UpgradeKind = 'lt' | 'leq' | 'eq' | 'always'

/** What a package is to be upgraded to, or null. */
export function findUpgrade(
  installed: Package,
  available: readonly Package[],
  kind: UpgradeKind,
): Package | null {
  const { name, version } = installed.nameParts()
  let best: { found: Package; version: ByteString } | null = null
  for (const one of available) {
    const parts = one.nameParts()
    if (parts.name !== name || comparePriorities(installed, one) > 0) continue
    const order = compareVersions(version, parts.version)
    const isWanted =
      kind === 'always' || (kind !== 'eq' && order < 0) || (kind !== 'lt' && order === 0)
    if (!isWanted) continue
    const better =
      best === null ||
      (comparePriorities(best.found, one) || compareVersions(best.version, parts.version)) < 0
    if (better) best = { found: one, version: parts.version }
  }
  return best !== null && best.found.outPath() !== installed.outPath() ? best.found : null
}
