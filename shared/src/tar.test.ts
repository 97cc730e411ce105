import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { byteStringToBytes, bytesToByteString } from './bytes'
import type { NarNode } from './nar'
import { readTar, TarError } from './tar'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-tar-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** A tree as text, one line for each entry. */
function show(node: NarNode, path = '.'): string[] {
  if (node.type === 'symlink') return [`${path} -> ${node.target}`]
  if (node.type === 'regular') {
    return [`${path}${node.executable ? '*' : ''} ${bytesToByteString(node.contents).slice(0, 20)}`]
  }
  const names = [...node.entries.keys()].sort()
  return [`${path}/`, ...names.flatMap((name) => show(node.entries.get(name)!, `${path}/${name}`))]
}

describe.each(['ustar', 'gnu', 'pax', 'v7'])('an archive that tar made (%s)', (format) => {
  it('holds its files, executables, links and directories', () => {
    const source = join(directory, format)
    mkdirSync(join(source, 'lib/empty'), { recursive: true })
    writeFileSync(join(source, 'default.nix'), '{ }')
    writeFileSync(join(source, 'lib/run'), '#!/bin/sh')
    chmodSync(join(source, 'lib/run'), 0o755)
    symlinkSync('lib/run', join(source, 'run'))
    linkSync(join(source, 'default.nix'), join(source, 'same.nix'))
    const files = ['default.nix', 'lib', 'run', 'same.nix']
    const bytes = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', source, ...files])
    expect(show(readTar(bytes).tree)).toEqual([
      './',
      './default.nix { }',
      './lib/',
      './lib/empty/',
      './lib/run* #!/bin/sh',
      './run -> lib/run',
      './same.nix { }',
    ])
  })

  it.skipIf(format === 'v7')('holds names that are too long for the header', () => {
    const source = join(directory, `long-${format}`)
    const folder = 'a'.repeat(60)
    const name = `${folder}/${folder}/${'b'.repeat(70)}`
    mkdirSync(join(source, folder, folder), { recursive: true })
    writeFileSync(join(source, name), 'deep')
    const bytes = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', source, '.'])
    expect(show(readTar(bytes).tree)).toContain(`./${name} deep`)
  })
})

/** A header block with the right sum. */
function header(fields: {
  name?: string
  type?: string
  size?: string
  link?: string
}): Uint8Array {
  const { name = 'a', type = '0', size = '0', link = '' } = fields
  const bytes = new Uint8Array(512)
  const put = (text: string, at: number) => bytes.set(byteStringToBytes(text), at)
  put(name, 0)
  put('0000644\0', 100)
  put(size, 124)
  put(type, 156)
  put(link, 157)
  put('ustar\0' + '00', 257)
  put('        ', 148)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}
const archive = (...blocks: Uint8Array[]) => {
  const bytes = new Uint8Array((blocks.length + 2) * 512)
  blocks.forEach((each, i) => bytes.set(each, i * 512))
  return bytes
}
const contents = (text: string) => {
  const bytes = new Uint8Array(512)
  bytes.set(byteStringToBytes(text))
  return bytes
}

describe('an archive', () => {
  it('tells the commit that it is of', () => {
    const record = '52 comment=0123456789abcdef0123456789abcdef01234567\n'
    const global = header({ name: 'pax_global_header', type: 'g', size: record.length.toString(8) })
    expect(readTar(archive(global, contents(record)))).toMatchObject({
      comment: '0123456789abcdef0123456789abcdef01234567',
    })
  })

  it('may hold a file twice: the later one counts', () => {
    const one = [header({ size: '3' }), contents('old')]
    const two = [header({ size: '3' }), contents('new')]
    expect(show(readTar(archive(...one, ...two)).tree)).toEqual(['./', './a new'])
  })

  it.each<[string, Uint8Array, string]>([
    ['that is something else', byteStringToBytes('<'.repeat(600)), 'is no number'],
    ['that is empty', new Uint8Array(), 'ends within a header'],
    ['that ends early', archive(header({ size: '10000' })), 'ends within a file'],
    ['with a wrong sum', archive(header({}).fill(0x62, 0, 1)), 'does not begin with a header'],
    ['that leads above', archive(header({ name: 'a/../../b' })), 'not within the archive'],
    ['that leads elsewhere', archive(header({ name: '/etc/passwd' })), 'not within the archive'],
    [
      'that leads through a link',
      archive(header({ type: '2', link: '/etc' }), header({ name: 'a/passwd' })),
      'no directory',
    ],
    ['with a link to what is not there', archive(header({ type: '1', link: 'b' })), 'no file'],
    [
      'with a hard link to the outside',
      archive(header({ type: '1', link: '../b' })),
      'not within the archive',
    ],
    ['with a device', archive(header({ type: '3' })), 'no file, directory or link'],
    ['with a link to nowhere', archive(header({ type: '2' })), 'leads nowhere'],
    [
      'with a broken extended header',
      archive(header({ type: 'x', size: '5' }), contents('9 a=b')),
      'makes no sense',
    ],
    [
      'with a file in place of a directory',
      archive(header({ name: 'a/b' }), header({})),
      'also a directory',
    ],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => readTar(bytes)).toThrow(TarError)
    expect(() => readTar(bytes)).toThrow(message)
  })
})
