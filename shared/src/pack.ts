/**
 * Packs: a channel's whole tree in one file that is read where it lies, also while it comes. Integers
 * are little-endian.
 *
 *     "snowglobe-pack-3"     16 bytes
 *     length of the header   u32
 *     header                 JSON: PackHeader, and the sizes of what follows
 *     index                  16 bytes for each entry
 *     names                  of the entries, one after another in their order; a link's is followed by
 *                            its target
 *     contents               of files, each followed by the binary form of its syntax tree if it has one
 *
 * Entries are in breadth-first order, each directory's sorted; the first is the root. One is its type
 * (u8: directory, file, executable file, link), the length of its name (u8), two zeros, and three u32:
 * of a directory its first child, their number and 0; of a link 0, the length of its target and 0; of a
 * file where its contents begin, how long they are, and how long its syntax tree is. Trees of syntax
 * belong to a version of Snowglobe, and who reads one checks it. Opening checks the index in one pass;
 * directories are decoded when they are first looked into.
 *
 * Contents may be in any order. They are written so that much can be done before all have come: first
 * those that evaluations read first, then the others as a NAR has them, which can be hashed then.
 */
import * as v from 'valibot'
import { byteStringToBytes, bytesToByteString, type ByteString } from './bytes'
import { createHasher, formatHash, HashError, parseHash, type Hash } from './hash'
import {
  NarError,
  narMaxDepth,
  streamNar,
  streamNarByFiles,
  type NarFile,
  type NarNode,
} from './nar'
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
  /** How many of the pack's bytes have to be here for a file's contents and its syntax to be. */
  endOf: (file: NarNode) => number
}

/** The version of the format. */
export const packVersion = 3
const magic = `snowglobe-pack-${packVersion}`
const maxHeader = 64 * 1024
const recordSize = 16
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

export interface PackOptions {
  /** The binary form of a file's syntax tree, if it has one. */
  syntaxOf?: (name: ByteString, contents: Uint8Array) => Uint8Array | null
  /** Files of the tree whose contents are to come before those of all others, in this order. */
  first?: Iterable<NarFile>
}

/** The pack of a tree. Throws PackError, and NarError for a tree that no NAR can hold. */
export function writePack(
  tree: NarNode,
  { name, label }: Pick<PackHeader, 'name' | 'label'>,
  { syntaxOf = () => null, first = [] }: PackOptions = {},
): Uint8Array<ArrayBuffer> {
  if (!snippetWord.test(name)) {
    throw new PackError(
      `'${name}' cannot be the name of a channel: use letters, digits and . _ -, at most 64 of them`,
    )
  }
  if (tree.type !== 'directory') throw new PackError('a channel is a directory of files')
  const { storePath, narHash, narSize } = identifyTree(tree)
  const nodes = breadthFirst(tree)
  const syntax = new Map<NarNode, Uint8Array>()
  let namesSize = 0
  for (const { name: entryName, node } of nodes) {
    namesSize += entryName.length + (node.type === 'symlink' ? node.target.length : 0)
    const form = node.type === 'regular' ? syntaxOf(entryName, node.contents) : null
    if (form !== null) syntax.set(node, form)
  }
  /** Where the contents of each file begin. */
  const places = new Map<NarNode, number>()
  let contentsSize = 0
  for (const file of contentsOrder(tree, first)) {
    if (places.has(file)) continue
    places.set(file, contentsSize)
    contentsSize += file.contents.length + (syntax.get(file)?.length ?? 0)
  }
  if (contentsSize > maxContents) {
    throw new PackError(`the files have ${contentsSize} bytes, a pack holds ${maxContents}`)
  }
  const header = new TextEncoder().encode(
    JSON.stringify({
      name,
      label: label.slice(0, maxLabel),
      storePath,
      narHash: formatHash(narHash, 'nix32', true),
      narSize,
      entries: nodes.length,
      namesSize,
      contentsSize,
    }),
  )
  const start = magic.length + 4 + header.length
  const namesStart = start + nodes.length * recordSize
  const contentsStart = namesStart + namesSize
  const bytes = new Uint8Array(contentsStart + contentsSize)
  const view = new DataView(bytes.buffer)
  bytes.set(byteStringToBytes(magic))
  view.setUint32(magic.length, header.length, true)
  bytes.set(header, magic.length + 4)
  let nextName = namesStart
  let nextChild = 1
  nodes.forEach(({ name: entryName, node }, index) => {
    const record = start + index * recordSize
    const write = (begin: number, length: number, syntaxLength: number) => {
      view.setUint32(record + 4, begin, true)
      view.setUint32(record + 8, length, true)
      view.setUint32(record + 12, syntaxLength, true)
    }
    view.setUint8(record, typeOf(node))
    view.setUint8(record + 1, entryName.length)
    bytes.set(byteStringToBytes(entryName), nextName)
    nextName += entryName.length
    if (node.type === 'directory') {
      write(nextChild, node.entries.size, 0)
      nextChild += node.entries.size
    } else if (node.type === 'symlink') {
      write(0, node.target.length, 0)
      bytes.set(byteStringToBytes(node.target), nextName)
      nextName += node.target.length
    } else {
      const begin = places.get(node)!
      const form = syntax.get(node) ?? new Uint8Array()
      write(begin, node.contents.length, form.length)
      bytes.set(node.contents, contentsStart + begin)
      bytes.set(form, contentsStart + begin + node.contents.length)
    }
  })
  return bytes
}

