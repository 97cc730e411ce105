import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer, pathBytes } from '../store/byte-path'
import { canonicalise } from '../store/canonicalise'

/**
 * Puts hash parts in place of others of the same length, in all contents, names and link targets at
 * a canonical path. Gives whether anything was changed.
 */
export async function rewriteTree(
  path: string,
  rewrites: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (rewrites.size === 0) return false
  const pairs = [...rewrites].map(([from, to]) => [Buffer.from(from), Buffer.from(to)] as const)
  const inText = (text: ByteString) =>
    [...rewrites].reduce((result, [from, to]) => result.replaceAll(from, to), text)
  let changed = false
  const visit = async (path: ByteString): Promise<void> => {
    const file = pathBuffer(path)
    const status = lstatSync(file)
    if (status.isSymbolicLink()) {
      const target = readlinkSync(file, 'latin1')
      const now = inText(target)
      if (now === target) return
      changed = true
      unlinkSync(file)
      symlinkSync(pathBuffer(now), file)
    } else if (status.isDirectory()) {
      for (const name of readdirSync(file, 'latin1')) {
        await visit(`${path}/${name}`)
        const now = inText(name)
        if (now === name) continue
        changed = true
        chmodSync(file, 0o700)
        renameSync(pathBuffer(`${path}/${name}`), pathBuffer(`${path}/${now}`))
      }
    } else {
      await setImmediate()
      const contents = readFileSync(file)
      if (!replaceIn(contents, pairs)) return
      changed = true
      // A new file: another name may be a hard link to the old one.
      chmodParent(path)
      unlinkSync(file)
      writeFileSync(file, contents, { mode: status.mode & 0o777 })
    }
  }
  const top = pathBytes(path)
  const chmodParent = (child: ByteString) => {
    if (child === top) return
    chmodSync(pathBuffer(child.slice(0, child.lastIndexOf('/'))), 0o700)
  }
  await visit(top)
  if (changed) await canonicalise(path)
  return changed
}

function replaceIn(contents: Buffer, pairs: readonly (readonly [Buffer, Buffer])[]): boolean {
  let found = false
  for (const [from, to] of pairs)
    for (let at = contents.indexOf(from); at >= 0; at = contents.indexOf(from, at + to.length)) {
      to.copy(contents, at)
      found = true
    }
  return found
}
