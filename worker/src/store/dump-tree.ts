import type { ByteString } from '@snowglobe/shared/bytes'
import type { NarNode } from '@snowglobe/shared/nar'
import { HostError } from '../evaluator/host'
import type { PathFilter } from './eval-store'
import type { SourceAccessor } from './source-accessor'

/**
 * The tree at a path as a NAR node, without what the filter refuses. As in Nix the filter is not
 * asked about the root, and is asked in sorted order, a directory before what lies in it.
 *
 * @throws HostError where there is nothing, or something that is neither file, directory nor link.
 */
export function dumpTree(files: SourceAccessor, path: ByteString, filter?: PathFilter): NarNode {
  const status = files.status(path)
  if (status === null) throw new HostError(`path '${path}' does not exist`)
  switch (status.type) {
    case 'regular':
      return { type: 'regular', executable: status.executable, contents: files.readFile(path) }
    case 'symlink':
      return { type: 'symlink', target: files.readLink(path) }
    case 'directory': {
      const entries = new Map<ByteString, NarNode>()
      const types = files.readDirectory(path)
      for (const name of [...types.keys()].sort()) {
        const child = path === '/' ? `/${name}` : `${path}/${name}`
        const type = types.get(name) ?? 'unknown'
        if (filter === undefined || filter(child, type)) {
          entries.set(name, dumpTree(files, child, filter))
        }
      }
      return { type: 'directory', entries }
    }
    case 'unknown':
      throw new HostError(`file '${path}' has an unsupported type`)
  }
}
