import { describe, expect, it } from 'vitest'
import { byteStringToBytes } from './bytes'
import {
  exportChunks,
  ExportStreamError,
  readExportStream,
  writeExportStream,
  type ExportedPath,
} from './export-stream'
import { NarError, writeNar } from './nar'

const path = (name: string) => `/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-${name}`
const nar = (contents: string) =>
  writeNar({ type: 'regular', executable: false, contents: byteStringToBytes(contents) })
const entries: ExportedPath[] = [
  { path: path('a'), references: [], deriver: null, nar: nar('1') },
  { path: path('b'), references: [path('a'), path('b')], deriver: path('b.drv'), nar: nar('22') },
]
const read = (bytes: Uint8Array) => [...readExportStream('/nix/store', bytes)]

describe('export streams', () => {
  const stream = writeExportStream(entries)

  it('are written and read', () => {
    const result = read(stream)
    expect(result).toMatchObject(entries)
    expect(result[1]!.root).toMatchObject({ type: 'regular', size: 2 })
    expect(read(writeExportStream([]))).toEqual([])
  })

  it('are written without copying archives', () => {
    expect([...exportChunks(entries)].filter((chunk) => chunk === entries[0]!.nar)).toHaveLength(1)
  })

  it('give the paths before a fault', () => {
    const reader = readExportStream('/nix/store', stream.subarray(0, stream.length - 100))
    expect(reader.next().value?.path).toBe(path('a'))
    expect(() => reader.next()).toThrow()
  })

  it('are refused where they are cut off or go on', () => {
    for (let length = 0; length < stream.length; length++) {
      let error: unknown
      try {
        read(stream.subarray(0, length))
      } catch (caught) {
        error = caught
      }
      expect(error instanceof ExportStreamError || error instanceof NarError, `${length}`).toBe(
        true,
      )
    }
    const longer = new Uint8Array(stream.length + 1)
    longer.set(stream)
    expect(() => read(longer)).toThrow('1 bytes follow the end')
  })

  it.each([
    [[{ ...entries[0]!, path: '/etc/passwd' }], 'is not in the Nix store'],
    [[{ ...entries[0]!, references: ['/nix/store/x'] }], 'too short to be a valid store path'],
    [[{ ...entries[0]!, references: [path('a'), path('a')] }], 'are not sorted'],
    [[{ ...entries[0]!, deriver: 'x' }], 'is not in the Nix store'],
    [[{ ...entries[0]!, path: path('a'.repeat(5000)) }], 'at most 4096 are allowed'],
    [[{ ...entries[0]!, nar: new Uint8Array(8) }], "doesn't look like a Nix archive"],
  ])('are refused where something in them is wrong (%#)', (wrong, message) => {
    expect(() => read(writeExportStream(wrong))).toThrow(message)
  })

  it('are refused where magic, flag or padding is wrong', () => {
    const change = (index: number, value: number) => {
      const changed = stream.slice()
      changed[index] = value
      return () => read(changed)
    }
    expect(change(0, 2)).toThrow("doesn't look like something created by 'nix-store --export'")
    const afterNar = 8 + entries[0]!.nar.length
    expect(change(afterNar, 0)).toThrow('wrong format')
    const pathEnd = afterNar + 16 + path('a').length
    expect(change(pathEnd, 1)).toThrow('non-zero padding')
  })
})
