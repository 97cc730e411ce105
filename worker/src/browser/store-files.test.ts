import { beforeEach, describe, expect, it } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { directory, file } from '../store/store.shared-tests'
import { StoreFiles } from './store-files'

const a = `${defaultStoreDir}/${'a'.repeat(32)}-a`
const b = `${defaultStoreDir}/${'b'.repeat(32)}-b`
const link = (target: string): NarNode => ({ type: 'symlink', target })

describe('the files of the store', () => {
  let loads: string[]
  let files: StoreFiles

  beforeEach(() => {
    const large = { ...file(''), contents: new Uint8Array(3_000_000).fill(65) }
    const trees = new Map<string, NarNode>([
      [
        a,
        directory({
          bin: directory({ tool: file('#!', true), sh: link('tool') }),
          'caf\xc3\xa9': file('x'),
          large,
          lib: link(`${b}/lib`),
          loop: link('loop'),
          out: link('/etc/passwd'),
          up: link('../../../../etc'),
        }),
      ],
      [b, directory({ lib: directory({ 'x.so': file('so') }), back: link(`${a}/bin/../bin/sh`) })],
    ])
    loads = []
    files = new StoreFiles(defaultStoreDir, async (path) => {
      loads.push(path)
      const tree = trees.get(path)
      if (tree === undefined) throw new Error(`no ${path}`)
      return writeNar(tree)
    })
  })

  it('are listed with type, size and target, names as text', async () => {
    const listed = await files.list(a, '')
    expect(listed.map(({ name }) => name)).toEqual([
      'bin',
      'café',
      'large',
      'lib',
      'loop',
      'out',
      'up',
    ])
    expect(listed[0]).toEqual({ name: 'bin', type: 'directory', size: 2 })
    expect(await files.list(a, 'bin')).toEqual([
      { name: 'sh', type: 'symlink', size: 0, target: 'tool' },
      { name: 'tool', type: 'executable', size: 2 },
    ])
  })

  it('are read, names given as text, at most a megabyte of them', async () => {
    expect(bytesToByteString((await files.read(a, 'café')).bytes)).toBe('x')
    const { bytes, size } = await files.read(a, 'large')
    expect([bytes.length, size]).toEqual([1024 * 1024, 3_000_000])
  })

  it('are found through links, also into other paths', async () => {
    expect((await files.list(a, 'lib')).map(({ name }) => name)).toEqual(['x.so'])
    expect(bytesToByteString((await files.read(a, 'lib/x.so')).bytes)).toBe('so')
    expect(bytesToByteString((await files.read(b, 'back')).bytes)).toBe('#!')
  })

  it('end where the store ends', async () => {
    await expect(files.read(a, 'out')).rejects.toThrow("leads out of the store, to '/etc/passwd'")
    await expect(files.list(a, 'up')).rejects.toThrow('leads out of the store')
    await expect(files.list(a, '../../../etc')).rejects.toThrow('leads out of the store')
    await expect(files.read(a, 'loop')).rejects.toThrow('too many symbolic links')
  })

  it('are told apart from what is not there or something else', async () => {
    await expect(files.list(a, 'absent')).rejects.toThrow(`there is no '${a}/absent'`)
    await expect(files.list(a, 'large/x')).rejects.toThrow(`there is no '${a}/large/x'`)
    await expect(files.list(a, 'large')).rejects.toThrow(`'${a}/large' is not a directory`)
    await expect(files.read(a, 'bin')).rejects.toThrow(`'${a}/bin' is not a file`)
    await expect(files.list('/etc', '')).rejects.toThrow('leads out of the store')
  })

  it('are loaded once while one goes through them', async () => {
    await files.list(a, '')
    await files.list(a, 'bin')
    await files.read(a, 'bin/tool')
    expect(loads).toEqual([a])
  })
})
