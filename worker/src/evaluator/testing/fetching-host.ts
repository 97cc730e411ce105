/** A host for tests that fetches from what it is given. */
import type { NarNode } from '@snowglobe/shared/nar'
import type { Fetched, FetchRequest } from '../fetch-request'
import { HostError } from '../host'
import { TestHost } from './test-host'

/** Files by name; a nested object is a directory. */
export interface Tree {
  [name: string]: string | Tree
}

export function treeOf(files: Tree | string): NarNode {
  if (typeof files === 'string') {
    return { type: 'regular', executable: false, contents: Buffer.from(files, 'latin1') }
  }
  return {
    type: 'directory',
    entries: new Map(
      Object.keys(files)
        .sort()
        .map((name) => [name, treeOf(files[name])]),
    ),
  }
}

export class FetchingHost extends TestHost {
  /** What there is, by kind and URL or path, like `tarball http://a/b.tar.gz`. */
  readonly offered = new Map<string, Omit<Fetched, 'tree'> & { files: Tree | string }>()
  /** What was asked for, in order. */
  readonly asked: FetchRequest[] = []

  fetch(request: FetchRequest): Fetched {
    this.asked.push(request)
    const what = request.kind === 'path' ? request.path : request.url
    const found = this.offered.get(`${request.kind} ${what}`)
    if (found === undefined) throw new HostError(`unable to download '${what}': not found`)
    const { files, ...known } = found
    return { ...known, tree: treeOf(files) }
  }
}
