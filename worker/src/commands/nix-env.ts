/** `nix-env`: what a profile has, and its generations. Source: Nix manual, "nix-env". */
import type { ByteString } from '@snowglobe/shared/bytes'
import { NixError } from '../evaluator/errors'
import { absolute } from './absolute'
import { versionLine, warnOfUnknownSettings } from './announce'
import { noArguments, onlyFlags, UsageError } from './command-line'
import { ToldFailure } from './command-host'
import { describeError } from './describe-error'
import { describeFailure } from './describe-failure'
import { install, setFlag, setProfile, uninstall, upgrade } from './env/change-packages'
import { parseEnvArguments, type EnvArguments } from './env/env-arguments'
import { EnvSession, type EnvSurroundings } from './env/env-session'
import { queryPackages } from './env/query-packages'
import { parseGenerationSelection } from './generation-selection'
import { deleteSelected, describeGenerations, switchTo } from './profile-generations'
import type { ProfileStore } from './profile-host'

const usage = `Usage: nix-env OPERATION [FLAG…] [ARGUMENT…]

  -i, --install NAME…     install packages (-A: by attribute path, -E: functions of the expression,
                          --from-profile PROFILE; -P, --preserve-installed; -r, --remove-all;
                          --priority N)
  -e, --uninstall NAME…
  -u, --upgrade [NAME…]   (--lt, --leq, --eq, --always)
  --set PATH              make the profile lead to one path
  --set-flag NAME VALUE PACKAGE…
  -q, --query [NAME…]     what is installed; -a, --available: what could be
                          (-s/--status, -P/--attr-path, -c/--compare-versions, --no-name, --system,
                          --drv-path, --out-path, --description, --json, --meta)
  --list-generations      the generations of the profile
  -G, --switch-generation N
  --rollback              go back to the generation before
  --delete-generations old | Nd | +N | N…
  -S, --switch-profile PROFILE

  -p, --profile PROFILE   another profile than ~/.nix-profile
  -f, --file FILE         another expression than ~/.nix-defexpr
  --dry-run               only say what would be done
  -b, --prebuilt-only     only what needs no build
  --system-filter SYSTEM  only packages for this system
  --store STORE           another store: a directory, or local?root=DIRECTORY
`

/** Runs the command. Gives its exit status. */
export async function nixEnv(
  args: readonly ByteString[],
  surroundings: EnvSurroundings,
): Promise<number> {
  let store: ProfileStore | null = null
  let session: EnvSession | null = null
  try {
    const given = parseEnvArguments(
      args,
      surroundings.workingDirectory,
      surroundings.configuredSettings(),
    )
    warnOfUnknownSettings(given.settings, surroundings)
    if (given.operation === 'help' || given.operation === 'version') {
      const version = versionLine('nix-env')
      surroundings.writeOutput(given.operation === 'help' ? usage : version)
      return 0
    }
    if (given.dryRun) surroundings.writeError('(dry run; not doing anything)\n')
    store = await surroundings.openStore(given.settings)
    const place = given.profile ?? store.profilePlaces(given.settings).default
    if (await workOnGenerations(given, surroundings, store, place)) return 0
    session = await EnvSession.open(given, surroundings, store, place)
    await workOnPackages(session)
    return 0
  } catch (error) {
    if (error instanceof ToldFailure) return error.status
    const showTrace = session?.given.settings.boolean('show-trace', false) ?? false
    surroundings.writeError(
      session === null
        ? describeError(error, 'nix-env')
        : describeFailure(error, 'nix-env', session.evaluator, { showTrace }),
    )
    return error instanceof NixError ? error.exitStatus : 1
  } finally {
    await session?.close()
    store?.close()
  }
}

/** Operations that evaluate nothing. Gives whether the operation is one of them. */
async function workOnGenerations(
  given: EnvArguments,
  surroundings: EnvSurroundings,
  store: ProfileStore,
  place: ByteString,
): Promise<boolean> {
  const task = { store, surroundings, place, dryRun: given.dryRun }
  const { args, operation } = given
  const oneArgument = () => {
    const [only] = args
    if (only === undefined || args.length > 1) throw new UsageError('exactly one argument expected')
    return only
  }
  switch (operation) {
    case 'list-generations':
      onlyFlags(given, [])
      noArguments(given)
      surroundings.writeOutput(describeGenerations(store.profileAt(place)))
      return true
    case 'rollback':
      onlyFlags(given, [])
      noArguments(given)
      await switchTo(task, null)
      return true
    case 'switch-generation': {
      onlyFlags(given, [])
      const number = oneArgument()
      if (!/^\d+$/.test(number)) throw new UsageError('expected a generation number')
      await switchTo(task, Number(number))
      return true
    }
    case 'delete-generations':
      onlyFlags(given, [])
      await deleteSelected(task, parseGenerationSelection(args))
      return true
    case 'switch-profile':
      onlyFlags(given, [])
      store.switchProfile(given.settings, absolute(oneArgument(), surroundings.workingDirectory))
      return true
    default:
      return false
  }
}

async function workOnPackages(session: EnvSession): Promise<void> {
  switch (session.given.operation) {
    case 'install':
      return install(session)
    case 'uninstall':
      return uninstall(session)
    case 'upgrade':
      return upgrade(session)
    case 'set':
      return setProfile(session)
    case 'set-flag':
      return setFlag(session)
    default:
      session.surroundings.writeOutput(await queryPackages(session))
  }
}
