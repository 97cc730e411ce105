/**
 * Packs: a channel's whole tree in one file that is read where it lies. Integers are little-endian.
 *
 *     "snowglobe-pack-2"     16 bytes
 *     length of the header   u32
 *     header                 JSON: PackHeader, and the sizes of what follows
 *     index                  12 bytes for each entry
 *     names                  of the entries, one after another in their order
 *     contents               of files and targets of links, likewise
 *     syntax                 for some files the binary forms of their syntax trees (syntaxSize bytes): how
 *                            many (u32), the number of each one's entry and its length (two u32), and they
 *                            themselves, in the order of entries
 *
 * Entries are in breadth-first order, each directory's sorted; the first is the root. One is its type
 * (u8: directory, file, executable file, link), the length of its name (u8), two zeros, and two u32:
 * of a directory its first child and their number, else where its contents begin and how long they
 * are. So a tree has one form only, but for the syntax: that belongs to a version of Snowglobe, and who
 * reads it checks it. Opening checks the index in one pass; directories are decoded when they are first
 * looked into.
 */
import * as v from 'valibot'
import { byteStringToBytes, bytesToByteString, type ByteString } from './bytes'
import { createHasher, formatHash, HashError, parseHash, type Hash } from './hash'
import { NarError, narMaxDepth, streamNar, type NarNode } from './nar'
import { snippetWord } from './snippet'
import { defaultStoreDir, makeFixedOutputPath } from './store-path'

/** Bytes that are no pack, or a tree that cannot become one. */
export class PackError extends Error {
  override name = 'PackError'
}

export interface PackHeader {
  /** The channel's name, as snippets have it. */
  name: string
  /** What people are told of it: a version or revision; may be ''. */
  label: string
  /** What it is mounted as: `/nix/store/<hash>-source`, as if the tree had been added to the store. */
  storePath: ByteString
  /** Of the tree. */
  narHash: Hash
  narSize: number
}

export interface Pack extends PackHeader {
  /** Everything in it: files, links, directories and the root. */
  entries: number
  /** Contents are views into the pack. */
  tree: NarNode
  /** The binary form of a file's syntax tree, unchecked; null where it has none. */
  syntaxOf: (file: NarNode) => Uint8Array | null
}

const magic = 'snowglobe-pack-2'
const maxHeader = 64 * 1024
const recordSize = 12
/** Offsets are 32 bits. */
const maxContents = 2 ** 32 - 1
const maxLabel = 200

const directory = 0
const regular = 1
const executable = 2
const symlink = 3

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const headerSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(snippetWord)),
  label: v.pipe(v.string(), v.maxLength(maxLabel)),
  storePath: v.string(),
  narHash: v.string(),
  narSize: size,
  entries: v.pipe(size, v.minValue(1)),
  namesSize: size,
  contentsSize: size,
  syntaxSize: v.pipe(size, v.minValue(4)),
})

/** Hash and size of a tree's NAR, and the path that the tree has in a store. Throws NarError. */
export function identifyTree(tree: NarNode): Pick<PackHeader, 'storePath' | 'narHash' | 'narSize'> {
  const hasher = createHasher('sha256')
  let narSize = 0
  streamNar(tree, (piece) => {
    hasher.update(piece)
    narSize += piece.length
  })
  const narHash: Hash = { algorithm: 'sha256', bytes: hasher.digest() }
  return { storePath: pathOf(narHash), narHash, narSize }
}

function pathOf(narHash: Hash): ByteString {
  return makeFixedOutputPath(defaultStoreDir, 'recursive', narHash, 'source')
}

/**
 * The pack of a tree. Throws PackError, and NarError for a tree that no NAR can hold.
 *
 * @param syntaxOf the binary form of a file's syntax tree, if it has one
 */
