/** Tar archives (ustar with the extensions of pax and GNU) as trees of files. */
import { ArchiveTree } from './archive-tree'
import { bytesToByteString, type ByteString } from './bytes'
import type { NarNode } from './nar'

/** Bytes that are no tar archive, or one that holds what no tree can. */
export class TarError extends Error {
  override name = 'TarError'
}

export interface TarContents {
  /** Contents are views into the archive. */
  tree: Extract<NarNode, { type: 'directory' }>
  /** What `git archive` writes into the archive: the commit. */
  comment: string | null
  /** The time of its newest entry, in seconds since 1970. */
  lastModified: number
}

const block = 512
/** Bytes of a name or link that is too long for its field; far more than any system allows. */
const maxExtension = 1024 * 1024

/** The files in an uncompressed tar archive. Throws TarError that says what is wrong and where. */
export function readTar(bytes: Uint8Array): TarContents {
  return new Reader(bytes).read()
}

interface Entry {
  path: ByteString
  link: ByteString
  type: string
  executable: boolean
  contents: Uint8Array
}

class Reader {
  private position = 0
  private readonly tree = new ArchiveTree((what) => this.fail(what))
  private comment: string | null = null
  private lastModified = 0
  /** What the next entry's header has no room for. */
  private next: { path?: ByteString; link?: ByteString; size?: number } = {}

  constructor(private readonly bytes: Uint8Array) {}

  read(): TarContents {
    for (;;) {
      const start = this.position
      const header = this.bytes.subarray(start, start + block)
      if (header.length === 0 && start > 0) break
      if (header.length < block) this.fail('the archive ends within a header')
      if (header.every((byte) => byte === 0)) break
      this.checkSum(header)
      this.position += block
      this.entry(header)
    }
    return { tree: this.tree.root, comment: this.comment, lastModified: this.lastModified }
  }

  private entry(header: Uint8Array): void {
    const type = text(header, 156, 1)
    const size = this.next.size ?? this.number(header, 124, 12)
    const hasContents = !['1', '2', '5'].includes(type)
    const contents = this.contents(hasContents ? size : 0)
    if (type === 'L') this.next.path = this.extension(contents)
    else if (type === 'K') this.next.link = this.extension(contents)
    else if (type === 'x') this.records(contents, true)
    else if (type === 'g') this.records(contents, false)
    else {
      this.lastModified = Math.max(this.lastModified, this.number(header, 136, 12))
      const isUstar = text(header, 257, 5) === 'ustar'
      const prefix = isUstar && header[262] === 0 ? text(header, 345, 155) : ''
      const name = text(header, 0, 100)
      const entry = {
        path: this.next.path ?? (prefix === '' ? name : `${prefix}/${name}`),
        link: this.next.link ?? text(header, 157, 100),
        type,
        executable: (this.number(header, 100, 8) & 0o100) !== 0,
        contents,
      }
      this.next = {}
      this.place(entry)
    }
  }

  private place({ path, link, type, executable, contents }: Entry): void {
    const { tree } = this
    switch (type) {
      case '':
      case '0':
      case '7':
        if (path.endsWith('/')) tree.makeDirectory(path)
        else tree.put(path, { type: 'regular', executable, contents })
        return
      case '1':
        tree.put(path, this.hardLink(link, path))
        return
      case '2':
        if (link === '') this.fail(`the link '${path}' leads nowhere`)
        tree.put(path, { type: 'symlink', target: link })
        return
      case '5':
        tree.makeDirectory(path)
        return
      default:
        this.fail(`'${path}' is no file, directory or link (its type is '${type}')`)
    }
  }

  private hardLink(link: ByteString, path: ByteString): NarNode {
    const node = this.tree.find(link)
    if (node?.type === 'regular' || node?.type === 'symlink') return node
    return this.fail(`'${path}' is a link to '${link}', which is no file before it`)
  }

  /** Pax records: `length key=value\n`. */
  private records(contents: Uint8Array, forNext: boolean): void {
    let rest = bytesToByteString(contents)
    while (rest !== '') {
      const length = Number(/^(\d{1,7}) /.exec(rest)?.[1] ?? 0)
      const record = rest.slice(0, length)
      const match = /^\d+ ([^=]+)=([\s\S]*)\n$/.exec(record)
      if (length === 0 || record.length < length || match === null) {
        this.fail('an extended header makes no sense')
      }
      rest = rest.slice(length)
      const [, key, value] = match as unknown as [string, string, string]
      if (key === 'comment' && !forNext) this.comment = value
      if (!forNext) continue
      if (key === 'path') this.next.path = value
      if (key === 'linkpath') this.next.link = value
      if (key === 'size') this.next.size = this.parse(value, 10)
    }
  }

  private extension(contents: Uint8Array): ByteString {
    if (contents.length > maxExtension) this.fail('a name has more than a million bytes')
    return text(contents, 0, contents.length)
  }

  private contents(size: number): Uint8Array {
    const start = this.position
    if (start + size > this.bytes.length) this.fail('the archive ends within a file')
    this.position += Math.ceil(size / block) * block
    return this.bytes.subarray(start, start + size)
  }

  /** Octal digits, or GNU's big-endian bytes where the first bit is set. */
  private number(header: Uint8Array, start: number, length: number): number {
    if ((header[start]! & 0x80) === 0) return this.parse(text(header, start, length).trim(), 8)
    let value = header[start]! & 0x7f
    for (let i = start + 1; i < start + length; i++) value = value * 256 + header[i]!
    if (!Number.isSafeInteger(value)) this.fail('a number is too large')
    return value
  }

  private parse(digits: string, base: 8 | 10): number {
    const valid = base === 8 ? /^[0-7]{0,12}$/ : /^\d{1,15}$/
    if (!valid.test(digits)) this.fail(`'${digits}' is no number`)
    return digits === '' ? 0 : parseInt(digits, base)
  }

  /** The sum of the header's bytes, its own field counted as spaces. */
  private checkSum(header: Uint8Array): void {
    let sum = 0
    header.forEach((byte, i) => (sum += i >= 148 && i < 156 ? 0x20 : byte))
    if (sum !== this.number(header, 148, 8)) {
      this.fail(
        this.position === 0 ? 'it does not begin with a header' : 'a header does not match its sum',
      )
    }
  }

  private fail(what: string): never {
    throw new TarError(`bad tar archive: ${what} (at byte ${this.position})`)
  }
}

/** The bytes of a field up to the first zero. */
function text(bytes: Uint8Array, start: number, length: number): ByteString {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return bytesToByteString(end < 0 ? field : field.subarray(0, end))
}
