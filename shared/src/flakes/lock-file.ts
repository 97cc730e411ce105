/**
 * Lock files of flakes (`flake.lock`), versions 5 to 7
 * (https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#lock-files).
 */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '../bytes'
import { textOf, type InputAttribute, type InputAttributes } from './input-attributes'
import {
  flakeReferenceFromAttributes,
  flakeReferenceToAttributes,
  type FlakeReference,
} from './flake-reference'

/** An input of a node: another node, or what is found from the root by these names (`follows`). */
export type LockEdge =
  { kind: 'node'; node: LockedNode } | { kind: 'follows'; path: readonly ByteString[] }

export interface LockNode {
  inputs: Map<ByteString, LockEdge>
}

export interface LockedNode extends LockNode {
  locked: FlakeReference
  original: FlakeReference
  isFlake: boolean
  /** Of a relative path: the input that it is in. */
  parent: readonly ByteString[] | null
}

/** A lock file that cannot be read; the message is Nix's. */
export class LockFileError extends Error {
  override name = 'LockFileError'
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Reads a lock file. `path` is for messages. Throws LockFileError, InputError. */
export function parseLockFile(text: ByteString, path: ByteString): LockNode {
  let json: Json
  try {
    json = JSON.parse(byteStringToUtf8(text)) as Json
  } catch (error) {
    throw new LockFileError(`Could not parse '${path}': ${(error as Error).message}`)
  }
  const file = objectOf(json)
  const version = file.version ?? 0
  if (version !== 5 && version !== 6 && version !== 7) {
    throw new LockFileError(`lock file '${path}' has unsupported version ${String(version)}`)
  }
  return new LockFileReader(objectOf(file.nodes ?? null), String(file.root)).read()
}

class LockFileReader {
  private readonly nodes = new Map<string, LockedNode>()

  constructor(
    private readonly json: Record<string, Json>,
    private readonly rootKey: string,
  ) {}

  read(): LockNode {
    const root: LockNode = { inputs: new Map() }
    // Lock files are not deep, but whoever writes them decides.
    const work: [LockNode, Json][] = [[root, this.json[this.rootKey] ?? null]]
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const [node, json] = next
      for (const [name, value] of Object.entries(objectOf(objectOf(json).inputs ?? {}))) {
        node.inputs.set(utf8ToByteString(name), this.edge(value, work))
      }
    }
    return root
  }

  private edge(value: Json, work: [LockNode, Json][]): LockEdge {
    if (Array.isArray(value)) {
      return { kind: 'follows', path: value.map((name) => utf8ToByteString(String(name))) }
    }
    const key = String(value)
    if (key === this.rootKey) throw new LockFileError('lock file contains cycle to root node')
    let node = this.nodes.get(key)
    if (node === undefined) {
      const json = this.json[key]
      if (json === undefined) throw new LockFileError(`lock file references missing node '${key}'`)
      node = lockedNode(objectOf(json))
      this.nodes.set(key, node)
      work.push([node, json])
    }
    return { kind: 'node', node }
  }
}

function lockedNode(json: Record<string, Json>): LockedNode {
  const reference = (name: 'locked' | 'original', more: Json) => {
    if (json[name] === undefined) {
      throw new LockFileError(`attribute '${name}' missing in lock file`)
    }
    return flakeReferenceFromAttributes(
      attributesOf({ ...objectOf(json[name]), ...objectOf(more) }),
    )
  }
  const parent = json.parent
  return {
    locked: reference('locked', json.info ?? {}),
    original: reference('original', {}),
    isFlake: json.flake !== false,
    parent: Array.isArray(parent) ? parent.map((name) => utf8ToByteString(String(name))) : null,
    inputs: new Map(),
  }
}

function attributesOf(json: Record<string, Json>): InputAttributes {
  const attributes = new Map<ByteString, InputAttribute>()
  for (const [name, value] of Object.entries(json)) {
    if (typeof value === 'string') attributes.set(name, utf8ToByteString(value))
    else if (typeof value === 'number' || typeof value === 'boolean') attributes.set(name, value)
    else throw new LockFileError(`unsupported input attribute type in lock file`)
  }
  return attributes
}

function objectOf(json: Json): Record<string, Json> {
  if (json !== null && typeof json === 'object' && !Array.isArray(json)) return json
  throw new LockFileError('lock file has a value that is no object where one is expected')
}

/** The text of a lock file (version 7), and the name that each node has in it. */
export function formatLockFile(root: LockNode): {
  text: ByteString
  keys: ReadonlyMap<LockNode, ByteString>
} {
  const nodes: Record<string, Json> = {}
  const keys = new Map<LockNode, string>()
  const taken = new Set<string>()
  const dump = (wanted: string, node: LockNode): string => {
    const known = keys.get(node)
    if (known !== undefined) return known
    let key = wanted
    for (let n = 2; taken.has(key); n++) key = `${wanted}_${n}`
    taken.add(key)
    keys.set(node, key)
    const json: Record<string, Json> = {}
    if (node.inputs.size > 0) {
      const inputs: Record<string, Json> = {}
      for (const [name, edge] of sorted(node.inputs)) {
        inputs[byteStringToUtf8(name)] =
          edge.kind === 'node'
            ? dump(byteStringToUtf8(name), edge.node)
            : edge.path.map(byteStringToUtf8)
      }
      json.inputs = inputs
    }
    if ('locked' in node) {
      const { locked, original, isFlake, parent } = node as LockedNode
      json.original = attributesToJson(original)
      json.locked = attributesToJson(locked)
      if (!isFlake) json.flake = false
      if (parent !== null) json.parent = parent.map(byteStringToUtf8)
    }
    nodes[key] = json
    return key
  }
  const rootKey = dump('root', root)
  const json = sortKeys({ nodes, root: rootKey, version: 7 })
  return {
    text: utf8ToByteString(`${JSON.stringify(json, null, 2)}\n`),
    keys: new Map([...keys].map(([node, key]) => [node, utf8ToByteString(key)])),
  }
}

function attributesToJson(reference: FlakeReference): Json {
  const json: Record<string, Json> = {}
  for (const [name, value] of flakeReferenceToAttributes(reference)) {
    if (name === '__final') continue
    json[name] = typeof value === 'string' ? byteStringToUtf8(value) : value
  }
  return json
}

function sorted<Value>(map: ReadonlyMap<ByteString, Value>): [ByteString, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function sortKeys(json: Json): Json {
  if (json === null || typeof json !== 'object') return json
  if (Array.isArray(json)) return json.map(sortKeys)
  return Object.fromEntries(
    Object.entries(json)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sortKeys(value)]),
  )
}

/** The node that names lead to from the root, `follows` followed; null if there is none. */
export function findInput(root: LockNode, path: readonly ByteString[]): LockNode | null {
  const visited: string[] = []
  const find = (names: readonly ByteString[]): LockNode | null => {
    const shown = names.join('/')
    if (visited.includes(shown)) {
      const cycle = [...visited.slice(visited.indexOf(shown)), shown]
      throw new LockFileError(`follow cycle detected: [${cycle.join(' -> ')}]`)
    }
    visited.push(shown)
    let node: LockNode = root
    for (const name of names) {
      const edge = node.inputs.get(name)
      if (edge === undefined) return null
      const next = edge.kind === 'node' ? edge.node : find(edge.path)
      if (next === null) return null
      node = next
    }
    return node
  }
  return find(path)
}

/** Whether a reference is a path relative to the flake that it stands in. */
export function isRelative({ input }: FlakeReference): boolean {
  return input.get('type') === 'path' && !(textOf(input, 'path') ?? '').startsWith('/')
}