export function writePack(
  tree: NarNode,
  { name, label }: Pick<PackHeader, 'name' | 'label'>,
  syntaxOf: (name: ByteString, contents: Uint8Array) => Uint8Array | null = () => null,
): Uint8Array<ArrayBuffer> {
  if (!snippetWord.test(name)) {
    throw new PackError(
      `'${name}' cannot be the name of a channel: use letters, digits and . _ -, at most 64 of them`,
    )
  }
  if (tree.type !== 'directory') throw new PackError('a channel is a directory of files')
  const { storePath, narHash, narSize } = identifyTree(tree)
  const nodes = breadthFirst(tree)
  const sizes = { namesSize: 0, contentsSize: 0 }
  for (const entry of nodes) {
    sizes.namesSize += entry.name.length
    sizes.contentsSize += contentsSize(entry.node)
  }
  if (sizes.contentsSize > maxContents) {
    throw new PackError(`the files have ${sizes.contentsSize} bytes, a pack holds ${maxContents}`)
  }
  const syntax = writeSyntax(nodes, syntaxOf)
  const header = new TextEncoder().encode(
    JSON.stringify({
      name,
      label: label.slice(0, maxLabel),
      storePath,
      narHash: formatHash(narHash, 'nix32', true),
      narSize,
      entries: nodes.length,
      ...sizes,
      syntaxSize: syntax.length,
    }),
  )
  const start = magic.length + 4 + header.length
  const namesStart = start + nodes.length * recordSize
  const contentsStart = namesStart + sizes.namesSize
  const bytes = new Uint8Array(contentsStart + sizes.contentsSize + syntax.length)
  bytes.set(syntax, contentsStart + sizes.contentsSize)
  const view = new DataView(bytes.buffer)
  bytes.set(byteStringToBytes(magic))
  view.setUint32(magic.length, header.length, true)
  bytes.set(header, magic.length + 4)
  let nextName = namesStart
  let nextContents = contentsStart
  let nextChild = 1
  nodes.forEach(({ name: entryName, node }, index) => {
    const record = start + index * recordSize
    view.setUint8(record, typeOf(node))
    view.setUint8(record + 1, entryName.length)
    bytes.set(byteStringToBytes(entryName), nextName)
    nextName += entryName.length
    if (node.type === 'directory') {
      view.setUint32(record + 4, nextChild, true)
      view.setUint32(record + 8, node.entries.size, true)
      nextChild += node.entries.size
      return
    }
    const contents = node.type === 'symlink' ? byteStringToBytes(node.target) : node.contents
    view.setUint32(record + 4, nextContents - contentsStart, true)
    view.setUint32(record + 8, contents.length, true)
    bytes.set(contents, nextContents)
    nextContents += contents.length
  })
  return bytes
}

function writeSyntax(
  nodes: { name: ByteString; node: NarNode }[],
  syntaxOf: (name: ByteString, contents: Uint8Array) => Uint8Array | null,
): Uint8Array {
  const trees: { entry: number; bytes: Uint8Array }[] = []
  nodes.forEach(({ name, node }, entry) => {
    const bytes = node.type === 'regular' ? syntaxOf(name, node.contents) : null
    if (bytes !== null) trees.push({ entry, bytes })
  })
  let next = 4 + trees.length * 8
  const section = new Uint8Array(trees.reduce((sum, { bytes }) => sum + bytes.length, next))
  const view = new DataView(section.buffer)
  view.setUint32(0, trees.length, true)
  trees.forEach(({ entry, bytes }, i) => {
    view.setUint32(4 + i * 8, entry, true)
    view.setUint32(8 + i * 8, bytes.length, true)
    section.set(bytes, next)
    next += bytes.length
  })
  return section
}

function breadthFirst(tree: NarNode): { name: ByteString; node: NarNode }[] {
  const nodes = [{ name: '', node: tree }]
  // Grows while it is gone through.
  for (const { node } of nodes) {
    if (node.type !== 'directory') continue
    for (const name of [...node.entries.keys()].sort()) {
      nodes.push({ name, node: node.entries.get(name)! })
    }
  }
  return nodes
}

function typeOf(node: NarNode): number {
  if (node.type === 'regular') return node.executable ? executable : regular
  return node.type === 'directory' ? directory : symlink
}

function contentsSize(node: NarNode): number {
  if (node.type === 'directory') return 0
  return node.type === 'symlink' ? node.target.length : node.contents.length
}

/**
 * Opens a pack without copying it: contents are views into `bytes`. Everything but the contents is
 * checked; that they are those of the store path, checkPack finds out. Throws PackError.
 */
export function openPack(bytes: Uint8Array): Pack {
  const { header, end } = readHeader(bytes)
  const { entries, namesSize, contentsSize: contents, syntaxSize, ...rest } = header
  const contentsEnd = end + entries * recordSize + namesSize + contents
  const total = contentsEnd + syntaxSize
  if (total !== bytes.length) {
    throw new PackError(
      `the pack should have ${total} bytes but has ${bytes.length}: ` +
        (bytes.length < total ? 'its end is missing' : 'something follows its end'),
    )
  }
  const index = new PackIndex(bytes.subarray(0, contentsEnd), end, entries, namesSize)
  const syntax = readSyntax(bytes.subarray(contentsEnd))
  const syntaxOf = (file: NarNode) => {
    return file instanceof PackedFile ? (syntax.get(file.entry) ?? null) : null
  }
  return { ...rest, entries, tree: index.node(0), syntaxOf }
}

