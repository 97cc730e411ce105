/** `nix-store`, with Nix's arguments and exit statuses. Source: Nix manual, "nix-store". */
import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError } from '../store/store'
import { versionLine, warnOfUnknownSettings } from './announce'
import { noArguments, onlyFlags } from './command-line'
import { describeError } from './describe-error'
import { parseStoreArguments, type StoreArguments, type StoreOperation } from './store-arguments'
import type { HostedStore, StoreCommandSurroundings } from './store-host'
import {
  collect,
  deletePaths,
  keepSettings,
  optimise,
  printEnvironment,
  readLogs,
  repairPaths,
  verifyPaths,
  verifyStore,
  type StoreCommand,
} from './store-maintenance'
import { queryStore } from './store-query'
import { realise } from './store-realise'
import {
  addFixed,
  addSources,
  dump,
  dumpDatabase,
  exportPaths,
  generateKey,
  importPaths,
  loadDatabase,
  printFixedPath,
  registerValidity,
  restore,
  wordsOf,
} from './store-transfer'

const usage = `Usage: nix-store OPERATION [FLAG…] [ARGUMENT…]

  -r, --realise PATH…     build derivations, substitute other paths (--dry-run, --check, --repair,
                          --ignore-unknown, --add-root LINK)
  -q, --query PATH…       --outputs, -R/--requisites (--include-outputs), --references, --referrers,
                          --referrers-closure, -d/--deriver, --valid-derivers, -b/--binding NAME,
                          --hash, --size, --tree, --graph, --graphml, --resolve, --roots;
                          with -u/--use-output, -f/--force-realise
  --gc                    delete what no root keeps (--print-roots, --print-live, --print-dead,
                          --max-freed BYTES)
  --delete PATH…          delete paths that nothing needs (--ignore-liveness)
  --verify                look for damage (--check-contents, --repair)
  --verify-path PATH…     compare contents with what is registered
  --repair-path PATH…     get the right contents again
  --optimise              make equal files one
  -A, --add FILE…         copy files into the store
  --add-fixed ALGO FILE…  the same, as a fixed output (--recursive)
  --print-fixed-path ALGO HASH NAME
  --dump FILE, --restore FILE     files as an archive, and back
  --export PATH…, --import        paths with what is known of them, and back
  --dump-db, --load-db, --register-validity, --check-validity PATH…
  --print-env PATH        the environment of a derivation
  -l, --read-log PATH…    the log of a build
  --generate-binary-cache-key NAME SECRET-FILE PUBLIC-FILE
`

/** Operations that need no store. */
const withoutStore: Partial<
  Record<
    StoreOperation,
    (given: StoreArguments, surroundings: StoreCommandSurroundings) => number | Promise<number>
  >
> = { dump, restore, 'generate-binary-cache-key': generateKey }

const withStore: Partial<
  Record<StoreOperation, (command: StoreCommand) => number | Promise<number>>
> = {
  realise,
  query: async ({ given, store, surroundings }) => {
    surroundings.writeOutput(
      await queryStore(store, given.flags, given.args, keepSettings(given.settings)),
    )
    return 0
  },
  gc: collect,
  delete: deletePaths,
  verify: verifyStore,
  'verify-path': verifyPaths,
  'repair-path': repairPaths,
  optimise,
  add: addSources,
  'add-fixed': addFixed,
  'print-fixed-path': printFixedPath,
  export: exportPaths,
  import: importPaths,
  'dump-db': dumpDatabase,
  'load-db': loadDatabase,
  'register-validity': registerValidity,
  'check-validity': checkValidity,
  'print-env': printEnvironment,
  'read-log': readLogs,
  init: ({ given }) => {
    onlyFlags(given, [])
    noArguments(given)
    return 0
  },
}

/** Runs the command. Gives its exit status. */
export async function nixStore(
  args: readonly ByteString[],
  surroundings: StoreCommandSurroundings,
): Promise<number> {
  let store: HostedStore | null = null
  try {
    const given = parseStoreArguments(args, surroundings.configuredSettings())
    const { operation } = given
    warnOfUnknownSettings(given.settings, surroundings)
    if (operation === 'help' || operation === 'version') {
      surroundings.writeOutput(operation === 'help' ? usage : versionLine('nix-store'))
      return 0
    }
    if (given.fromStandardInput && operation !== 'import' && operation !== 'restore') {
      given.args.push(...wordsOf(await surroundings.readStandardInput()))
    }
    const simple = withoutStore[operation]
    if (simple !== undefined) return await simple(given, surroundings)
    store = await surroundings.openStore(given.settings)
    return await withStore[operation]!({ given, store, surroundings })
  } catch (error) {
    surroundings.writeError(describeError(error, 'nix-store'))
    return 1
  } finally {
    store?.close()
  }
}

/** `--check-validity`. */
async function checkValidity({ given, store, surroundings }: StoreCommand): Promise<number> {
  const flags = onlyFlags(given, ['--print-invalid'])
  for (const arg of given.args) {
    const path = store.followLinks(arg)
    if ((await store.queryPathInfo(path)) !== null) continue
    if (!flags.has('--print-invalid')) throw new StoreError(`path '${path}' is not valid`)
    surroundings.writeOutput(`${path}\n`)
  }
  return 0
}
