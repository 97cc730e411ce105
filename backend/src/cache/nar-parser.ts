/**
 * Reads an archive (NAR) as it comes, in pieces of any size, and never holds more than one of them.
 * As strict as the reader of whole archives, shared/nar.ts, whose messages it shares.
 */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { NarError, narMaxDepth } from '@snowglobe/shared/nar'

/** Hears what is in an archive, in its order. */
export interface NarSink {
  /** A directory begins; what follows until `leave` is in it. */
  enter(path: ByteString): void
  leave(path: ByteString): void
  symlink(path: ByteString, target: ByteString): void
  /** A file begins: so many bytes of `contents` follow, then `endFile`. */
  file(path: ByteString, executable: boolean, size: number): void
  /** A piece is valid only until the call returns. */
  contents(piece: Uint8Array): void
  endFile(path: ByteString): void
}

const maxKeyword = 32
const maxName = 255
const maxTarget = 4095
const magic = 'nix-archive-1'

/** What the grammar wants next: so many bytes at once, or any number up to so many. */
type Want = { exactly: number } | { upTo: number }
type Parse<Result = void> = Generator<Want, Result, Uint8Array>

export class NarParser {
  private readonly parse: Parse
  private want: Want | null
  /** The beginning of what is wanted, where a piece ended within it. */
  private rest: Uint8Array = new Uint8Array()
  private position = 0

  /** Paths in the sink's ears begin with a slash; the root is ''. */
  constructor(private readonly sink: NarSink) {
    this.parse = this.archive()
    const first = this.parse.next()
    this.want = first.done ? null : first.value
  }

  /** Takes the next piece. Throws NarError, or what the sink throws. */
  write(piece: Uint8Array): void {
    let start = 0
    while (start < piece.length) {
      const want: Want | null = this.want
      if (want === null) this.fail(`${piece.length - start} bytes follow the end`)
      const limit = 'upTo' in want ? want.upTo : want.exactly - this.rest.length
      const part = piece.subarray(start, start + limit)
      start += part.length
      this.position += part.length
      if ('exactly' in want) {
        if (part.length < limit) {
          this.rest = Buffer.concat([this.rest, part])
          return
        }
        const whole = this.rest.length === 0 ? part : Buffer.concat([this.rest, part])
        this.rest = new Uint8Array()
        this.advance(whole)
      } else this.advance(part)
    }
  }

  /** To be called when nothing more comes. Throws NarError if something is missing. */
  end(): void {
    if (this.want !== null) this.fail('the archive ends too early')
  }

  private advance(bytes: Uint8Array): void {
    const next = this.parse.next(bytes)
    this.want = next.done ? null : next.value
  }

  private *archive(): Parse {
    const start = yield* this.string(magic.length, 'beginning')
    if (start !== magic) this.fail("input doesn't look like a Nix archive")
    yield* this.node('', 0)
  }

  private *node(path: ByteString, depth: number): Parse {
    if (depth >= narMaxDepth)
      this.fail(`NAR directory nesting exceeds maximum depth of ${narMaxDepth}`)
    yield* this.expect('(')
    yield* this.expect('type')
    const type = yield* this.keyword()
    if (type === 'regular') yield* this.regular(path)
    else if (type === 'symlink') yield* this.symlink(path)
    else if (type === 'directory') yield* this.directory(path, depth)
    else this.fail(`unknown file type '${type}'`)
  }

  private *regular(path: ByteString): Parse {
    let tag = yield* this.keyword()
    const executable = tag === 'executable'
    if (executable) {
      yield* this.string(0, 'executable marker')
      tag = yield* this.keyword()
    }
    if (tag !== 'contents') this.fail(`expected tag 'contents', got '${tag}'`)
    const size = yield* this.length()
    this.sink.file(path, executable, size)
    for (let left = size; left > 0;) {
      const piece = yield { upTo: left }
      left -= piece.length
      this.sink.contents(piece)
    }
    yield* this.padding(size)
    this.sink.endFile(path)
    yield* this.expect(')')
  }

  private *symlink(path: ByteString): Parse {
    yield* this.expect('target')
    const target = yield* this.string(maxTarget, 'symlink target')
    if (target === '' || target.includes('\0')) this.fail('NAR contains invalid symlink target')
    this.sink.symlink(path, target)
    yield* this.expect(')')
  }

  private *directory(path: ByteString, depth: number): Parse {
    this.sink.enter(path)
    let previous = ''
    for (;;) {
      const tag = yield* this.keyword()
      if (tag === ')') break
      if (tag !== 'entry') this.fail(`expected tag 'entry' or ')', got '${tag}'`)
      yield* this.expect('(')
      yield* this.expect('name')
      const name = yield* this.string(maxName, 'file name')
      if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
        this.fail(`NAR contains invalid file name '${name}'`)
      if (name <= previous)
        this.fail(`NAR directory is not sorted: '${name}' follows '${previous}'`)
      previous = name
      yield* this.expect('node')
      yield* this.node(`${path}/${name}`, depth + 1)
      yield* this.expect(')')
    }
    this.sink.leave(path)
  }

  private *expect(keyword: string): Parse {
    const found = yield* this.keyword()
    if (found !== keyword) this.fail(`expected tag '${keyword}', got '${found}'`)
  }

  private *keyword(): Parse<ByteString> {
    return yield* this.string(maxKeyword, 'keyword')
  }

  private *string(limit: number, what: string): Parse<ByteString> {
    const length = yield* this.length()
    if (length > limit) this.fail(`${what} of ${length} bytes, at most ${limit} are allowed`)
    if (length === 0) return ''
    const text = bytesToByteString(yield { exactly: length })
    yield* this.padding(length)
    return text
  }

  private *padding(length: number): Parse {
    const size = (8 - (length % 8)) % 8
    if (size === 0) return
    const zeros = yield { exactly: size }
    if (zeros.some((byte) => byte !== 0)) this.fail('non-zero padding')
  }

  private *length(): Parse<number> {
    const bytes = yield { exactly: 8 }
    let length = 0
    for (let i = 7; i >= 0; i--) length = length * 256 + bytes[i]!
    if (!Number.isSafeInteger(length)) this.fail(`a length of ${length} bytes`)
    return length
  }

  private fail(what: string): never {
    throw new NarError(`bad archive: ${what} (at byte ${this.position})`)
  }
}
