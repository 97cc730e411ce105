/** `nix-env --query`: what is installed, what is there to be installed, and how the two differ. */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { compareVersions } from '../../evaluator/builtins/versions'
import { toJson } from '../../evaluator/json'
import { UsageError } from '../command-line'
import type { EnvSession } from './env-session'
import type { Package } from './package'
import { availablePackages } from './package-sources'
import { selectPackages } from './select-packages'
import { installedPackages } from './user-environment'

interface Query {
  available: boolean
  attribute: ByteString
  columns: Set<string>
}

/** Flags that show something, and what the code calls it. */
const columnFlags: Readonly<Record<string, string>> = {
  '--status': 'status',
  '-s': 'status',
  '--no-name': 'no-name',
  '--system': 'system',
  '--description': 'description',
  '--compare-versions': 'compare',
  '-c': 'compare',
  '--drv-path': 'drv-path',
  '--out-path': 'out-path',
  '--meta': 'meta',
  '--attr-path': 'attr-path',
  '-P': 'attr-path',
  '--json': 'json',
}

function understand(flags: readonly ByteString[]): Query {
  const query: Query = { available: false, attribute: '', columns: new Set() }
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]
    if (Object.hasOwn(columnFlags, flag)) query.columns.add(columnFlags[flag])
    else if (flag === '--installed') query.available = false
    else if (flag === '--available' || flag === '-a') query.available = true
    else if (flag === '--attr' || flag === '-A') query.attribute = flags[++i] ?? ''
    else throw new UsageError(`unknown flag '${flag}'`)
  }
  if (query.columns.has('attr-path') && !query.available) {
    throw new UsageError('--attr-path(-P) only works with --available')
  }
  return query
}

/** Answers the query. Throws UsageError, StoreError and NixError. */
export async function queryPackages(session: EnvSession): Promise<ByteString> {
  const { given, store } = session
  const query = understand(given.flags)
  const { columns } = query
  const isCompared = columns.has('compare')
  const needsInstalled = !query.available || isCompared || columns.has('status')
  const { shown, others, installed, paths } = await session.evaluate(() => {
    const there = needsInstalled ? installedPackages(session.evaluator, session.profile) : []
    const available =
      query.available || isCompared ? availablePackages(session, query.attribute) : []
    const [mine, theirs] = query.available ? [available, there] : [there, available]
    const selected = selectPackages(mine, given.args, null).sort(byName)
    return {
      shown: selected,
      others: theirs,
      installed: columns.has('status') ? new Set(there.map((one) => one.outPath())) : new Set(),
      paths:
        columns.has('status') || given.prebuiltOnly ? selected.map((one) => one.outPath()) : [],
    }
  })
  const valid = await store.queryValidPaths(paths)
  const packages = given.prebuiltOnly ? shown.filter((_, i) => valid.has(paths[i])) : shown
  return session.evaluate(() => {
    if (columns.has('json')) return asJson(session, packages, columns)
    const rows = packages.map((one) => {
      const cells: ByteString[] = []
      if (columns.has('status')) {
        const path = one.outPath()
        cells.push(`${installed.has(path) ? 'I' : '-'}${valid.has(path) ? 'P' : '-'}-`)
      }
      if (columns.has('attr-path')) cells.push(one.attributePath)
      if (!columns.has('no-name')) cells.push(one.name())
      if (isCompared) cells.push(compareWith(one, others))
      if (columns.has('system')) cells.push(one.system())
      if (columns.has('drv-path')) cells.push(one.drvPath() ?? '-')
      if (columns.has('out-path')) {
        const outputs = [...one.outputs()]
        cells.push(
          outputs.map(([name, path]) => (name === 'out' ? path : `${name}=${path}`)).join(';'),
        )
      }
      if (columns.has('description')) cells.push(one.metaText('description'))
      return cells
    })
    return table(rows)
  })
}

function byName(one: Package, other: Package): number {
  const [first, second] = [one.name().toUpperCase(), other.name().toUpperCase()]
  return first < second ? -1 : first > second ? 1 : 0
}

/** How a version compares with those of the same name among others: `< 2.0`. */
function compareWith(one: Package, others: readonly Package[]): ByteString {
  const { name, version } = one.nameParts()
  let [mark, found] = ['-', '?']
  for (const other of others) {
    const parts = other.nameParts()
    if (parts.name !== name) continue
    const order = compareVersions(version, parts.version)
    if (order < 0) [mark, found] = ['<', parts.version]
    else if (mark !== '<' && order === 0) [mark, found] = ['=', parts.version]
    else if (mark !== '<' && mark !== '=') {
      if (mark === '-' || compareVersions(found, parts.version) < 0) found = parts.version
      mark = '>'
    }
  }
  return `${mark} ${found}`
}

function table(rows: readonly (readonly ByteString[])[]): ByteString {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) => {
      const cells = row.map((cell, i) => {
        const line = cell.replaceAll('\n', ' ')
        return i + 1 < row.length ? line.padEnd(widths[i] + 2) : line
      })
      return `${cells.join('')}\n`
    })
    .join('')
}

function asJson(
  { evaluator }: EnvSession,
  packages: readonly Package[],
  columns: ReadonlySet<string>,
): ByteString {
  const metaOf = (one: Package) =>
    Object.fromEntries(
      one.metaNames().map((key) => {
        const value = one.meta(key)
        if (value === undefined) return [key, null]
        return [key, JSON.parse(byteStringToUtf8(toJson(evaluator, value, true))) as unknown]
      }),
    )
  const described = packages.map((one): [ByteString, Record<string, unknown>] => {
    const { name, version } = one.nameParts()
    const outputs = columns.has('out-path')
      ? [...one.outputs()]
      : one.outputNames().map((output): [ByteString, null] => [output, null])
    const drvPath = columns.has('drv-path') ? one.drvPath() : null
    return [
      one.attributePath,
      {
        ...(drvPath === null ? {} : { drvPath }),
        ...(columns.has('meta') ? { meta: metaOf(one) } : {}),
        name: one.name(),
        outputName: one.outputName(),
        outputs: Object.fromEntries(outputs),
        pname: name,
        system: one.system(),
        version,
      },
    ]
  })
  described.sort(([one], [other]) => (one < other ? -1 : 1))
  return utf8ToByteString(`${JSON.stringify(Object.fromEntries(described), null, 2)}\n`)
}
