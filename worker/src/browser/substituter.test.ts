import { beforeEach, describe, expect, it } from 'vitest'
import { secretKeyOf, sign } from '@snowglobe/shared/ed25519'
import { hashBytes } from '@snowglobe/shared/hash'
import type { Health } from '@snowglobe/shared/messages'
import type { NarInfo } from '@snowglobe/shared/narinfo'
import { writeNar } from '@snowglobe/shared/nar'
import { formatNamedBytes, publicKeyOf, signInfo } from '@snowglobe/shared/signature'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { file } from '../store/store.shared-tests'
import { MemoryKnownPaths } from './known-paths'
import { Substituter } from './substituter'

const key = secretKeyOf('builder-1', new Uint8Array(32).fill(7))
const stranger = secretKeyOf('builder-1', new Uint8Array(32).fill(8))
const pathOf = (letter: string) => `${defaultStoreDir}/${letter.repeat(32)}-${letter}`

describe('the substituter', () => {
  let store: MemoryStore
  let known: MemoryKnownPaths
  let substituter: Substituter
  let cache: Map<string, { info: NarInfo; nar: Uint8Array }>
  let fetched: string[]

  beforeEach(() => {
    store = new MemoryStore(defaultStoreDir)
    known = new MemoryKnownPaths()
    cache = new Map()
    fetched = []
    substituter = new Substituter(store, known, {
      health: async () => ({ publicKey: formatNamedBytes(publicKeyOf(key)) }) as Health,
      narInfo: async (path) => cache.get(path)?.info ?? null,
      nar: async (path) => {
        fetched.push(path)
        return cache.get(path)!.nar
      },
    })
    put('a', ['b', 'c'])
    put('b', ['c'])
    put('c', ['c'])
  })

  function put(letter: string, references: string[], signer = key, contents = letter): void {
    const nar = writeNar(file(contents))
    const signed = {
      path: pathOf(letter),
      narHash: hashBytes('sha256', nar),
      narSize: nar.length,
      references: references.map(pathOf),
    }
    const info: NarInfo = {
      ...signed,
      url: `nar/${letter}.nar`,
      compression: 'none',
      fileHash: null,
      fileSize: null,
      deriver: null,
      signatures: [signInfo(signed, signer, sign)],
      contentAddress: null,
    }
    cache.set(signed.path, { info, nar })
  }

  it('learns of a path and of all it refers to, without fetching contents', async () => {
    const learned = await substituter.learn([pathOf('a')])
    expect(learned.sort()).toEqual(['a', 'b', 'c'].map(pathOf))
    expect((await known.query(pathOf('b')))?.references).toEqual([pathOf('c')])
    expect(fetched).toEqual([])
    expect(await store.allValidPaths()).toEqual([])
    expect(await substituter.learn([pathOf('a')])).toEqual([])
  })

  it('makes a path valid with all it refers to, each fetched once', async () => {
    await substituter.learn([pathOf('a')])
    await Promise.all([substituter.substitute(pathOf('a')), substituter.substitute(pathOf('a'))])
    expect(await store.allValidPaths()).toEqual(['a', 'b', 'c'].map(pathOf))
    expect(fetched.sort()).toEqual(['a', 'b', 'c'].map(pathOf))
    expect((await store.queryPathInfo(pathOf('a')))?.signatures[0]).toMatch(/^builder-1:/)
  })

  it('fetches only what is not there', async () => {
    await substituter.learn([pathOf('a')])
    await substituter.substitute(pathOf('b'))
    fetched = []
    await substituter.substitute(pathOf('a'))
    expect(fetched).toEqual([pathOf('a')])
  })

  it('believes nothing that its builder has not signed', async () => {
    put('c', ['c'], stranger)
    await expect(substituter.learn([pathOf('a')])).rejects.toThrow(`'${pathOf('c')}' (sha256:`)
    expect(await known.all()).toEqual([])
  })

  it('refuses contents that are not those signed', async () => {
    await substituter.learn([pathOf('a')])
    cache.get(pathOf('b'))!.nar = writeNar(file('forged'))
    await expect(substituter.substitute(pathOf('a'))).rejects.toThrow(
      `NAR hash mismatch in '${pathOf('b')}'`,
    )
    expect(await store.allValidPaths()).toEqual([])
  })

  it('gets the contents of a damaged path again, if who has them is trusted', async () => {
    expect(await substituter.nar(pathOf('b'))).toEqual(writeNar(file('b')))
    put('b', ['c'], stranger)
    await expect(substituter.nar(pathOf('b'))).rejects.toThrow('is not signed by a trusted key')
    cache.delete(pathOf('b'))
    await expect(substituter.nar(pathOf('b'))).rejects.toThrow('the cache does not have')
  })

  it('names the path that cannot be had', async () => {
    cache.delete(pathOf('c'))
    await expect(substituter.learn([pathOf('a')])).rejects.toThrow(
      `the cache does not have '${pathOf('c')}'`,
    )
    await expect(substituter.substitute(pathOf('a'))).rejects.toThrow(
      `'${pathOf('a')}' is neither in the store nor known`,
    )
  })
})