/**
 * What the beginning of a pack says of it; `bytes` may end anywhere after its first 64 KiB. The tree
 * is not looked at. Throws PackError.
 */
export function readPackHeader(bytes: Uint8Array): PackHeader {
  const { name, label, storePath, narHash, narSize } = readHeader(bytes).header
  return { name, label, storePath, narHash, narSize }
}

interface WholeHeader extends PackHeader {
  entries: number
  namesSize: number
  contentsSize: number
  syntaxSize: number
}

function readHeader(bytes: Uint8Array): { header: WholeHeader; end: number } {
  if (bytesToByteString(bytes.subarray(0, magic.length)) !== magic) {
    throw new PackError(`this is no pack: it does not begin with '${magic}'`)
  }
  const start = magic.length + 4
  if (bytes.length < start) throw new PackError('the pack ends before its header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(magic.length, true)
  if (length > maxHeader) {
    throw new PackError(`the pack's header has ${length} bytes, at most ${maxHeader} are allowed`)
  }
  if (start + length > bytes.length) throw new PackError('the pack ends within its header')
  let json: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true })
    json = JSON.parse(text.decode(bytes.subarray(start, start + length)))
  } catch {
    throw new PackError("the pack's header is not JSON")
  }
  const header = v.safeParse(headerSchema, json)
  if (!header.success) {
    const issue = header.issues[0]
    throw new PackError(`the pack's header: ${v.getDotPath(issue) ?? ''}: ${issue.message}`)
  }
  const narHash = hashOf(header.output.narHash)
  const storePath = pathOf(narHash)
  if (storePath !== header.output.storePath) {
    throw new PackError(
      `the pack says that it is ${header.output.storePath}, but its hash is that of ${storePath}`,
    )
  }
  return { header: { ...header.output, narHash }, end: start + length }
}

function hashOf(text: string): Hash {
  try {
    return parseHash(text, 'sha256')
  } catch (error) {
    if (!(error instanceof HashError)) throw error
    throw new PackError(`the pack's header: narHash: ${error.message}`)
  }
}

/** Recomputes the store path of a pack's tree. Throws PackError where it is not what the pack says. */
export function checkPack(pack: Pack): void {
  let storePath: ByteString
  try {
    storePath = identifyTree(pack.tree).storePath
  } catch (error) {
    if (!(error instanceof NarError)) throw error
    throw new PackError(`the pack is damaged: ${error.message}`)
  }
  if (storePath !== pack.storePath) {
    throw new PackError(`the pack is damaged: its contents are those of ${storePath}`)
  }
}

/** The syntax trees by their files' entries. */
function readSyntax(section: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength)
  const count = view.getUint32(0, true)
  const trees = new Map<number, Uint8Array>()
  let next = 4 + count * 8
  if (next > section.length) throw new PackError('the pack is damaged: syntax trees are missing')
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(8 + i * 8, true)
    trees.set(view.getUint32(4 + i * 8, true), section.subarray(next, next + length))
    next += length
  }
  if (next !== section.length) {
    throw new PackError('the pack is damaged: syntax trees are not as long as they should be')
  }
  return trees
}

/** A regular file of a pack. */
class PackedFile {
  readonly type = 'regular'

  constructor(
    readonly entry: number,
    readonly executable: boolean,
    readonly contents: Uint8Array,
  ) {}
}

class PackIndex {
  private readonly view: DataView
  private readonly namesStart: number
  private readonly contentsStart: number
  /** Where each entry's name begins. */
  private readonly names: Uint32Array

  constructor(
    private readonly bytes: Uint8Array,
    private readonly start: number,
    private readonly entries: number,
    private readonly namesSize: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.namesStart = start + entries * recordSize
    this.contentsStart = this.namesStart + namesSize
    this.names = new Uint32Array(entries)
    this.check()
  }

