/** What is in a path, as binary caches tell it (`<hash>.ls`), without its NAR. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer, pathBytes } from '../store/byte-path'

export type ListedNode =
  | { type: 'regular'; size: number; executable?: true; narOffset: number }
  | { type: 'symlink'; target: string }
  | { type: 'directory'; entries: Record<string, ListedNode> }

const filesBetweenTurns = 200

/** A text in a NAR: its length, and itself filled up with zeros. */
const textSize = (text: string) => 8 + padded(text.length)
const padded = (length: number) => Math.ceil(length / 8) * 8
const textSizes = (...texts: string[]) => texts.reduce((sum, text) => sum + textSize(text), 0)

/** Lists the files at a path of this machine. The offsets are those in the path's NAR. */
export async function listFiles(path: string): Promise<{ version: 1; root: ListedNode }> {
  const lister = new Lister()
  return { version: 1, root: await lister.node(pathBytes(path)) }
}

class Lister {
  private position = textSize('nix-archive-1')
  private untilTurn = filesBetweenTurns

  async node(path: ByteString): Promise<ListedNode> {
    if (--this.untilTurn === 0) {
      this.untilTurn = filesBetweenTurns
      await setImmediate()
    }
    const status = lstatSync(pathBuffer(path))
    if (status.isSymbolicLink()) {
      const target = readlinkSync(pathBuffer(path), 'latin1')
      this.position += textSizes('(', 'type', 'symlink', 'target', target, ')')
      return { type: 'symlink', target: byteStringToUtf8(target) }
    }
    if (status.isDirectory()) return this.directory(path)
    const executable = (status.mode & 0o100) !== 0
    this.position += textSizes('(', 'type', 'regular', 'contents') + 8
    if (executable) this.position += textSizes('executable', '')
    const narOffset = this.position
    this.position += padded(status.size) + textSize(')')
    return { type: 'regular', size: status.size, ...(executable && { executable }), narOffset }
  }

  private async directory(path: ByteString): Promise<ListedNode> {
    // Names come from builders: one may be `__proto__`.
    const entries = Object.create(null) as Record<string, ListedNode>
    this.position += textSizes('(', 'type', 'directory')
    for (const name of readdirSync(pathBuffer(path), 'latin1').sort()) {
      this.position += textSizes('entry', '(', 'name', name, 'node')
      entries[byteStringToUtf8(name)] = await this.node(`${path}/${name}`)
      this.position += textSize(')')
    }
    this.position += textSize(')')
    return { type: 'directory', entries }
  }
}
