import type { ByteString } from '@snowglobe/shared/bytes'
import { absolute } from './absolute'
import { warnOfGarbage } from './announce'
import { onlyFlags } from './command-line'
import type { HostedStore } from './store-host'
import type { StoreCommand } from './store-maintenance'
import { readStoreDerivation } from './store-query'
import { StoreError } from '../store/store'

interface Wanted {
  path: ByteString
  outputs: ByteString[]
}

/** `--realise`: makes paths valid and prints what is there then. */
export async function realise({ given, store, surroundings }: StoreCommand): Promise<number> {
  const flags = onlyFlags(given, ['--dry-run', '--repair', '--check', '--ignore-unknown'])
  const wanted = given.args.map((arg) => parseWanted(store, arg))
  const status = await store.realise(wanted, {
    mode: flags.has('--repair') ? 'repair' : flags.has('--check') ? 'check' : 'normal',
    dryRun: flags.has('--dry-run'),
  })
  if (status !== 0 || flags.has('--dry-run') || flags.has('--ignore-unknown')) return status
  const root =
    given.addRoot === null ? null : absolute(given.addRoot, surroundings.workingDirectory)
  if (root === null && wanted.length > 0 && given.warnOfGarbage) {
    warnOfGarbage(surroundings)
  }
  for (const [i, { path, outputs }] of wanted.entries()) {
    for (const [output, realised] of await realisedPaths(store, path, outputs)) {
      let shown = realised
      if (root !== null) {
        // As Nix: the second argument's root ends in -2, that of another output in its name.
        const count = i === 0 ? '' : `-${i + 1}`
        shown = `${root}${count}${output === 'out' ? '' : `-${output}`}`
        await store.addIndirectRoot(shown, realised)
      }
      if (!given.noOutput) surroundings.writeOutput(`${shown}\n`)
    }
  }
  return 0
}

/** `PATH` or `PATH!OUTPUT,…`. */
function parseWanted(store: HostedStore, arg: ByteString): Wanted {
  const mark = arg.indexOf('!')
  if (mark < 0) return { path: store.followLinks(arg), outputs: [] }
  return {
    path: store.followLinks(arg.slice(0, mark)),
    outputs: arg.slice(mark + 1).split(','),
  }
}

/** What there is of a path once it is realised, by output name. */
async function realisedPaths(
  store: HostedStore,
  path: ByteString,
  names: readonly ByteString[],
): Promise<[ByteString, ByteString][]> {
  if (!path.endsWith('.drv')) return [['out', path]]
  const { outputs } = await readStoreDerivation(store, path)
  const known = await store.queryDerivationOutputs(path)
  const wanted = names.length === 0 ? [...outputs.keys()] : names
  return wanted
    .map((name): [ByteString, ByteString] => {
      const output = outputs.get(name)
      if (output === undefined) {
        throw new StoreError(`derivation '${path}' does not have an output named '${name}'`)
      }
      return [name, output.path === '' ? (known.get(name) ?? '') : output.path]
    })
    .sort(([, one], [, other]) => (one < other ? -1 : 1))
}