  /** One pass over all entries. Whatever is read later is then known to be inside of the pack. */
  private check(): void {
    const { view, bytes, entries } = this
    const contentsSize = bytes.length - this.contentsStart
    const depths = new Uint8Array(entries)
    /** The first child of the directory that is next to be looked at. */
    let nextChild = 1
    let nextName = 0
    let nextContents = 0
    /** The first entries of directories, which have no neighbour before them. */
    const firsts = new Uint8Array(entries)
    for (let index = 0; index < entries; index++) {
      const record = this.start + index * recordSize
      const type = view.getUint8(record)
      const first = view.getUint32(record + 4, true)
      const length = view.getUint32(record + 8, true)
      if (type > symlink || view.getUint16(record + 2, true) !== 0) {
        this.fail(index, 'it is of no type that is known')
      }
      this.names[index] = this.namesStart + nextName
      nextName += view.getUint8(record + 1)
      if (nextName > this.namesSize) this.fail(index, 'its name lies outside')
      if (index === 0) {
        if (type !== directory || nextName !== 0) this.fail(index, 'the root is no directory')
      } else {
        // The children of all directories before it end where its own directory's begin or later.
        if (index >= nextChild) this.fail(index, 'it is in no directory')
        this.checkName(index, firsts[index] === 1)
      }
      if (type === directory) {
        if (first !== nextChild || first + length > entries) {
          this.fail(index, 'its entries are not where they should be')
        }
        if (depths[index]! + 1 >= narMaxDepth && length > 0) {
          this.fail(index, `directories are nested deeper than ${narMaxDepth} levels`)
        }
        depths.fill(depths[index]! + 1, first, first + length)
        if (length > 0) firsts[first] = 1
        nextChild += length
      } else {
        if (first !== nextContents || first + length > contentsSize) {
          this.fail(index, 'its contents are not where they should be')
        }
        nextContents += length
      }
    }
    if (nextName !== this.namesSize || nextContents !== contentsSize) {
      throw new PackError('the pack is damaged: it holds what belongs to no entry')
    }
  }

  private checkName(index: number, isFirst: boolean): void {
    const { bytes } = this
    const start = this.names[index]!
    const length = this.nameLength(index)
    if (length === 0) this.fail(index, 'it has no name')
    for (let i = start; i < start + length; i++) {
      if (bytes[i] === 0 || bytes[i] === 0x2f) this.fail(index, 'its name has a slash or a zero')
    }
    const dots = length <= 2 && bytes[start] === 0x2e && bytes[start + length - 1] === 0x2e
    if (dots) this.fail(index, "its name is '.' or '..'")
    if (!isFirst && !this.isAfterPrevious(index)) this.fail(index, 'names are not sorted')
  }

  private isAfterPrevious(index: number): boolean {
    const { bytes, names } = this
    const [one, other] = [names[index - 1]!, names[index]!]
    const [oneLength, otherLength] = [this.nameLength(index - 1), this.nameLength(index)]
    const shorter = Math.min(oneLength, otherLength)
    for (let i = 0; i < shorter; i++) {
      if (bytes[one + i] !== bytes[other + i]) return bytes[one + i]! < bytes[other + i]!
    }
    return oneLength < otherLength
  }

  private nameLength(index: number): number {
    return this.view.getUint8(this.start + index * recordSize + 1)
  }

  /** The node of an entry; a directory's entries are decoded when they are asked for. */
  node(index: number): NarNode {
    const record = this.start + index * recordSize
    const type = this.view.getUint8(record)
    const first = this.view.getUint32(record + 4, true)
    const length = this.view.getUint32(record + 8, true)
    if (type === directory) return new LazyDirectory(this, first, length)
    const start = this.contentsStart + first
    const contents = this.bytes.subarray(start, start + length)
    if (type === symlink) return { type: 'symlink', target: bytesToByteString(contents) }
    return new PackedFile(index, type === executable, contents)
  }

  name(index: number): ByteString {
    const start = this.names[index]!
    return bytesToByteString(this.bytes.subarray(start, start + this.nameLength(index)))
  }

  private fail(index: number, what: string): never {
    throw new PackError(`the pack is damaged: entry ${index} of ${this.entries}: ${what}`)
  }
}

class LazyDirectory {
  readonly type = 'directory'
  private decoded: Map<ByteString, NarNode> | null = null

  constructor(
    private readonly index: PackIndex,
    private readonly first: number,
    private readonly count: number,
  ) {}

  get entries(): Map<ByteString, NarNode> {
    if (this.decoded === null) {
      this.decoded = new Map()
      for (let i = this.first; i < this.first + this.count; i++) {
        this.decoded.set(this.index.name(i), this.index.node(i))
      }
    }
    return this.decoded
  }
}
