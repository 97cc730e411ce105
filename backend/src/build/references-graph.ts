/**
 * What `exportReferencesGraph` gives a builder: which paths its inputs need
 * (https://nix.dev/manual/nix/latest/language/advanced-attributes#adv-attr-exportReferencesGraph).
 */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { DerivationError, type Derivation } from '@snowglobe/shared/derivation'
import { isStorePath } from '@snowglobe/shared/store-path'
import { formatNarHash } from '@snowglobe/worker/store/check-entry'
import type { PathInfo } from '@snowglobe/worker/store/store'
import { isJsonObject, JsonNumber, type Json, type JsonObject } from './structured-attributes'

/** Where facts on paths come from. */
export interface GraphSource {
  readonly storeDir: ByteString
  pathInfo(path: ByteString): PathInfo | null
  readDerivation(path: ByteString): Derivation
}

/** The graph of a store as one derivation sees it. What is asked of a path is asked once. */
export class ReferencesGraph {
  private readonly infos = new Map<ByteString, PathInfo>()

  /** `inputs` is the closure of the derivation's inputs: nothing else can be exported. */
  constructor(
    private readonly source: GraphSource,
    readonly inputs: ReadonlySet<ByteString>,
  ) {}

  get storeDir(): ByteString {
    return this.source.storeDir
  }

  pathInfo(path: ByteString): PathInfo {
    const known = this.infos.get(path)
    if (known !== undefined) return known
    const info = this.source.pathInfo(path)
    if (info === null) throw new DerivationError(`path '${path}' is not valid`)
    this.infos.set(path, info)
    return info
  }

  closure(paths: Iterable<ByteString>): Set<ByteString> {
    const found = new Set<ByteString>()
    const pending = [...paths]
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (found.has(path)) continue
      found.add(path)
      pending.push(...this.pathInfo(path).references)
    }
    return found
  }

  readDerivation(path: ByteString): Derivation {
    return this.source.readDerivation(path)
  }
}

const fileName = /^[A-Za-z_][A-Za-z0-9_.-]*$/

/**
 * The files for `name path name path …`, by name, in the format of `nix-store --register-validity`.
 * Throws DerivationError.
 */
export function graphFiles(
  source: ReferencesGraph,
  graphs: readonly ByteString[],
): Map<string, ByteString> {
  if (graphs.length % 2 !== 0)
    throw new DerivationError(
      `odd number of tokens in 'exportReferencesGraph': '${graphs.join(' ')}'`,
    )
  const files = new Map<string, ByteString>()
  for (let i = 0; i < graphs.length; i += 2) {
    const name = graphs[i]!
    if (!fileName.test(name))
      throw new DerivationError(`invalid file name '${name}' in 'exportReferencesGraph'`)
    let text = ''
    for (const path of exportReferences(source, [storePathOf(source, graphs[i + 1]!)])) {
      const { references } = source.pathInfo(path)
      text += `${path}\n\n${references.length}\n${references.map((r) => `${r}\n`).join('')}`
    }
    files.set(name, text)
  }
  return files
}

/** The attributes that a set of lists of paths becomes. Throws DerivationError. */
export function graphObjects(source: ReferencesGraph, attribute: Json | undefined): JsonObject {
  const objects: JsonObject = {}
  if (!isJsonObject(attribute)) return objects
  for (const [name, value] of Object.entries(attribute)) {
    const items = Array.isArray(value) ? value : [value]
    const paths = items.map((item) => {
      if (typeof item !== 'string')
        throw new DerivationError(`'exportReferencesGraph.${name}' must be a list of store paths`)
      return storePathOf(source, utf8ToByteString(item))
    })
    objects[name] = exportReferences(source, paths).map((path) => pathObject(source, path))
  }
  return objects
}

function pathObject(source: ReferencesGraph, path: ByteString): JsonObject {
  const info = source.pathInfo(path)
  let closureSize = 0
  for (const needed of source.closure([path])) closureSize += source.pathInfo(needed).narSize
  return {
    path: byteStringToUtf8(path),
    narHash: formatNarHash(info.narHash),
    narSize: new JsonNumber(String(info.narSize)),
    references: info.references.map(byteStringToUtf8),
    closureSize: new JsonNumber(String(closureSize)),
    ...(info.contentAddress === null ? {} : { ca: info.contentAddress }),
  }
}

function storePathOf({ storeDir }: ReferencesGraph, text: ByteString): ByteString {
  if (!text.startsWith(`${storeDir}/`))
    throw new DerivationError(`'exportReferencesGraph' contains a non-store path '${text}'`)
  const end = text.indexOf('/', storeDir.length + 1)
  const path = end < 0 ? text : text.slice(0, end)
  if (!isStorePath(storeDir, path))
    throw new DerivationError(`'exportReferencesGraph' contains a non-store path '${text}'`)
  return path
}

/** The closure of some inputs, with the outputs of derivations in it; sorted. */
function exportReferences(source: ReferencesGraph, paths: readonly ByteString[]): ByteString[] {
  for (const path of paths)
    if (!source.inputs.has(path))
      throw new DerivationError(
        `cannot export references of path '${path}' because it is not in the input closure of the derivation`,
      )
  const found = source.closure(paths)
  for (const path of [...found]) {
    if (!path.endsWith('.drv')) continue
    const outputs = [...source.readDerivation(path).outputs.values()].map(({ path }) => path)
    for (const output of source.closure(outputs)) found.add(output)
  }
  return [...found].sort()
}
