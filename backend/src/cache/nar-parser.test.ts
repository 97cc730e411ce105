import { describe, expect, it } from 'vitest'
import { NarError, narMaxDepth, readNar, writeNar, type NarNode } from '@snowglobe/shared/nar'
import { NarParser, type NarSink } from './nar-parser'

/** Makes a tree of what a parser says. */
class TreeSink implements NarSink {
  private readonly nodes = new Map<string, NarNode>()
  private readonly pieces: Uint8Array[] = []
  private executable = false

  get root(): NarNode {
    return this.nodes.get('')!
  }

  enter(path: string): void {
    this.put(path, { type: 'directory', entries: new Map() })
  }

  leave(): void {}

  symlink(path: string, target: string): void {
    this.put(path, { type: 'symlink', target })
  }

  file(_path: string, executable: boolean): void {
    this.pieces.length = 0
    this.executable = executable
  }

  contents(piece: Uint8Array): void {
    this.pieces.push(piece.slice())
  }

  endFile(path: string): void {
    const contents = new Uint8Array(Buffer.concat(this.pieces))
    this.put(path, { type: 'regular', executable: this.executable, contents })
  }

  private put(path: string, node: NarNode): void {
    this.nodes.set(path, node)
    const slash = path.lastIndexOf('/')
    const parent = slash < 0 ? undefined : this.nodes.get(path.slice(0, slash))
    if (parent?.type === 'directory') parent.entries.set(path.slice(slash + 1), node)
  }
}

/** The tree in an archive that comes in pieces of this size, or null if it is none. */
function parse(bytes: Uint8Array, pieceSize: number): NarNode | null {
  const sink = new TreeSink()
  try {
    const parser = new NarParser(sink)
    for (let start = 0; start < bytes.length; start += pieceSize)
      parser.write(bytes.subarray(start, start + pieceSize))
    parser.end()
    return sink.root
  } catch (error) {
    expect(error).toBeInstanceOf(NarError)
    return null
  }
}

/** The same by the reader of whole archives, contents copied. */
function read(bytes: Uint8Array): NarNode | null {
  try {
    return copied(readNar(bytes))
  } catch (error) {
    expect(error).toBeInstanceOf(NarError)
    return null
  }
}

function copied(node: NarNode): NarNode {
  if (node.type === 'regular') return { ...node, contents: node.contents.slice() }
  if (node.type === 'symlink') return node
  return { ...node, entries: new Map([...node.entries].map(([n, e]) => [n, copied(e)])) }
}

const file = (text: string, executable = false): NarNode => ({
  type: 'regular',
  executable,
  contents: new TextEncoder().encode(text),
})
const directory = (entries: Record<string, NarNode>): NarNode => ({
  type: 'directory',
  entries: new Map(Object.entries(entries)),
})
const tree = directory({
  a: file(''),
  b: file('12345678', true),
  c: directory({ d: { type: 'symlink', target: '../a' }, e: file('x'.repeat(100)) }),
  f: directory({}),
})

/** Numbers that look random, the same each time. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state
  }
}

describe('the reader of archives that come in pieces', () => {
  it.each([1, 3, 8, 64, 1000, 10_000])('finds the tree in pieces of %i bytes', (size) => {
    for (const node of [tree, file('alone'), { type: 'symlink', target: 'x' } as const])
      expect(parse(writeNar(node), size)).toEqual(node)
  })

  it('takes what the reader of whole archives takes, and nothing else', () => {
    const nar = writeNar(tree)
    const random = numbers()
    const next = (below: number) => Math.floor((random.next().value / 2 ** 32) * below)
    let taken = 0
    for (let round = 0; round < 3000; round++) {
      let bytes = nar.slice()
      const place = next(nar.length)
      const change = next(4)
      if (change === 0) bytes[place] = next(256)
      else if (change === 1) bytes = bytes.slice(0, place)
      else if (change === 2) bytes.copyWithin(place, next(nar.length), next(nar.length))
      else bytes = new Uint8Array([...bytes.slice(0, place), ...bytes.slice(next(nar.length))])
      const expected = read(bytes)
      expect(parse(bytes, 1 + next(200))).toEqual(expected)
      if (expected !== null) taken++
    }
    // Changed contents and names make other archives.
    expect(taken).toBeGreaterThan(50)
  })

  it('keeps the limits', () => {
    let deep = file('x')
    for (let level = 1; level < narMaxDepth; level++) deep = directory({ d: deep })
    const nar = writeNar(deep)
    expect(parse(nar, 1000)).toEqual(deep)
    const opening = Buffer.from(writeNar(directory({ d: file('') }))).subarray(24, 160)
    const endless = Buffer.concat([nar.subarray(0, 24), ...Array<Buffer>(100).fill(opening)])
    expect(() => {
      const parser = new NarParser(new TreeSink())
      parser.write(endless)
    }).toThrow('NAR directory nesting exceeds maximum depth of 64')
  })
})
