/** `nix-store --query`: questions about paths. Pure over the store. Source: Nix manual, "nix-store --query". */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import { readNar } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { formatNarHash } from '../store/check-entry'
import { StoreError, type KeepSettings, type Root } from '../store/store'
import type { StoreGraph } from '../store/store-graph'
import { UsageError } from './command-line'
import { dotGraph, graphMl, tree } from './store-graphs'
import type { HostedStore } from './store-host'

/** Flags that ask something, and what the code calls it. */
const questions: Readonly<Record<string, string>> = {
  '--outputs': 'outputs',
  '--requisites': 'requisites',
  '-R': 'requisites',
  '--references': 'references',
  '--referrers': 'referrers',
  '--referers': 'referrers',
  '--referrers-closure': 'referrers-closure',
  '--referers-closure': 'referrers-closure',
  '--deriver': 'deriver',
  '-d': 'deriver',
  '--valid-derivers': 'valid-derivers',
  '--binding': 'binding',
  '-b': 'binding',
  '--hash': 'hash',
  '--size': 'size',
  '--tree': 'tree',
  '--graph': 'graph',
  '--graphml': 'graphml',
  '--resolve': 'resolve',
  '--roots': 'roots',
}

interface Query {
  question: string
  /** Of a derivation, its outputs are meant. */
  useOutput: boolean
  includeOutputs: boolean
  forceRealise: boolean
  /** The environment variable that `--binding` asks for. */
  binding: ByteString
  paths: ByteString[]
}

function understand(flags: readonly ByteString[], args: readonly ByteString[]): Query {
  const query: Query = {
    question: '',
    useOutput: false,
    includeOutputs: false,
    forceRealise: false,
    binding: '',
    paths: [...args],
  }
  for (const flag of flags) {
    const question = Object.hasOwn(questions, flag) ? questions[flag] : undefined
    if (question !== undefined) {
      if (query.question !== '' && query.question !== question) {
        throw new UsageError(`query type '${flag}' conflicts with earlier flag`)
      }
      query.question = question
      if (question !== 'binding') continue
      const binding = query.paths.shift()
      if (binding === undefined) throw new UsageError('expected binding name')
      query.binding = binding
    } else if (flag === '--use-output' || flag === '-u') query.useOutput = true
    else if (['--force-realise', '--force-realize', '-f'].includes(flag)) query.forceRealise = true
    else if (flag === '--include-outputs') query.includeOutputs = true
    else throw new UsageError(`unknown flag '${flag}'`)
  }
  if (query.question === '') query.question = 'outputs'
  return query
}

/** Answers a query. Throws UsageError and StoreError. */
export async function queryStore(
  store: HostedStore,
  flags: readonly ByteString[],
  args: readonly ByteString[],
  keep: KeepSettings,
): Promise<ByteString> {
  const query = understand(flags, args)
  const paths = query.paths.map((path) => store.followLinks(path))
  if (query.forceRealise) {
    const wanted = paths.map((path) => ({ path, outputs: [] }))
    const status = await store.realise(wanted, { mode: 'normal', dryRun: false })
    if (status !== 0) throw new StoreError('not everything could be realised')
  }
  /** The paths that a question is about. */
  const meant = async (path: ByteString, useOutput = query.useOutput): Promise<ByteString[]> =>
    useOutput && path.endsWith('.drv') ? outputsOf(store, path) : [path]
  const allMeant = async () => (await Promise.all(paths.map((path) => meant(path)))).flat()
  switch (query.question) {
    case 'outputs':
      return lines((await Promise.all(paths.map((path) => meant(path, true)))).flat())
    case 'requisites':
    case 'references':
    case 'referrers':
    case 'referrers-closure':
      return closures(query, await store.graph(), await allMeant())
    case 'deriver': {
      const infos = await Promise.all(paths.map((path) => validInfo(store, path)))
      return lines(infos.map(({ deriver }) => deriver ?? 'unknown-deriver'))
    }
    case 'valid-derivers': {
      const derivers = await Promise.all(paths.map((path) => store.queryValidDerivers(path)))
      return lines((await store.graph()).sorted(derivers.flat()))
    }
    case 'binding':
      return lines(await Promise.all(paths.map((path) => binding(store, path, query.binding))))
    case 'hash':
    case 'size': {
      const infos = await Promise.all((await allMeant()).map((path) => validInfo(store, path)))
      const { question } = query
      return lines(
        infos.map(({ narHash, narSize }) =>
          question === 'hash' ? formatNarHash(narHash) : String(narSize),
        ),
      )
    }
    case 'tree':
      return tree(await store.graph(), paths)
    case 'graph':
      return dotGraph(store.storeDir, await store.graph(), await allMeant())
    case 'graphml':
      return graphMl(store.storeDir, await store.graph(), await allMeant())
    case 'resolve':
      return lines(paths)
    default:
      return rootsOf(await store.graph(), await store.roots(), await allMeant(), keep)
  }
}

