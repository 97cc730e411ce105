/** Paths to try a store with. */
import { byteStringToBytes, utf8ToByteString } from '@snowglobe/shared/bytes'
import { formatContentAddress } from '@snowglobe/shared/content-address'
import { hashBytes } from '@snowglobe/shared/hash'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { makeFixedOutputPath, makeTextPath } from '@snowglobe/shared/store-path'
import type { StoreEntry } from './store'

/** A text file as builtins.toFile makes it. */
export function textEntry(
  storeDir: string,
  name: string,
  contents: string,
  references: string[] = [],
): StoreEntry {
  const bytes = byteStringToBytes(contents)
  const hash = { algorithm: 'sha256' as const, bytes: hashBytes('sha256', bytes) }
  return {
    info: {
      path: makeTextPath(storeDir, name, hash, references),
      references,
      contentAddress: formatContentAddress({ method: 'text', hash }),
    },
    nar: writeNar({ type: 'regular', executable: false, contents: bytes }),
  }
}

/** A tree as a source copied to the store. */
export function sourceEntry(
  storeDir: string,
  name: string,
  node: NarNode,
  references: string[] = [],
): StoreEntry {
  const nar = writeNar(node)
  const hash = { algorithm: 'sha256' as const, bytes: hashBytes('sha256', nar) }
  return {
    info: {
      path: makeFixedOutputPath(storeDir, 'recursive', hash, name, references),
      references,
      contentAddress: formatContentAddress({ method: 'recursive', hash }),
    },
    nar,
  }
}

/** What a build gives: a path that its contents do not decide. */
export function outputEntry(
  storeDir: string,
  letter: string,
  node: NarNode,
  references: string[] = [],
): StoreEntry {
  return {
    info: { path: `${storeDir}/${letter.repeat(32)}-output`, references, ultimate: true },
    nar: writeNar(node),
  }
}

export function file(contents: string, executable = false): NarNode {
  return { type: 'regular', executable, contents: byteStringToBytes(utf8ToByteString(contents)) }
}

export function directory(entries: Record<string, NarNode>): NarNode {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))
  return { type: 'directory', entries: new Map(sorted) }
}