function* contentsOrder(tree: NarNode, first: Iterable<NarFile>): Generator<NarFile, void> {
  yield* first
  yield* streamNarByFiles(tree, () => {})
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

/**
 * How many of a pack's first bytes openPack needs: all but the contents. Null where this beginning is
 * too short to tell. Throws PackError.
 */
export function bytesToOpen(beginning: Uint8Array): number | null {
  const end = headerEnd(beginning)
  if (end === null || end > beginning.length) return null
  return contentsStartOf(readHeader(beginning))
}

/**
 * Opens a pack without copying it: contents are views into `bytes`. Of a pack that is still coming at
 * least as much has to be there as bytesToOpen tells, in a place for all of it. Everything but the contents is checked; that they are
 * those of the store path, checkPack finds out. Throws PackError.
 */
export function openPack(bytes: Uint8Array): Pack {
  const whole = readHeader(bytes)
  const { header, end } = whole
  const { entries, namesSize, contentsSize, ...rest } = header
  const total = contentsStartOf(whole) + contentsSize
  if (total !== bytes.length) {
    throw new PackError(
      `the pack should have ${total} bytes but has ${bytes.length}: ` +
        (bytes.length < total ? 'its end is missing' : 'something follows its end'),
    )
  }
  const index = new PackIndex(bytes, end, entries, namesSize)
  const syntaxOf = (file: NarNode) => (file instanceof PackedFile ? file.syntax : null)
  const endOf = (file: NarNode) => (file instanceof PackedFile ? file.end : 0)
  return { ...rest, entries, tree: index.node(0), syntaxOf, endOf }
}

/**
 * What the beginning of a pack says of it; `bytes` may end anywhere after its first 64 KiB. The tree
 * is not looked at. Throws PackError.
 */
export function readPackHeader(bytes: Uint8Array): PackHeader {
  const { name, label, storePath, narHash, narSize } = readHeader(bytes).header
  return { name, label, storePath, narHash, narSize }
}

/** Where a pack's header ends; null where the beginning is too short to tell. Throws PackError. */
function headerEnd(bytes: Uint8Array): number | null {
  const known = bytesToByteString(bytes.subarray(0, magic.length))
  if (!magic.startsWith(known))
    throw new PackError(`this is no pack: it does not begin with '${magic}'`)
  const start = magic.length + 4
  if (bytes.length < start) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(magic.length, true)
  if (length > maxHeader) {
    throw new PackError(`the pack's header has ${length} bytes, at most ${maxHeader} are allowed`)
  }
  return start + length
}

function contentsStartOf({ header: { entries, namesSize }, end }: ReadHeader): number {
  return end + entries * recordSize + namesSize
}

interface WholeHeader extends PackHeader {
  entries: number
  namesSize: number
  contentsSize: number
}

/** A header, and where it ends. */
interface ReadHeader {
  header: WholeHeader
  end: number
}

function readHeader(bytes: Uint8Array): ReadHeader {
  const end = headerEnd(bytes)
  if (end === null) throw new PackError('the pack ends before its header')
  if (end > bytes.length) throw new PackError('the pack ends within its header')
  let json: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true })
    json = JSON.parse(text.decode(bytes.subarray(magic.length + 4, end)))
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
  return { header: { ...header.output, narHash }, end }
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
  new PackCheck(pack).advance(Infinity)
}

