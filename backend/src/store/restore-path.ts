import {
  chmodSync,
  closeSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { NarNode } from '@snowglobe/shared/nar'
import { pathBuffer, pathBytes } from './byte-path'
import { storeTime } from './canonicalise'

const filesBetweenTurns = 100

/**
 * Writes a tree to a path where nothing lies yet, as the store has files: modes, times. The directory it
 * lies in must be closed to others.
 */
export async function restorePath(node: NarNode, path: string): Promise<void> {
  let files = 0
  const restore = async (node: NarNode, path: ByteString): Promise<void> => {
    if (++files % filesBetweenTurns === 0) await setImmediate()
    const file = pathBuffer(path)
    if (node.type === 'symlink') symlinkSync(pathBuffer(node.target), file)
    else if (node.type === 'regular') writeContents(file, node.contents, node.executable)
    else {
      mkdirSync(file, 0o700)
      for (const [name, entry] of node.entries) await restore(entry, `${path}/${name}`)
      chmodSync(file, 0o555)
    }
    lutimesSync(file, storeTime, storeTime)
  }
  await restore(node, pathBytes(path))
}

function writeContents(path: Buffer, contents: Uint8Array, executable: boolean): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    for (let done = 0; done < contents.length;)
      done += writeSync(file, contents, done, contents.length - done)
  } finally {
    closeSync(file)
  }
  chmodSync(path, executable ? 0o555 : 0o444)
}
