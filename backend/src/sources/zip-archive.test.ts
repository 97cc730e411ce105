import { describe, expect, it } from 'vitest'
import { zipFile, type ZipMember } from '../testing/zip-file'
import { isZip, readZip } from './zip-archive'

const read = (members: ZipMember[], maxBytes = 1e6) => readZip(zipFile(members), maxBytes)
const file = (text: string, executable = false) => ({
  type: 'regular',
  executable,
  contents: Buffer.from(text, 'latin1'),
})

describe('zip archives', () => {
  it('are known by how they begin', () => {
    expect(isZip(zipFile([]))).toBe(true)
    expect(isZip(zipFile([{ name: 'a', contents: '' }]))).toBe(true)
    expect(isZip(Buffer.from('PK is no beginning'))).toBe(false)
  })

  it('hold files, directories and links', async () => {
    const { tree, lastModified } = await read([
      { name: 'd/', contents: '', mode: 0o040755 },
      { name: 'd/packed', contents: 'x'.repeat(1000), mode: 0o100644, deflated: true },
      { name: 'd/script', contents: '#!', mode: 0o100755 },
      { name: 'link', contents: 'd/packed', mode: 0o120777 },
      { name: 'from/dos', contents: '' },
      { name: 'b\xfccher', contents: 'latin1' },
    ])
    expect(lastModified).toBe(Date.UTC(2020, 0, 2, 3, 4, 6) / 1000)
    const entries = (record: object) => ({
      type: 'directory',
      entries: new Map(Object.entries(record)),
    })
    expect(tree).toEqual(
      entries({
        d: entries({ packed: file('x'.repeat(1000)), script: file('#!', true) }),
        link: { type: 'symlink', target: 'd/packed' },
        from: entries({ dos: file('') }),
        'b\xfccher': file('latin1'),
      }),
    )
  })

  it.each<[string, ZipMember[]]>([
    ["'../a' is not within the archive", [{ name: '../a', contents: '' }]],
    ["'/a' is not within the archive", [{ name: '/a', contents: '' }]],
    ["'a/../../b' is not within the archive", [{ name: 'a/../../b', contents: '' }]],
    [
      "'l/a' lies in or is 'l', which is no directory",
      [
        { name: 'l', contents: '/etc', mode: 0o120777 },
        { name: 'l/a', contents: '' },
      ],
    ],
    ["'pipe' is no file, directory or link", [{ name: 'pipe', contents: '', mode: 0o010644 }]],
    [
      'too many bytes in the stream',
      [{ name: 'a', contents: 'x'.repeat(99), deflated: true, claimedSize: 9 }],
    ],
  ])('are refused: %s', async (why, members) => {
    await expect(read(members)).rejects.toThrow(why)
  })

  it('are refused where they unpack to too much, before they are unpacked', async () => {
    const member = { contents: 'x'.repeat(600), deflated: true }
    const members = [
      { name: 'a', ...member },
      { name: 'b', ...member },
    ]
    await expect(read(members, 1000)).rejects.toThrow('it unpacks to more than 1000 bytes')
    await expect(read(members, 1200)).resolves.toMatchObject({ tree: { type: 'directory' } })
  })

  it('are refused where they are cut off or not what they say', async () => {
    const bytes = zipFile([{ name: 'a', contents: 'contents', deflated: true }])
    await expect(readZip(bytes.subarray(0, 40), 1e6)).rejects.toThrow('bad zip archive')
    bytes[34]! ^= 0xff
    await expect(readZip(bytes, 1e6)).rejects.toThrow('bad zip archive')
  })

  it('are given up by a signal', async () => {
    const archive = zipFile([{ name: 'a', contents: '' }])
    await expect(readZip(archive, 1e6, AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    )
  })
})
