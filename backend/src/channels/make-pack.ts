import type { NarNode } from '@snowglobe/shared/nar'
import { openPack, writePack, type Pack } from '@snowglobe/shared/pack'
import { firstFiles } from './first-files'
import { syntaxWriter } from './pack-syntax'
import { readSource, textOf } from './read-source'

export interface MadePack {
  bytes: Uint8Array
  pack: Pack
}

/**
 * The pack of a directory or tarball.
 *
 * @param name the channel's; made of the version that the tree says it has where it is not given
 * @throws SourceError, PackError, NarError
 */
export function makePack(source: string, name?: string): MadePack {
  const { tree, commit } = readSource(source)
  const version = textOf(tree, '.version')
  const bytes = writePack(
    tree,
    {
      name: name ?? (version === null ? 'nixpkgs' : `nixpkgs-${version}`),
      label: labelOf(tree, version, commit),
    },
    { syntaxOf: syntaxWriter(), first: firstFiles(tree) },
  )
  return { bytes, pack: openPack(bytes) }
}

/** `20.09.1234.abcdef`, or `20.09 (abcdef012345)`, or the commit, or nothing. */
function labelOf(tree: NarNode, version: string | null, commit: string | null): string {
  const suffix = textOf(tree, '.version-suffix')
  if (version !== null && suffix !== null) return version + suffix
  const short = commit?.slice(0, 12) ?? null
  if (version === null) return short ?? ''
  return short === null ? version : `${version} (${short})`
}

/** The regular files in a tree. */
export function countFiles(tree: NarNode): number {
  if (tree.type !== 'directory') return tree.type === 'regular' ? 1 : 0
  let count = 0
  for (const entry of tree.entries.values()) count += countFiles(entry)
  return count
}