function closures(query: Query, graph: StoreGraph, paths: readonly ByteString[]): ByteString {
  const found = new Set<ByteString>()
  const add = (more: Iterable<ByteString>) => {
    for (const path of more) found.add(path)
  }
  for (const path of paths) {
    switch (query.question) {
      case 'requisites':
        add(graph.closure([path], { outputs: query.includeOutputs }))
        break
      case 'references':
        add(graph.node(path).references)
        break
      case 'referrers':
        add(graph.referrers(path))
        // Nix counts the path itself, too, where it refers to itself.
        if (graph.nodes.get(path)?.references.includes(path) === true) add([path])
        break
      default:
        add(graph.closure([path], { backwards: true }))
    }
  }
  return lines(graph.sorted(found))
}

/** Roots that keep one of the paths. */
function rootsOf(
  graph: StoreGraph,
  roots: readonly Root[],
  paths: readonly ByteString[],
  keep: KeepSettings,
): ByteString {
  const keepers = graph.closure(paths, {
    backwards: true,
    outputs: keep.keepOutputs,
    derivers: keep.keepDerivations,
  })
  return lines(
    roots.filter(({ path }) => keepers.has(path)).map(({ name, path }) => `${name} -> ${path}`),
  )
}

async function binding(
  store: HostedStore,
  path: ByteString,
  name: ByteString,
): Promise<ByteString> {
  const drvPath = path.endsWith('.drv') ? path : (await validInfo(store, path)).deriver
  if (drvPath === null) throw new StoreError(`deriver of path '${path}' is not known`)
  const value = (await readStoreDerivation(store, drvPath)).environment.get(name)
  if (value !== undefined) return value
  throw new StoreError(`derivation '${drvPath}' has no environment binding named '${name}'`)
}

/** The output paths of a derivation, sorted. Throws StoreError where one is not known yet. */
export async function outputsOf(store: HostedStore, drvPath: ByteString): Promise<ByteString[]> {
  const { outputs } = await readStoreDerivation(store, drvPath)
  const known = await store.queryDerivationOutputs(drvPath)
  return [...outputs]
    .map(([name, output]) => {
      const path = output.path === '' ? known.get(name) : output.path
      if (path !== undefined) return path
      throw new UsageError(
        'Cannot use output path of floating content-addressing derivation until we know what it is ' +
          '(e.g. by building it)',
      )
    })
    .sort()
}

/** The derivation in a valid `.drv`. Throws StoreError, DerivationError. */
export async function readStoreDerivation(
  store: HostedStore,
  path: ByteString,
): Promise<Derivation> {
  const root = readNar(await store.narFromPath(path))
  if (root.type !== 'regular') throw new StoreError(`'${path}' is not a derivation`)
  const { name } = parseStorePath(store.storeDir, path)
  return parseDerivation(bytesToByteString(root.contents), name.replace(/\.drv$/, ''))
}

/** The log of a derivation, or of the one that made a path; null where there is none. */
export async function buildLog(store: HostedStore, path: ByteString): Promise<ByteString | null> {
  const deriver = path.endsWith('.drv') ? path : (await store.queryPathInfo(path))?.deriver
  return store.buildLog(deriver ?? path)
}

/** Throws StoreError if the path is not valid. */
export async function validInfo(store: HostedStore, path: ByteString) {
  const info = await store.queryPathInfo(path)
  if (info === null) throw new StoreError(`path '${path}' is not valid`)
  return info
}

function lines(texts: readonly ByteString[]): ByteString {
  return texts.map((text) => `${text}\n`).join('')
}
