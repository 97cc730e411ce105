import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import type { NarNode } from '@snowglobe/shared/nar'
import { HostError } from '../evaluator/host'
import { NarAccessor } from './nar-accessor'

/** A file to be held in memory: its path relative to the root, like `src/main.c`. */
export interface MemoryFile {
  path: ByteString
  contents: ByteString | Uint8Array
  executable?: boolean
}

/** Files held in memory, such as a workspace: their directories are made as the paths say. */
export class MemoryAccessor extends NarAccessor {
  constructor(files: readonly MemoryFile[]) {
    super(treeOfFiles(files))
  }
}

/**
 * The directory tree of these files.
 *
 * @throws HostError where a path is absolute, has an empty, `.` or `..` component, occurs twice, or
 * needs a file as a directory.
 */
function treeOfFiles(files: readonly MemoryFile[]): NarNode {
  const root = { type: 'directory' as const, entries: new Map<ByteString, NarNode>() }
  for (const { path, contents, executable = false } of files) {
    const names = path.split('/')
    if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) {
      throw new HostError(`'${path}' is not a relative path of plain names: rename the file`)
    }
    let directory = root
    for (const name of names.slice(0, -1)) {
      const entry = directory.entries.get(name) ?? { type: 'directory', entries: new Map() }
      if (entry.type !== 'directory') {
        throw new HostError(`'${path}' needs '${name}' to be a directory, but it is a file`)
      }
      directory.entries.set(name, entry)
      directory = entry
    }
    const name = names[names.length - 1]
    if (directory.entries.has(name)) throw new HostError(`'${path}' is there twice`)
    const bytes = typeof contents === 'string' ? byteStringToBytes(contents) : contents
    directory.entries.set(name, { type: 'regular', executable, contents: bytes })
  }
  sort(root.entries)
  return root
}

function sort(entries: Map<ByteString, NarNode>): void {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  entries.clear()
  for (const [name, entry] of sorted) {
    entries.set(name, entry)
    if (entry.type === 'directory') sort(entry.entries)
  }
}