/** Recomputes the store path of a pack's tree while the pack comes. */
export class PackCheck {
  private readonly hasher = createHasher('sha256')
  private readonly files: Iterator<NarFile, void>
  /** The next file, or null at the end. */
  private next: NarFile | null
  /** What it is, once that is known. */
  private found: ByteString | null = null

  constructor(private readonly pack: Pack) {
    this.files = streamNarByFiles(pack.tree, (piece) => this.hasher.update(piece))
    this.next = this.following()
  }

  /**
   * Goes on as far as the pack's first `received` bytes let it; at the end it knows.
   *
   * @throws PackError where the contents are not those of the store path
   */
  advance(received: number): void {
    while (this.next !== null && this.pack.endOf(this.next) <= received)
      this.next = this.following()
    if (this.next !== null) return
    this.found ??= pathOf({ algorithm: 'sha256', bytes: this.hasher.digest() })
    if (this.found !== this.pack.storePath) {
      throw new PackError(`the pack is damaged: its contents are those of ${this.found}`)
    }
  }

  private following(): NarFile | null {
    try {
      return this.files.next().value ?? null
    } catch (error) {
      if (!(error instanceof NarError)) throw error
      throw new PackError(`the pack is damaged: ${error.message}`)
    }
  }
}

/** A regular file of a pack. */
class PackedFile {
  readonly type = 'regular'

  /** @param end where contents and syntax end in the pack */
  constructor(
    readonly executable: boolean,
    readonly contents: Uint8Array,
    readonly syntax: Uint8Array | null,
    readonly end: number,
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
    let contents = 0
    /** The first entries of directories, which have no neighbour before them. */
    const firsts = new Uint8Array(entries)
    for (let index = 0; index < entries; index++) {
      const record = this.start + index * recordSize
      const type = view.getUint8(record)
      const first = view.getUint32(record + 4, true)
      const length = view.getUint32(record + 8, true)
      const syntax = view.getUint32(record + 12, true)
      if (type > symlink || view.getUint16(record + 2, true) !== 0) {
        this.fail(index, 'it is of no type that is known')
      }
      this.names[index] = this.namesStart + nextName
      nextName += view.getUint8(record + 1) + (type === symlink ? length : 0)
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
      } else if (type !== symlink) {
        if (first + length + syntax > contentsSize) {
          this.fail(index, 'its contents are not where they should be')
        }
        contents += length + syntax
      }
    }
    if (nextName !== this.namesSize || contents !== contentsSize) {
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
    if (type === symlink) {
      const start = this.names[index]! + this.nameLength(index)
      const target = bytesToByteString(this.bytes.subarray(start, start + length))
      return { type: 'symlink', target }
    }
    const start = this.contentsStart + first
    const contents = this.bytes.subarray(start, start + length)
    const end = start + length + this.view.getUint32(record + 12, true)
    const syntax = start + length < end ? this.bytes.subarray(start + length, end) : null
    return new PackedFile(type === executable, contents, syntax, end)
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
