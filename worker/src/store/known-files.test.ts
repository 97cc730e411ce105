import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { FileSystemAccessor } from '../node/file-system-accessor'
import { MemoryAccessor } from './memory-accessor'
import { OverlayEvalStore } from './overlay-eval-store'
import { PreloadedStore } from './preloaded-store'

class CountingAccessor extends FileSystemAccessor {
  reads = 0

  override readFile(path: ByteString): Uint8Array {
    this.reads++
    return super.readFile(path)
  }
}

describe('files that were added by an evaluation before', () => {
  let directory: string
  let file: string
  let disk: CountingAccessor

  const newStore = () => new OverlayEvalStore(new PreloadedStore(defaultStoreDir))
  const add = (store: OverlayEvalStore, name = 'patch') =>
    store.addPath(disk, file, { name, method: 'recursive', algorithm: 'sha256' })
  const expected = (contents: string, executable = false) =>
    newStore().addPath(new MemoryAccessor([{ path: 'patch', contents, executable }]), '/patch', {
      name: 'patch',
      method: 'recursive',
      algorithm: 'sha256',
    })

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'known-files-'))
    file = join(directory, 'patch')
    writeFileSync(file, 'first')
    disk = new CountingAccessor()
    // What has just been written might be written again without a trace.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
    rmSync(directory, { recursive: true })
  })

  it('are not read again before somebody wants what is in them', () => {
    expect(add(newStore())).toBe(expected('first'))
    const later = newStore()
    expect(add(later)).toBe(expected('first'))
    expect(add(later, 'renamed')).toMatch(/-renamed$/)
    expect(disk.reads).toBe(1)
    const [{ nar }] = later.takeAdded()
    expect(bytesToByteString(nar)).toContain('first')
  })

  it('are hashed again when they have changed', () => {
    add(newStore())
    writeFileSync(file, 'the second')
    expect(add(newStore())).toBe(expected('the second'))
    chmodSync(file, 0o755)
    expect(add(newStore())).toBe(expected('the second', true))
  })

  it('are refused when they change before they are written', () => {
    add(newStore())
    const later = newStore()
    add(later)
    writeFileSync(file, 'the second')
    expect(() => later.takeAdded()).toThrow(`'${file}' changed while it was added to the store`)
  })
})
