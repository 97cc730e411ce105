/** Where nix-env takes packages from: expressions, attribute paths, store paths, other profiles. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { attributeSetOf } from '../../evaluator/attribute-set'
import { Path, type Slot, type Value } from '../../evaluator/values'
import { Code, Thunk } from '../../evaluator/thunk'
import { StoreError } from '../../store/store'
import { absolute } from '../absolute'
import { UsageError } from '../command-line'
import { findFile } from '../evaluate-sources'
import { combinedChannels } from '../walk-derivations'
import type { EnvSession } from './env-session'
import { findPackages } from './find-packages'
import { Package } from './package'
import { selectPackages } from './select-packages'
import { installedPackages } from './user-environment'

/** What the arguments of an operation are. */
export type PackageSource =
  | { kind: 'names' }
  | { kind: 'expressions' }
  | { kind: 'attributes' }
  | { kind: 'profile'; profile: ByteString }

/** Takes the flags that say where packages come from. Gives the others. */
export function takeSourceFlags(flags: readonly ByteString[]): {
  source: PackageSource
  rest: ByteString[]
} {
  let source: PackageSource = { kind: 'names' }
  const rest: ByteString[] = []
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]
    if (flag === '--from-expression' || flag === '-E') source = { kind: 'expressions' }
    else if (flag === '--attr' || flag === '-A') source = { kind: 'attributes' }
    else if (flag === '--from-profile') {
      const profile = flags[++i]
      if (profile === undefined) throw new UsageError(`'${flag}' requires an argument`)
      source = { kind: 'profile', profile }
    } else rest.push(flag)
  }
  return { source, rest }
}

/** The packages that the arguments mean. Throws StoreError, NixError and Interruptions. */
export function packagesFrom(
  session: EnvSession,
  source: PackageSource,
  args: readonly ByteString[],
  newestOnly: boolean,
): Package[] {
  const { evaluator, surroundings } = session
  const automatic = session.automatic()
  const newest = newestOnly
    ? {
        system: evaluator.host.system,
        warn: (message: ByteString) => session.say(`warning: ${message}`),
      }
    : null
  const find = (value: Slot) => findPackages(evaluator, value, '', automatic, true)
  switch (source.kind) {
    case 'names':
      if (args[0]?.includes('/') === true) return args.map((path) => storePackage(session, path))
      return selectPackages(availablePackages(session, ''), args, newest)
    case 'expressions': {
      const root = sourceExpression(session)
      return args.flatMap((text) => {
        const directory = surroundings.workingDirectory
        const fn = evaluator.evaluateString(text, { kind: 'string' }, directory)
        return find(evaluator.call(fn, root))
      })
    }
    case 'attributes': {
      const root = sourceExpression(session)
      return args.flatMap((path) => find(evaluator.selectPath(root, path, automatic)))
    }
    case 'profile': {
      const profile = absolute(source.profile, surroundings.workingDirectory)
      return selectPackages(installedPackages(evaluator, profile), args, newest)
    }
  }
}

/** All packages of the expression, or of what is at an attribute path of it. */
export function availablePackages(session: EnvSession, path: ByteString): Package[] {
  const { evaluator, given } = session
  const automatic = session.automatic()
  const root = sourceExpression(session)
  const value = path === '' ? root : evaluator.selectPath(root, path, automatic)
  return findPackages(evaluator, value, path, automatic, true).filter(
    (one) => given.systemFilter === '*' || one.system() === given.systemFilter,
  )
}

/** A path of the store as a package: of a derivation its output. */
function storePackage({ evaluator, store }: EnvSession, given: ByteString): Package {
  const path = store.followLinks(given)
  // As Nix: also that of a derivation keeps its end.
  const name = path.slice(path.indexOf('-', store.storeDir.length) + 1)
  if (!path.endsWith('.drv')) {
    return new Package(evaluator, '', { name, drvPath: null, outPath: path })
  }
  const outPath = evaluator.host.store.readDerivation(path).outputs.get('out')?.path ?? ''
  if (outPath === '') throw new StoreError(`derivation '${path}' has no output 'out' that is known`)
  return new Package(evaluator, '', { name, drvPath: path, outPath })
}

/** The value that packages are looked for in. */
function sourceExpression(session: EnvSession): Value {
  const { evaluator, given, surroundings } = session
  const { file } = given
  if (file !== null) {
    const isSearched = file.startsWith('<') && file.endsWith('>')
    return loadExpression(
      session,
      isSearched
        ? findFile(evaluator, file.slice(1, -1))
        : absolute(file, surroundings.workingDirectory),
    )
  }
  if (surroundings.ownExpression !== null)
    return loadExpression(session, surroundings.ownExpression)
  // Where a user has none, channels are what NIX_PATH says.
  const channel = new Path(findFile(evaluator, 'nixpkgs'))
  return attributeSetOf({ [combinedChannels]: [], nixpkgs: imported(session, channel) })
}

function imported({ evaluator }: EnvSession, path: Path): Slot {
  const read = evaluator.force(evaluator.builtins.get('import') as Slot)
  return new Thunk(new Code(() => evaluator.call(read, path), null, null), null)
}

/** A file, or a directory of expressions as one set, which is flat. */
function loadExpression(session: EnvSession, path: ByteString): Value {
  const { files } = session.evaluator
  const status = files.followedStatus(path)
  if (status === null) throw files.missing(path)
  const isExpression =
    status.type === 'regular' ||
    (status.type === 'directory' && files.followedStatus(`${path}/default.nix`) !== null)
  if (isExpression) return session.evaluator.evaluateFile(path)
  if (status.type !== 'directory') {
    throw new StoreError(`path '${path}' is not a directory or a Nix expression`)
  }
  const found: Record<ByteString, Slot> = { [combinedChannels]: [] }
  collectExpressions(session, path, found)
  return attributeSetOf(found)
}

const mostExpressions = 1024

function collectExpressions(
  session: EnvSession,
  directory: ByteString,
  found: Record<ByteString, Slot>,
): void {
  const { files } = session.evaluator
  for (const name of [...files.readDirectory(directory).keys()].sort()) {
    // Channels are profiles, and those have one.
    if (name === 'manifest.nix') continue
    const path = `${directory}/${name}`
    const status = files.followedStatus(path)
    if (status === null) continue
    const isExpression =
      status.type === 'regular'
        ? name.endsWith('.nix')
        : status.type === 'directory' && files.followedStatus(`${path}/default.nix`) !== null
    if (isExpression) {
      const attribute = name.endsWith('.nix') ? name.slice(0, -'.nix'.length) : name
      if (Object.hasOwn(found, attribute)) {
        session.say(`warning: name collision in input Nix expressions, skipping '${path}'`)
        continue
      }
      if (Object.keys(found).length > mostExpressions) {
        throw new StoreError(`too many Nix expressions in directory '${directory}'`)
      }
      found[attribute] = imported(session, new Path(path))
    } else if (status.type === 'directory') collectExpressions(session, path, found)
  }
}
